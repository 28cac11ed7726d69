//! `ucks emulator`.

use std::path::PathBuf;

use anyhow::Context;
use tokio::net::TcpListener;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Defect, Emulator, Environment, defects, edits};
use ucks_oracle::revision::Revision;

use super::console::{out, outln};
use super::target::edit;
use super::tls::CertificateFiles;
use crate::profile::Profile;

/// The arguments of `ucks emulator`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: std::net::IpAddr,
    /// The environment: clusters, VPC endpoint services, proxies, limits (TOML, as a profile).
    #[arg(long, value_name = "FILE", alias = "world")]
    environment: Option<PathBuf>,
    /// Refuse clusters, endpoint services and proxies that the environment does not name [default with --environment].
    #[arg(long)]
    strict: bool,
    /// Accept any of them, although an environment is given.
    #[arg(long, conflicts_with = "strict")]
    accept_any_environment: bool,
    /// Serve HTTPS with a CA and keys of its own, written to ~/.aws/emulator/PORT as the AWS Emulator does.
    #[arg(long)]
    tls: bool,
    /// Write the files of --tls here instead.
    #[arg(long, value_name = "DIR", requires = "tls")]
    tls_dir: Option<PathBuf>,
    /// The dated contract to keep [default: the environment's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
    /// Plant a defect, by its name.
    #[arg(long, value_name = "NAME")]
    defect: Option<String>,
    /// Change one part of the service, by the name of the edit.
    #[arg(long, value_name = "NAME", conflicts_with = "defect")]
    edit: Option<String>,
    /// Settle the contract's open questions by this seed.
    #[arg(long, value_name = "SEED")]
    readings: Option<u64>,
    /// Make a store's id from its name: the same requests create the same ids again.
    #[arg(long)]
    stable_ids: bool,
    /// List the defects and end.
    #[arg(long)]
    list_defects: bool,
    /// List the edits and end.
    #[arg(long)]
    list_edits: bool,
    /// Print the default environment and end.
    #[arg(long, alias = "print-world")]
    print_environment: bool,
}

/// The row of the default environment for the keys that everybody knows.
const THROW_AWAY: &str = "[[identities]]\naccess_key_id = \"test\"\nsecret_access_key = \"test\"\n";

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    if args.print_environment {
        out!("{DEFAULT_ENVIRONMENT}");
        return Ok(0);
    }
    if args.list_defects {
        for row in defects() {
            outln!("{:44} {:6} {}", row.name, row.rule, row.sentence);
        }
        return Ok(0);
    }
    if args.list_edits {
        for edit in edits(args.revision.unwrap_or(Revision::LATEST).date()) {
            outln!("{:44} {:10} {}", edit.name(), edit.family(), edit.sentence());
        }
        return Ok(0);
    }
    let text = match &args.environment {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?,
        None => DEFAULT_ENVIRONMENT.to_owned(),
    };
    // The same keys as in a profile, and the same word about a misspelt one.
    Profile::parse(&text)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(serve(&args, &text))?;
    Ok(0)
}

async fn serve(args: &Args, text: &str) -> anyhow::Result<()> {
    let address = (args.bind, args.port);
    let cannot = || format!("cannot listen on {}:{}", args.bind, args.port);
    let listener = TcpListener::bind(address).await.with_context(cannot)?;
    let address = listener.local_addr()?;
    let ended = asked_to_end()?;
    if !args.tls {
        let emulator = emulator(args, text, None)?;
        outln!("listening on http://{address}");
        return ucks_emulator::serve(listener, emulator, ended).await.context("the emulator ended");
    }
    let files = CertificateFiles::write(args.tls_dir.as_deref(), address.port())?;
    // Clients without the new keys cannot sign, unless the caller's own environment has other keys.
    let text = match args.environment {
        None => text.replacen(THROW_AWAY, &files.identity(), 1),
        Some(_) => format!("{text}\n{}", files.identity()),
    };
    let emulator = emulator(args, &text, Some(true))?;
    outln!("listening on https://{address}, certificate and keys in {}", files.folder().display());
    ucks_emulator::serve_tls(listener, files.acceptor()?, emulator, ended).await.context("the emulator ended")
}

/// Ends when the process is asked to; from now on, so that files are removed whenever the signal comes.
#[cfg(unix)]
fn asked_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn emulator(args: &Args, text: &str, check_signatures: Option<bool>) -> anyhow::Result<Emulator> {
    let environment = Environment::parse(text)?;
    // Clients have names of their own, and so has a run without a profile: an environment that somebody wrote counts as
    // complete, the default one is only a supply.
    let strict = args.strict || (args.environment.is_some() && !args.accept_any_environment);
    let environment = if strict { environment } else { environment.open() };
    let defect = args.defect.as_deref().map(str::parse::<Defect>).transpose()?;
    let edit = args.edit.as_deref().map(|name| edit(name, args.revision.unwrap_or(Revision::LATEST))).transpose()?;
    let own = environment.revision().map(str::to_owned);
    let revision = args.revision.map(|r| r.date().to_owned()).or(own);
    Ok(Emulator::new(Config {
        revision: revision.unwrap_or_else(|| Revision::LATEST.date().to_owned()),
        environment,
        defect,
        edit,
        readings: args.readings,
        stable_ids: args.stable_ids,
        check_signatures,
        ..Config::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_environment_has_the_keys_that_are_replaced() {
        assert_eq!(DEFAULT_ENVIRONMENT.matches(THROW_AWAY).count(), 1);
    }
}
