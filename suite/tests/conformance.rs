//! The rule book against the embedded emulator, or against the target that `UCKS_TARGET` names.

use std::process::ExitCode;

use ucks_suite::harness::Harness;

fn main() -> ExitCode {
    Harness::from_env().main()
}
