//! `ucks completions` and `ucks man`: what a package of the program installs beside it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::console::outln;
use super::definition;

/// Which shell.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell that reads the completions.
    shell: clap_complete::Shell,
}

/// Where to write the manual.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// A folder for the pages of the program and of each command [default: the program's page, to standard output].
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut definition(), "ucks", &mut text);
    outln!("{}", String::from_utf8_lossy(&text).trim_end());
    Ok(0)
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<u8> {
    let Some(folder) = &args.output else {
        outln!("{}", page(definition())?.trim_end());
        return Ok(0);
    };
    anyhow::ensure!(folder.is_dir(), "the folder `{}` does not exist; create it first", folder.display());
    let mut program = definition();
    program.build();
    write(folder, "ucks", page(program.clone())?)?;
    for command in program.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        let name = format!("ucks-{}", command.get_name());
        write(folder, &name, page(command.clone())?)?;
    }
    Ok(0)
}

fn page(command: clap::Command) -> anyhow::Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).context("cannot make the manual page")?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write(folder: &Path, name: &str, text: String) -> anyhow::Result<()> {
    let path = folder.join(format!("{name}.1"));
    let cannot = || format!("cannot write `{}`", path.display());
    std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).with_context(cannot)
}
