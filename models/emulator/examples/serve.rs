//! Serves the default environment on a port of the loopback interface, 4566 unless one is given.
//! The product's own command line is `ucks emulator`.

use ucks_emulator::{Config, Emulator, serve};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(4566);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let shutdown = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, Emulator::new(Config::default()), shutdown).await
}
