//! Prints the goals of all benchmarks in one table, and plots them. `cargo bench` runs it last.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

mod support;

use support::plot::draw;
use support::report::{print_goals, saved};

fn main() {
    let figures: Vec<_> =
        ["sign", "decode", "allocations", "instructions", "call", "start", "growth", "soak"]
            .into_iter()
            .flat_map(saved)
            .collect();
    print_goals(&figures);
    match draw(&figures) {
        Ok(path) => println!("plot: {}", path.display()),
        Err(error) => println!("cannot draw the plot: {error}"),
    }
}
