//! `ucks vectors`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use ucks_oracle::revision::Revision;

use super::console::outln;
use super::files::check_folder;
use crate::profile::Profile;
use crate::vectors::vectors;

/// The runner that lies beside the vectors.
const RUNNER: &str = include_str!("../../vectors/run_vectors.py");

/// Which vectors, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to write to: one file for each setup, an index, and a runner in Python.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// The fixtures and limits of the target (TOML). Without one, vectors that need fixtures are left out.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The dated contract that applies [default: the profile's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    check_folder(&args.output)?;
    let occupied = std::fs::read_dir(&args.output).is_ok_and(|mut files| files.next().is_some());
    let index = args.output.join("index.json");
    if occupied && !index.is_file() {
        bail!("`{}` holds other files; name an empty folder", args.output.display());
    }
    let profile = match &args.profile {
        Some(path) => Profile::read(path)?,
        None => Profile::default(),
    };
    let revision = args.revision.or(profile.revision).unwrap_or(Revision::LATEST);
    let mut suite = vectors(&profile, revision);
    std::fs::create_dir_all(&args.output).with_context(|| format!("cannot make `{}`", args.output.display()))?;
    remove_former(&args.output)?;
    let cases: usize = suite.vectors.iter().map(|v| v.cases.len()).sum();
    let left_out: u64 = suite.left_out.iter().map(|l| l.cases).sum();
    let count = suite.vectors.len();
    for vector in suite.vectors.drain(..) {
        let text = serde_json::to_string_pretty(&vector)? + "\n";
        super::outputs::write(&args.output.join(format!("{}.json", vector.name)), &text)?;
    }
    super::outputs::write(&args.output.join("run_vectors.py"), RUNNER)?;
    super::outputs::write(&index, &(serde_json::to_string_pretty(&suite)? + "\n"))?;
    outln!(
        "{count} vectors with {cases} cases in {}: they judge by {} rules of revision {revision}; {left_out} cases \
            are left out (index.json has the reasons)",
        args.output.display(),
        suite.rules.len(),
    );
    Ok(0)
}

/// Removes the vectors of an earlier call, whose names may be others.
fn remove_former(folder: &std::path::Path) -> anyhow::Result<()> {
    let files = std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let number = name.get(..4).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        if number && name[4..].starts_with('-') && name.ends_with(".json") {
            std::fs::remove_file(file.path()).with_context(|| format!("cannot remove `{name}`"))?;
        }
    }
    Ok(())
}
