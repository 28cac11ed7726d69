//! The command line.

// One module writes to the standard streams: `println!` would panic where their reader went away.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod access;
mod aws;
mod certify;
mod clean;
pub(crate) mod cleanup;
mod compare;
mod console;
mod corpus;
mod emulator;
mod files;
mod fuzz;
pub mod json;
mod keygen;
mod merge;
mod outputs;
mod probe;
mod progress;
mod record;
mod replay;
mod report;
mod rule_book;
mod rules;
mod run;
mod score;
mod shell;
pub(crate) mod target;
mod tls;
mod vectors;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use self::console::errln;
pub use self::rule_book::page;
pub use self::rules::{explanation, listing, published};

/// Exit code for a wrong command line or a fault of the suite itself.
const USAGE: u8 = 2;
/// Exit code where nothing could be tested.
const COULD_NOT_TEST: u8 = 3;

/// Conformance suite for implementations of AWS KMS UpdateCustomKeyStore.
///
/// Exit codes: 0 no rule failed, 1 a rule failed, 2 usage error or internal error,
/// 3 nothing could be judged or the target was lost.
#[derive(Debug, Parser)]
#[command(name = "ucks", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a target, and show the shortest sequence for each deviation.
    Run(Box<run::Args>),
    /// Make one record of the records of all shards, with its reports and exit code.
    Merge(merge::Args),
    /// Send mutated requests to a target until time is up or it goes down, with a replay file for each finding.
    Fuzz(Box<fuzz::Args>),
    /// Make the fuzzers' seeds and dictionary; turn inputs into replay files and back.
    #[command(subcommand)]
    Corpus(corpus::CorpusCommand),
    /// Run the sequence of a replay file again: FIXED, STILL FAILS or COULD NOT TEST.
    Replay(replay::Args),
    /// Keep what a target answers to the deterministic cases, as text that diffs well.
    Record(record::Args),
    /// Show rule by rule what two targets, or two recordings, answer differently: 0 the same, 1 different.
    Compare(compare::Args),
    /// List the rules with force and basis, and whether the default plan covers them.
    List(rules::ListArgs),
    /// Explain a rule or a finding: requirement, source and revision, impact, and fix.
    Explain(rules::ExplainArgs),
    /// Look at what a target can do, and write a first profile.
    Probe(probe::Args),
    /// Serve the emulator of custom key stores.
    Emulator(emulator::Args),
    /// Remove the stores that a run left behind, according to its ledger.
    Clean(clean::Args),
    /// Judge a target so that nothing is left out, and write a bundle that others can judge again.
    Certify(Box<certify::Args>),
    /// Judge a bundle again, offline: its bytes, its requests, its answers.
    Verify(verify::Args),
    /// Write the deterministic cases as JSON, for unit tests in any language, with a runner in Python.
    Vectors(vectors::Args),
    /// Write a pair of keys to sign bundles with.
    Keygen(keygen::Args),
    /// Plant each defect of the emulator, and count which are found, under their rule, with the shortest sequence.
    Score(score::Args),
    /// Print the JSON schema of the record, of replay files, or of test vectors.
    Schema(rules::SchemaArgs),
    /// Report a run that is over in another form, or what changed since an earlier one: 1 where findings are new.
    Report(report::Args),
    /// Print completions for a shell.
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write those of all commands.
    Man(shell::ManArgs),
}

/// Returns the definition of the command line, for what reads it: completions, manual pages, tests of the documents.
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Run(args) => run::main(*args),
        Command::Merge(args) => merge::main(&args),
        Command::Fuzz(args) => fuzz::main(*args),
        Command::Corpus(command) => corpus::main(command),
        Command::Replay(args) => replay::main(args),
        Command::Record(args) => record::main(&args),
        Command::Compare(args) => compare::main(&args),
        Command::List(args) => rules::list(&args),
        Command::Explain(args) => rules::explain(&args),
        Command::Probe(args) => probe::main(args),
        Command::Emulator(args) => emulator::main(args),
        Command::Clean(args) => clean::main(&args),
        Command::Certify(args) => certify::main(*args),
        Command::Verify(args) => verify::main(args),
        Command::Vectors(args) => vectors::main(&args),
        Command::Keygen(args) => keygen::main(&args),
        Command::Score(args) => score::main(args),
        Command::Schema(args) => rules::schema(&args),
        Command::Report(args) => report::main(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
    };
    match (done, console::failure()) {
        (Ok(_), Some(why)) => {
            errln!("ucks: cannot write to standard output: {why}");
            ExitCode::from(USAGE)
        }
        (Ok(code), None) => ExitCode::from(code),
        (Err(error), _) => {
            errln!("ucks: {}", once(&error));
            ExitCode::from(USAGE)
        }
    }
}

/// The error and its causes in a line. The messages of some errors end with that of their cause, which is not repeated.
fn once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |text, cause| match text.as_str() {
        "" => cause,
        said if said.ends_with(&cause) => text,
        said => format!("{said}: {cause}"),
    })
}

/// The runtime that the commands share, on one thread: a request then wakes no other one, which costs more than the
/// second thread brings. What takes long is done beside it.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    use anyhow::Context;
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")
}

/// Runs a future that needs neither clock nor network, on this thread.
fn on_one_thread<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    use anyhow::Context;
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("cannot start the runtime")?;
    Ok(runtime.block_on(work))
}
