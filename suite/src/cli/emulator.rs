//! `ucks emulator`.

use anyhow::Context;
use std::path::PathBuf;
use tokio::net::TcpListener;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Defect, Emulator, Environment, defects};
use ucks_oracle::revision::Revision;

/// How the emulator is to be.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: std::net::IpAddr,
    /// The environment: clusters, VPC endpoint services, proxies, limits (TOML, as a profile).
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// The dated contract to keep [default: the world's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
    /// Plant a defect, by its name.
    #[arg(long, value_name = "NAME")]
    defect: Option<String>,
    /// Settle the contract's open questions by this seed.
    #[arg(long, value_name = "SEED")]
    readings: Option<u64>,
    /// Make a store's id from its name: the same requests create the same ids again.
    #[arg(long)]
    stable_ids: bool,
    /// List the defects and end.
    #[arg(long)]
    list_defects: bool,
    /// Print the default world and end.
    #[arg(long)]
    print_world: bool,
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    if args.print_world {
        print!("{DEFAULT_ENVIRONMENT}");
        return Ok(0);
    }
    if args.list_defects {
        for row in defects() {
            println!("{:44} {:6} {}", row.name, row.rule, row.sentence);
        }
        return Ok(0);
    }
    let text = match &args.world {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?,
        None => DEFAULT_ENVIRONMENT.to_owned(),
    };
    let world = Environment::parse(&text)?;
    let defect = args.defect.as_deref().map(str::parse::<Defect>).transpose()?;
    let own = world.revision().map(str::to_owned);
    let revision =
        args.revision.map(|r| r.date().to_owned()).or(own).unwrap_or_else(|| Revision::LATEST.date().to_owned());
    let (readings, stable_ids) = (args.readings, args.stable_ids);
    let emulator =
        Emulator::new(Config { revision, environment: world, defect, readings, stable_ids, ..Config::default() });
    // Whoever asks from many sides is answered on every core.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(async {
        let listener = TcpListener::bind((args.bind, args.port))
            .await
            .with_context(|| format!("cannot listen on {}:{}", args.bind, args.port))?;
        println!("listening on http://{}", listener.local_addr()?);
        ucks_emulator::serve(listener, emulator, async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await
        .context("the emulator ended")
    })?;
    Ok(0)
}
