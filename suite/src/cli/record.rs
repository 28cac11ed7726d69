//! `ucks record`.

use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::Context;
use regex::Regex;
use ucks_oracle::revision::Revision;

use super::access::Access;
use super::cleanup::CleanupGuard;
use super::console::{errln, out, outln};
use super::target::{Wishes, ready};
use crate::drift::{NotRecorded, Recording, RecordingSettings, record};

/// The settings for recording a target.
#[derive(Debug, clap::Args)]
pub(super) struct How {
    /// The profile: revision, fixtures and limits that no probe can find out (TOML).
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// The dated contract whose cases are run [default: the profile's, else the latest].
    #[arg(long, value_name = "DATE")]
    pub(super) revision: Option<Revision>,
    /// Cases side by side.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) lanes: u16,
    /// Requests a second at the most [default: the profile's, else no limit].
    #[arg(long, value_name = "R")]
    pub(super) rate: Option<f64>,
    #[command(flatten)]
    pub(super) access: Access,
}

/// The arguments of `ucks record`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `embedded`, `embedded:DEFECT`, `http://HOST:PORT`, `https://HOST:PORT` or `stdio:COMMAND`.
    target: String,
    /// Where to write the recording; `-` for standard output.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The name of the target in the recording [default: the target as given].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Create nothing: send only updates to ids that do not exist, and leave out everything that identifies the
    /// account.
    #[arg(long)]
    no_stores: bool,
    /// The account of a target that is not local; with --no-stores nothing in it is changed.
    #[arg(long, value_name = "NUMBER", requires = "no_stores")]
    account: Option<String>,
    #[command(flatten)]
    how: How,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let name = args.name.as_deref().unwrap_or(&args.target);
    let reading = args.no_stores.then_some(args.account.as_deref());
    let recording = match taken(&args.target, name, &args.how, reading)? {
        Ok(recording) => recording,
        Err(why) => {
            errln!("ucks: {why}");
            return Ok(super::COULD_NOT_TEST);
        }
    };
    let mut text = recording.text()?;
    if args.no_stores {
        text = redacted(&text);
        Recording::parse(&text).context("what was left out makes the recording unreadable")?;
    }
    if args.output.as_os_str() == "-" {
        out!("{text}");
    } else {
        super::outputs::write(&args.output, &text)?;
        let aside = recording.aside().count();
        outln!("{} cases recorded in {}, {aside} of them set aside", recording.len(), args.output.display());
    }
    Ok(0)
}

/// Returns the text without accounts, ids and request ids, so that the recording can be passed on.
fn redacted(text: &str) -> String {
    static PRIVATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        const UUID: &str = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
        Regex::new(&format!(r"(?i)\b(?:{UUID}|cks-[0-9a-z]{{17}}|arn:aws[-a-z]*:[^ \x22']+|\d{{12}})\b")).ok()
    });
    match &*PRIVATE {
        Some(private) => private.replace_all(text, "‹left out›").into_owned(),
        None => text.to_owned(),
    }
}

/// Records a target of this notation; `reading` where nothing may be created, with the account.
pub(super) fn taken(
    target: &str,
    name: &str,
    how: &How,
    reading: Option<Option<&str>>,
) -> anyhow::Result<Result<Recording, NotRecorded>> {
    let runtime = super::runtime()?;
    let done = runtime.block_on(async {
        let wishes = Wishes {
            profile: how.profile.as_deref(),
            revision: how.revision,
            access: Some(&how.access),
            ..Wishes::default()
        };
        let ready = ready(target, wishes).await?;
        match reading {
            Some(account) if !ready.embedded => errln!(
                "ucks: sends UpdateCustomKeyStore for ids that do not exist to {}{}; nothing is created, changed \
                    or deleted",
                ready.url,
                account.map_or(String::new(), |a| format!(", account {a}"))
            ),
            Some(_) => {}
            None => ready.reset().await?,
        }
        let cleanup = CleanupGuard::at(&ready);
        let wanted = RecordingSettings {
            target: ready.target.clone(),
            name: name.to_owned(),
            profile: &ready.profile,
            revision: ready.revision,
            lanes: usize::from(how.lanes),
            rate: how.rate.unwrap_or(0.0),
            stores: reading.is_none(),
            tracker: cleanup.tracker.clone(),
            stop: cleanup.stop.clone(),
        };
        let done = record(&wanted).await;
        cleanup.end()?;
        anyhow::Ok(done)
    });
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_tells_the_account() {
        let text = "400 arn:aws:kms:us-east-1:111122223333:key/x for 111122223333, cks-1234567890abcdef0, \
                    8b3b2f7c-0c2a-4b57-9d8e-1a2b3c4d5e6f, revision 2026-04-27";
        let redacted = redacted(text);
        assert_eq!(redacted.matches("‹left out›").count(), 4, "{redacted}");
        assert!(!redacted.contains("1111") && redacted.contains("2026-04-27"), "{redacted}");
    }
}
