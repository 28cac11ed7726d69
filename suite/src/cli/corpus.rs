//! `ucks corpus`: the fuzzers' inputs, one pool with the findings of runs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ucks_oracle::fixed_hash::fnv1a;

use super::console::{errln, out, outln};
use crate::fuzzing::{dictionary, pool, seeds};
use crate::replay::Replay;

/// The commands for the fuzzers' inputs.
#[derive(Debug, clap::Subcommand)]
pub(super) enum CorpusCommand {
    /// Write the seed corpus, made from the deterministic cases: DIR/TARGET/NAME.
    Seeds {
        /// The folder to write to. The content of each target's folder is replaced.
        #[arg(default_value = "fuzz/seeds")]
        dir: PathBuf,
    },
    /// Write the dictionary, made from the members table.
    Dictionary {
        /// The file [default: standard output].
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Turn inputs (crashes, corpus entries) into replay files, and into regressions for `cargo test`.
    Export {
        /// The fuzz target that the inputs are for.
        target: String,
        /// The inputs.
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// Where replay files go.
        #[arg(long, value_name = "DIR", default_value = ".ucks/findings")]
        replays: PathBuf,
        /// Where regressions go, in a folder of the target [default: none].
        #[arg(long, value_name = "DIR")]
        regressions: Option<PathBuf>,
    },
    /// Turn replay files of findings into corpus entries: DIR/TARGET/NAME.
    Import {
        /// The replay files.
        #[arg(required = true)]
        replays: Vec<PathBuf>,
        /// The corpus.
        #[arg(long, value_name = "DIR", default_value = "fuzz/corpus")]
        corpus: PathBuf,
    },
}

pub(super) fn main(command: CorpusCommand) -> anyhow::Result<u8> {
    match command {
        CorpusCommand::Seeds { dir } => write_seeds(&dir)?,
        CorpusCommand::Dictionary { output: Some(path) } => super::outputs::write(&path, &dictionary::dictionary())?,
        CorpusCommand::Dictionary { output: None } => out!("{}", dictionary::dictionary()),
        CorpusCommand::Export { target, inputs, replays, regressions } => {
            export(&target, &inputs, &replays, regressions.as_deref())?;
        }
        CorpusCommand::Import { replays, corpus } => import(&replays, &corpus)?,
    }
    Ok(0)
}

fn write_seeds(dir: &Path) -> anyhow::Result<()> {
    let seeds = seeds::seeds();
    for (target, _) in pool::TARGETS {
        let folder = dir.join(target);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty `{}`", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let mine = seeds.iter().filter(|s| s.target == target);
        let (mut count, mut bytes) = (0, 0);
        for seed in mine {
            std::fs::write(folder.join(&seed.name), &seed.bytes)?;
            count += 1;
            bytes += seed.bytes.len();
        }
        outln!("{target}: {count} inputs, {bytes} bytes");
    }
    Ok(())
}

fn export(target: &str, inputs: &[PathBuf], replays: &Path, regressions: Option<&Path>) -> anyhow::Result<()> {
    if !pool::TARGETS.iter().any(|(name, _)| *name == target) {
        let known: Vec<&str> = pool::TARGETS.iter().map(|(name, _)| *name).collect();
        bail!("`{target}` is not a fuzz target; take one of {}", known.join(", "));
    }
    for path in inputs {
        let input = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        if let Some(dir) = regressions {
            outln!("{}", put(&dir.join(target), &input)?.display());
        }
        match pool::replay(target, &input) {
            Some(replay) => {
                let file = replays.join(format!("{}-{}.json", replay.finding.code(), name(&input)));
                super::outputs::write(&file, &(serde_json::to_string_pretty(&replay)? + "\n"))?;
                outln!("{}", file.display());
            }
            None => errln!("ucks: `{}` has no request for a service, so it has no replay file", path.display()),
        }
    }
    Ok(())
}

fn import(replays: &[PathBuf], corpus: &Path) -> anyhow::Result<()> {
    for path in replays {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let replay: Replay =
            serde_json::from_str(&text).with_context(|| format!("`{}` is not a replay file", path.display()))?;
        for entry in pool::entries(&replay) {
            outln!("{}", put(&corpus.join(entry.target), &entry.bytes)?.display());
        }
    }
    Ok(())
}

/// Puts an input into a folder, under a name made of its bytes.
pub(super) fn put(dir: &Path, input: &[u8]) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let path = dir.join(name(input));
    std::fs::write(&path, input).with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(path)
}

fn name(input: &[u8]) -> String {
    format!("{:016x}", fnv1a(input.iter().copied()))
}
