//! Serves one published emulator of AWS KMS on loopback.

use std::net::Ipv4Addr;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use tokio::net::TcpListener;

/// Serves one published emulator of AWS KMS on loopback until it is stopped.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The emulator to serve.
    #[arg(value_enum)]
    service: EmulatorName,
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[derive(Clone, Copy, ValueEnum)]
enum EmulatorName {
    AwsimKms,
    /// awsim-kms by `axum::serve`, with axum's default limit on bodies.
    AwsimKmsAxum,
    WinterbaumeKms,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .await
        .with_context(|| format!("cannot listen on port `{}`; name another one", arguments.port))?;
    println!("listening on http://{}", listener.local_addr()?);
    match arguments.service {
        EmulatorName::AwsimKms => real_targets::awsim::serve(listener).await?,
        EmulatorName::AwsimKmsAxum => real_targets::awsim::serve_plainly(listener).await?,
        EmulatorName::WinterbaumeKms => real_targets::winterbaume::serve(listener).await?,
    }
    Ok(())
}
