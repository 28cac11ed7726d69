//! Runs inputs of a fuzz target once, without a fuzzer: `run_inputs TARGET FILE…`. Ends with 1 at what does not hold.

use std::process::ExitCode;
use ucks_suite::fuzzing::pool::check;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().unwrap_or_default();
    let mut code = ExitCode::SUCCESS;
    for path in arguments {
        let held = std::fs::read(&path).map_err(|e| e.to_string()).and_then(|input| {
            check(&target, &input)
                .ok_or(format!("there is no fuzz target `{target}`"))?
                .map_err(|wrong| wrong.to_string())
        });
        if let Err(why) = held {
            eprintln!("{path}: {why}");
            code = ExitCode::FAILURE;
        }
    }
    code
}
