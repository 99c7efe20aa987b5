//! Runs tests in their own process.

use std::process::{Child, Command, Stdio};

/// The variable that names the only test of a process.
const ALONE: &str = "ALIYUN_DBS_TEST_ALONE";

/// Returns the path of a test by its name and the `module_path!()` of its module.
pub(crate) fn path_of(module: &str, test: &str) -> String {
    let (_, module) = module.split_once("::").unwrap();
    format!("{module}::{test}")
}

/// Runs one test of this program in a new process, prepared by `prepare`.
///
/// Panics with the output of the process if the test fails or does not exist.
pub(crate) fn run_alone(test: &str, prepare: impl FnOnce(&mut Command)) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--include-ignored", "--nocapture"]).env(ALONE, test);
    prepare(&mut command);
    let output = command.output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains(" 1 passed;"), "{test}:\n{out}\n{err}");
}

/// Starts a new process that runs one test of this program, with pipes for input and output.
pub(crate) fn spawn_alone(test: &str, prepare: impl FnOnce(&mut Command)) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--include-ignored", "--nocapture"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    prepare(&mut command);
    command.spawn().unwrap()
}

/// Returns true in a process that runs only `test`.
///
/// Elsewhere, starts that process, and returns false once the test has passed there.
pub(crate) fn is_alone(test: &str) -> bool {
    let alone = std::env::var(ALONE).is_ok_and(|running| running == test);
    if !alone {
        run_alone(test, |_| {});
    }
    alone
}
