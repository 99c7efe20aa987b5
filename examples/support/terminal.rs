//! Arguments and output that all examples handle alike.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use super::BoxError;

/// Whether the reader of standard output is gone, such as `head` after its last line.
static OUTPUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a line like that of the standard library, which panics if the reader is gone.
///
/// An example then continues without output, because it may be between a purchase and its
/// configuration.
macro_rules! println {
    () => { $crate::support::print_line(format_args!("")) };
    ($($arguments:tt)+) => { $crate::support::print_line(format_args!($($arguments)+)) };
}

pub(crate) fn print_line(line: fmt::Arguments<'_>) {
    let mut out = io::stdout();
    // Flushed, so that a program that starts the example reads the line at once.
    if !output_closed() && writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        OUTPUT_CLOSED.store(true, Ordering::Relaxed);
    }
}

/// Returns whether the reader of standard output is gone, so that a list can end early.
pub(crate) fn output_closed() -> bool {
    OUTPUT_CLOSED.load(Ordering::Relaxed)
}

/// Prints the error of an example in one line, and returns the exit code.
pub(crate) fn exit_code(result: Result<(), BoxError>) -> ExitCode {
    exit_code_if_complete(result.map(|()| true))
}

/// Like [`exit_code`], for a run that can succeed in part.
#[expect(clippy::print_stderr, reason = "examples print to the terminal")]
pub(crate) fn exit_code_if_complete(result: Result<bool, BoxError>) -> ExitCode {
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
