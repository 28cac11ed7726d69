//! The tests in the form that `cargo test` and nextest know.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Completion, Trial};

use super::{FinishedRun, Harness, HarnessError, TestResult};

impl Harness {
    /// Runs the tests that the command line asks for: the body of `main` in a test without libtest's own harness.
    ///
    /// One run serves all tests of the process. It begins with the first test, so that listing them costs nothing,
    /// and it runs no more than the tests asked for need.
    pub fn main(self) -> ExitCode {
        let arguments = Arguments::from_args();
        if !arguments.list
            && let Err(error) = self.check()
        {
            eprintln!("ucks: {error}");
            return ExitCode::from(2);
        }
        let names = self.names();
        let wanted = |name: &String| !arguments.is_filtered_out(&Trial::test(name.clone(), || Ok(())));
        let asked: Vec<String> = names.iter().filter(|n| wanted(n)).cloned().collect();
        let run = Arc::new(Shared { harness: self, asked, judged: OnceLock::new() });
        let trial = |name: String| {
            let run = run.clone();
            Trial::ignorable_test(name.clone(), move || match run.test_result(&name) {
                TestResult::Passed(None) => Ok(Completion::Completed),
                TestResult::Passed(Some(text)) => {
                    eprintln!("{text}");
                    Ok(Completion::Completed)
                }
                TestResult::Failed(text) => Err(text.into()),
                TestResult::Skipped(why) => Ok(Completion::ignored_with(why)),
            })
        };
        libtest_mimic::run(&arguments, names.into_iter().map(trial).collect()).exit_code()
    }
}

/// The one run of a process.
struct Shared {
    harness: Harness,
    asked: Vec<String>,
    judged: OnceLock<Result<FinishedRun, HarnessError>>,
}

impl Shared {
    fn test_result(&self, name: &str) -> TestResult {
        match self.judged.get_or_init(|| self.harness.judge(&self.asked)) {
            Ok(judged) => judged.test_result(name),
            Err(error) => TestResult::Failed(error.to_string()),
        }
    }
}
