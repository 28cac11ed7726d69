//! The program `ucks`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ucks_suite::cli::main()
}
