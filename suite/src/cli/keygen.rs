//! `ucks keygen`.

use std::path::PathBuf;

use super::console::outln;
use crate::certify::sign::PrivateKey;

/// Where to write the keys.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file of the private key; the public one is written beside it, with `.pub` behind its name.
    file: PathBuf,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let key = PrivateKey::generate()?;
    let public = key.write(&args.file)?;
    outln!("private   {}: keep it to yourself", args.file.display());
    outln!("public    {}: {}", public.display(), key.public().hex());
    Ok(0)
}
