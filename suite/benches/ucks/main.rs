//! Benchmarks that compare side by side in one run: see README.md beside this folder.
//!
//! `cargo context -p ucks-suite` runs all of them, `cargo context -p ucks-suite -- steps growth` some.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may fail by them")]
#![allow(missing_docs, unreachable_pub, reason = "nobody links a benchmark")]

mod emulated;
mod growth;
mod http;
mod memory;
mod oracle;
mod program;
mod rival;
mod side;
mod steps;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Its name, what it shows, and the benchmark.
type Row = (&'static str, &'static str, fn());

const ALL: &[Row] = &[
    ("steps", "judged steps in process, beside proptest-state-machine", steps::main),
    ("oracle", "the oracle alone, on one thread", oracle::main),
    ("http", "requests over HTTP, beside a bare client", http::main),
    ("growth", "the cost of a step with many stores and in long sequences", growth::main),
    ("memory", "the peak memory of a million steps", memory::main),
    ("program", "the default run of the program", program::main),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let Some(unknown) = wanted.iter().find(|w| ALL.iter().all(|(name, ..)| name != w)) {
        let names: Vec<&str> = ALL.iter().map(|(name, ..)| *name).collect();
        eprintln!("there is no benchmark `{unknown}`; there are {}", names.join(", "));
        std::process::exit(2);
    }
    println!("{}", side::machine());
    for (name, what, run) in ALL.iter().filter(|(name, ..)| wanted.is_empty() || wanted.iter().any(|w| w == name)) {
        println!("\n{name}: {what}");
        run();
    }
}
