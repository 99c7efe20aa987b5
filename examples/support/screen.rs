//! Steps with their times, in colour where a terminal shows it.

use std::fmt::Display;
use std::io::IsTerminal;
use std::time::Duration;

/// Formats the output of an example.
pub(crate) struct Screen {
    has_colour: bool,
}

impl Screen {
    /// Uses colour on a terminal, unless `NO_COLOR` is set, or `CLICOLOR_FORCE` anywhere.
    pub(crate) fn new() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_terminal = std::io::stdout().is_terminal() && !is_dumb && !is_set("NO_COLOR");
        Self { has_colour: is_terminal || is_set("CLICOLOR_FORCE") }
    }

    fn paint(&self, code: &str, text: impl Display) -> String {
        if self.has_colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }

    pub(crate) fn bold(&self, text: impl Display) -> String {
        self.paint("1", text)
    }

    pub(crate) fn dim(&self, text: impl Display) -> String {
        self.paint("2", text)
    }

    /// Returns the line of a step: its number, name and result, and how long it took.
    pub(crate) fn step(&self, number: u8, name: &str, result: &str, took: Duration) -> String {
        let milliseconds = took.as_secs_f64() * 1000.0;
        let took = self.dim(format_args!("{milliseconds:6.1} ms"));
        let number = self.paint("1;32", number);
        format!("  {number}  {}  {result:<48}{took}", self.bold(format_args!("{name:<10}")))
    }
}
