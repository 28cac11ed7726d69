//! `ucks compare`.

use std::io::Read;

use anyhow::{Context, bail, ensure};
use ucks_oracle::revision::Revision;

use super::console::{errln, out, outln};
use super::json::{self, CompareResult, Format};
use super::record::{How, taken};
use super::target::is_notation;
use crate::drift::{LONGEST, NotRecorded, Recording, closing_line, compare, settled, text};

/// The arguments of `ucks compare`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A recording's file, or a target: `embedded`, `embedded:DEFECT`, `http://…`, `https://…`.
    a: String,
    /// The other one. Without it, the answers of the recording to open and inferred rules are printed.
    b: Option<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t, conflicts_with = "quiet")]
    format: Format,
    /// The same as --format json.
    #[arg(long, hide = true)]
    json: bool,
    /// Show every case that differs, not three of each rule.
    #[arg(long)]
    all: bool,
    /// Print only the last line.
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    #[command(flatten)]
    how: How,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let read = |side: &str| if is_notation(side) { Ok(None) } else { file(side).map(Some) };
    let Some(second) = &args.b else {
        let Some(recording) = read(&args.a)? else {
            bail!("name a second target or recording to compare `{}` with, or a recording alone", args.a);
        };
        if args.is_json() {
            bail!("--format json compares two targets or recordings; name a second one");
        }
        let settled = settled(&recording);
        if !args.quiet {
            out!("{}", settled.text);
        }
        outln!("{}", settled.closing_line);
        return Ok(0);
    };
    let (a, b) = (read(&args.a)?, read(second)?);
    let revisions: Vec<&str> = [&a, &b].into_iter().flatten().map(|r| r.revision.as_str()).collect();
    if let [one, other] = revisions.as_slice() {
        ensure!(one == other, "`{}` is of revision {one}, and `{}` of {other}", args.a, second);
    }
    // A target is recorded at the revision of the file that it is compared with.
    let of_file = revisions.first().map(|r| r.parse::<Revision>()).transpose()?;
    if let (Some(asked), Some(of_file)) = (args.how.revision, of_file) {
        ensure!(asked == of_file, "the recording is of revision {of_file}, not of {asked}");
    }
    let how = How {
        revision: args.how.revision.or(of_file),
        profile: args.how.profile.clone(),
        access: args.how.access.clone(),
        ..args.how
    };
    let take = |side: &str, there: Option<Recording>| match there {
        Some(recording) => Ok(Ok(recording)),
        None => taken(side, side, &how, None),
    };
    let not_recorded = |side: &str, why: NotRecorded| {
        errln!("ucks: {side}: {why}");
        Ok(super::COULD_NOT_TEST)
    };
    let a = match take(&args.a, a)? {
        Ok(recording) => recording,
        Err(why) => return not_recorded(&args.a, why),
    };
    let b = match take(second, b)? {
        Ok(recording) => recording,
        Err(why) => return not_recorded(second, why),
    };
    if a.revision != b.revision {
        bail!("`{}` is of revision {}, and `{}` of {}", args.a, a.revision, second, b.revision);
    }
    let done = compare(&a, &b);
    let (compared, same) = (done.compared, done.is_same());
    if args.is_json() {
        json::print(&CompareResult { format: json::FORMAT, comparison: done })?;
    } else if args.quiet {
        outln!("{}", closing_line(&done));
    } else {
        out!("{}", text(&done, args.all));
    }
    Ok(match compared {
        0 => super::COULD_NOT_TEST,
        _ => u8::from(!same),
    })
}

impl Args {
    fn is_json(&self) -> bool {
        self.json || self.format.is_json()
    }
}

fn file(path: &str) -> anyhow::Result<Recording> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("`{path}` is neither a target nor a file that can be read"))?;
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).with_context(|| format!("cannot read `{path}`"))?;
    ensure!(text.len() as u64 <= LONGEST, "`{path}` is longer than a recording may be");
    Recording::parse(&text).with_context(|| format!("`{path}` is not a recording of `ucks record`"))
}
