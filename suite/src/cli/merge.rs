//! `ucks merge`.

use std::path::PathBuf;

use anyhow::Context;
use ucks_oracle::revision::Revision;

use super::outputs::{OutputFiles, Outputs};
use crate::run::merge::merge;
use crate::selection;

/// Which records, and what to write.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The records of all shards, which `ucks run --shard I/N --report json=FILE` wrote.
    #[arg(required = true, value_name = "RECORD")]
    records: Vec<PathBuf>,
    /// Fail with 3 unless each of these rules or groups was judged: ids, letters or globs, separated by commas.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    require: Vec<String>,
    #[command(flatten)]
    outputs: Outputs,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    selection::check(args.require.iter().map(String::as_str), None).context("--require")?;
    let read = |path: &PathBuf| Ok((path.display().to_string(), super::report::read(path)?));
    let records = args.records.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let record = merge(records, &args.require)?;
    let revision: Revision = record.revision.parse()?;
    selection::check(args.require.iter().map(String::as_str), Some(revision)).context("--require")?;
    let files = OutputFiles::open(&args.outputs)?;
    let url = record.target.clone();
    args.outputs.finish(record, &url, files)
}
