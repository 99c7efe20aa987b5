//! Starts this program again in another role, such as the server or a client that is measured alone.

use std::process::Command;

/// The variable with the role of a process and its arguments, separated by spaces.
const ROLE: &str = "ALIYUN_DBS_BENCH_ROLE";

/// Returns the command that starts this program again in a role.
pub(crate) fn this_program_as(role: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.env(ROLE, role.join(" "));
    command
}

/// Returns the command that starts this program again in a role, under another program.
pub(crate) fn under(mut wrapper: Command, role: &[&str]) -> Command {
    wrapper.arg(program()).env(ROLE, role.join(" "));
    wrapper
}

fn program() -> std::path::PathBuf {
    std::env::current_exe().expect("this program")
}

/// Returns the role of this process, unless it is the benchmark.
pub(crate) fn role() -> Option<Vec<String>> {
    let role = std::env::var(ROLE).ok()?;
    Some(role.split(' ').map(str::to_owned).collect())
}
