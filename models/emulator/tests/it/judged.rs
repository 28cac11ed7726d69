//! The suite as the killer of mutants: the program judges the emulator, which has to come out clean.
//!
//! It is a test of this crate so that a mutant costs a build of this crate alone. It finds the program in
//! `UCKS_KILLER`, which `suite/mutants/run.sh` sets.

use std::process::Command;

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator, Environment, serve};

#[ignore = "needs the program `ucks` in UCKS_KILLER: suite/mutants/run.sh gives it"]
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_finds_nothing() {
    let killer = std::env::var_os("UCKS_KILLER").expect("UCKS_KILLER names the program");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut environment = DEFAULT_ENVIRONMENT.to_owned();
    for (from, to) in [
        ("check_signatures = false", "check_signatures = true"),
        ("internal_error_every = 0", "internal_error_every = 400"),
    ] {
        assert!(environment.contains(from), "the default world says {from}");
        environment = environment.replacen(from, to, 1);
    }
    let profile = std::env::temp_dir().join(format!("ucks-killer-{}.toml", std::process::id()));
    std::fs::write(&profile, &environment).unwrap();
    let emulator =
        Emulator::new(Config { environment: Environment::parse(&environment).unwrap(), ..Config::default() });
    tokio::spawn(serve(listener, emulator, std::future::pending()));
    let run = tokio::task::spawn_blocking(move || {
        let arguments = ["--strict", "--seed", "1", "--lanes", "8", "--quiet", "--profile"];
        let done = Command::new(killer).args(["run", &url]).args(arguments).arg(&profile).output();
        let _ = std::fs::remove_file(profile);
        done
    });
    let done = run.await.unwrap().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}
