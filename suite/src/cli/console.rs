//! Standard output and standard error, the one place where the program writes to them.
//!
//! A reader that closes its end early (`ucks list | head -1`) is not an error: what would have been written after that
//! is dropped, and the command goes on, removes the stores that it created, and ends with its own exit code. Any other
//! failure, such as a full disk, is kept and ends the program with a message.
//!
//! The signal SIGPIPE stays ignored: a target that closes its connection would otherwise end the program.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// The first failure of standard output, and whether it is of any interest.
static FAILED: Mutex<Option<io::ErrorKind>> = Mutex::new(None);

/// Writes to standard output.
macro_rules! out {
    ($($arguments:tt)*) => { $crate::cli::console::write(format_args!($($arguments)*)) };
}

/// Writes a line to standard output.
macro_rules! outln {
    ($($arguments:tt)*) => { $crate::cli::console::write(format_args!("{}\n", format_args!($($arguments)*))) };
}

/// Writes a line to standard error.
macro_rules! errln {
    ($($arguments:tt)*) => { $crate::cli::console::complain(format_args!($($arguments)*)) };
}

pub(crate) use {errln, out, outln};

/// Writes text to standard output.
pub(crate) fn write(text: Arguments<'_>) {
    let mut failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    if failed.is_none() {
        let mut stdout = io::stdout().lock();
        *failed = stdout.write_fmt(text).and_then(|()| stdout.flush()).err().map(|e| e.kind());
    }
}

/// Writes a line to standard error, which nobody has to read.
pub(crate) fn complain(text: Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Why standard output could not be written, unless its reader went away.
pub(crate) fn failure() -> Option<ErrorKind> {
    FAILED.lock().unwrap_or_else(PoisonError::into_inner).filter(|kind| *kind != ErrorKind::BrokenPipe)
}
