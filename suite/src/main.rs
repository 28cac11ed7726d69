//! The program `ucks`.

use std::process::ExitCode;

/// A run makes and drops many small things on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ucks_suite::cli::main()
}
