//! Ledgers that earlier runs left behind: those of runs that were killed, or that could not remove a store.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{FOLDER, Ledger, Remaining};

/// Most files of the folder that are looked at.
const MOST: usize = 1_000;

/// A ledger with stores that were not removed, and that no running process writes.
#[derive(Debug)]
pub struct Leftover {
    /// The file.
    pub path: PathBuf,
    /// The URL of its target.
    pub target: String,
    /// The stores that may still exist.
    pub remaining: Vec<Remaining>,
}

/// Returns the ledgers in `.ucks`, oldest first, that name stores of `target`, or of any target.
///
/// Files that are not ledgers, and those that another process has open, are left out.
pub fn leftovers(target: Option<&str>) -> Vec<Leftover> {
    in_folder(Path::new(FOLDER), target)
}

fn in_folder(folder: &Path, target: Option<&str>) -> Vec<Leftover> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_ledger = |path: &PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy());
        name.is_some_and(|n| n.starts_with("ledger-") && n.ends_with(".jsonl"))
    };
    let paths: BTreeSet<PathBuf> = entries.take(MOST).flatten().map(|e| e.path()).filter(is_ledger).collect();
    let wanted = target.map(same);
    paths
        .into_iter()
        .filter_map(|path| {
            let (target, ledger) = unused(&path)?;
            let remaining = ledger.remaining();
            let kept = !remaining.is_empty() && wanted.as_ref().is_none_or(|w| *w == same(&target));
            kept.then_some(Leftover { path, target, remaining })
        })
        .collect()
}

/// Opens a ledger that no process writes at the moment.
fn unused(path: &Path) -> Option<(String, Ledger)> {
    let file = File::options().read(true).write(true).open(path).ok()?;
    file.try_lock().ok()?;
    drop(file);
    Ledger::open(path).ok()
}

/// URLs with and without a slash at their end name one target.
fn same(url: &str) -> String {
    url.trim_end_matches('/').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_in_use_and_a_strange_file_are_left_out() {
        let folder = std::env::temp_dir().join(format!("ucks-leftover-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let text = |target: &str| {
            format!(
                "{{\"format\":1,\"target\":\"{target}\",\"started\":\"2026-01-02T03:04:05Z\"}}\n\
                    {{\"created\":\"cks-1\",\"name\":\"n\"}}\n"
            )
        };
        fs::write(folder.join("ledger-1-1-1.jsonl"), text("http://127.0.0.1:1/")).unwrap();
        fs::write(folder.join("ledger-2-1-1.jsonl"), text("http://127.0.0.1:2/")).unwrap();
        fs::write(folder.join("ledger-3-1-1.jsonl"), "no ledger").unwrap();
        fs::write(folder.join("other.jsonl"), text("http://127.0.0.1:1/")).unwrap();
        let running = Ledger::create(folder.join("ledger-4-1-1.jsonl"), "http://127.0.0.1:1/");
        running.created("n", "cks-2").unwrap();
        let found = in_folder(&folder, Some("http://127.0.0.1:1"));
        assert_eq!(found.iter().map(|l| l.remaining.clone()).collect::<Vec<_>>(), [[Remaining::Id("cks-1".into())]]);
        assert_eq!(in_folder(&folder, None).len(), 2);
        drop(running);
        assert_eq!(in_folder(&folder, Some("http://127.0.0.1:1/")).len(), 2, "the run ended without removing it");
        fs::remove_dir_all(&folder).unwrap();
    }
}
