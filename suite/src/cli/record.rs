//! `ucks record`.

use super::cleanup::CleanupGuard;
use super::target::{Wishes, ready};
use crate::drift::{NotRecorded, Recording, Wanted, record};
use std::path::PathBuf;
use ucks_oracle::revision::Revision;

/// How targets are recorded.
#[derive(Debug, clap::Args)]
pub(super) struct How {
    /// What no probe can know of the target: revision, fixtures, limits (TOML).
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
}

/// What to record, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `embedded`, `embedded:DEFECT`, `http://HOST:PORT` or `https://HOST:PORT`.
    target: String,
    /// Where to write the recording; `-` for standard output.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// How the recording names the target [default: the target as given].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    how: How,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let name = args.name.as_deref().unwrap_or(&args.target);
    let recording = match taken(&args.target, name, &args.how)? {
        Ok(recording) => recording,
        Err(why) => {
            eprintln!("ucks: {why}");
            return Ok(super::COULD_NOT_TEST);
        }
    };
    let text = recording.text()?;
    if args.output.as_os_str() == "-" {
        print!("{text}");
    } else {
        super::run::write(&args.output, &text)?;
        let aside = recording.aside().count();
        println!("{} cases recorded in {}, {aside} of them set aside", recording.len(), args.output.display());
    }
    Ok(0)
}

/// Records a target of this notation.
pub(super) fn taken(target: &str, name: &str, how: &How) -> anyhow::Result<Result<Recording, NotRecorded>> {
    let runtime = super::runtime()?;
    let done = runtime.block_on(async {
        let wishes =
            Wishes { profile: how.profile.as_deref(), revision: how.revision, readings: None, ..Wishes::default() };
        let ready = ready(target, wishes).await?;
        let cleanup = CleanupGuard::at(&ready);
        let wanted = Wanted {
            target: ready.target.clone(),
            name: name.to_owned(),
            profile: &ready.profile,
            revision: ready.revision,
            lanes: usize::from(how.lanes),
            rate: how.rate.unwrap_or(0.0),
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
