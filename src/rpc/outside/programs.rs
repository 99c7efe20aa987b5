//! `ProcessRunner`: runs the programs of an [`Io`](super::Io).

use std::fmt;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;

use crate::rpc::clock::{Clock, SystemClock};

/// How often to check whether a program whose output is closed has exited.
const EXIT_POLL_INTERVAL: Duration = Duration::from_millis(5);
/// The longest output that is read, in bytes.
const MAX_OUTPUT_SIZE: u64 = 1 << 20;

/// Runs programs for [`ProcessProvider`](crate::credentials::ProcessProvider).
#[async_trait]
pub trait ProcessRunner: fmt::Debug + Send + Sync {
    /// Runs a program without a shell and returns its standard output.
    ///
    /// # Errors
    ///
    /// Returns an error if the program cannot be started or its exit status is not 0. The error
    /// must not quote the output.
    async fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<String>;
}

/// Runs programs of this machine, and kills a program whose caller stops waiting.
///
/// On Unix, each program leads its own process group, so that the programs it started end with it. A
/// program therefore cannot read from the terminal.
#[derive(Debug)]
pub(super) struct SystemProcessRunner;

/// Kills a program on drop, with the programs that it started, unless it has exited.
struct KillOnDrop {
    program: Child,
    has_exited: bool,
}

impl KillOnDrop {
    /// Returns the status of the program if it has exited.
    fn try_wait(&mut self) -> std::io::Result<Option<ExitStatus>> {
        let status = self.program.try_wait()?;
        self.has_exited = status.is_some();
        Ok(status)
    }
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        if self.has_exited {
            return;
        }
        // Until `wait`, the id belongs to the program, even if it has exited in the meantime.
        kill_group(&self.program);
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Makes a program the first one of its own process group.
#[cfg(unix)]
fn lead_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn lead_group(_: &mut Command) {}

/// Kills the programs of a process group.
#[cfg(unix)]
fn kill_group(leader: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let _ = kill_process_group(Pid::from_child(leader), Signal::KILL);
}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}

#[async_trait]
impl ProcessRunner for SystemProcessRunner {
    async fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<String> {
        let mut command = Command::new(program);
        command.args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        lead_group(&mut command);
        let mut child = KillOnDrop { program: command.spawn()?, has_exited: false };
        let stdout = child.program.stdout.take();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // A separate thread, because a program of another group may keep the output open after this
        // one is killed, and the runtime must not wait for that when it shuts down.
        std::thread::Builder::new().name("aliyun-dbs-program".to_owned()).spawn(move || {
            let mut output = String::new();
            let read = match stdout {
                Some(stdout) => stdout.take(MAX_OUTPUT_SIZE).read_to_string(&mut output),
                None => Ok(0),
            };
            // The receiver is dropped after a timeout.
            let _ = sender.send(read.map(|_| output));
        })?;
        let output = receiver.await.map_err(std::io::Error::other)??;
        // The program has closed its output, so it exits soon.
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None => SystemClock::new().sleep(EXIT_POLL_INTERVAL).await,
            }
        };
        if status.success() {
            return Ok(output);
        }
        Err(std::io::Error::other(status.to_string()))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn run_returns_the_output_or_the_status() {
        let run = |script: &'static str| async move {
            SystemProcessRunner.run("sh", &["-c".to_owned(), script.to_owned()]).await
        };
        assert_eq!(run("printf output").await.unwrap(), "output");
        let error = run("printf a-secret; exit 3").await.unwrap_err().to_string();
        assert!(error.contains('3') && !error.contains("a-secret"), "{error}");
    }

    /// Neither the caller nor the runtime waits for the program.
    ///
    /// That includes a program that closed its output before, and a grandchild that keeps it open.
    #[test]
    fn timeout_of_a_program_blocks_nothing() {
        let started = std::time::Instant::now();
        for script in ["exec >&-; sleep 60", "sleep 60 & sleep 60"] {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let arguments = ["-c".to_owned(), script.to_owned()];
                let run = SystemProcessRunner.run("sh", &arguments);
                let timeout = Duration::from_millis(100);
                assert!(tokio::time::timeout(timeout, run).await.is_err(), "{script}");
            });
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }

    /// The FIFO ends when no program has it open.
    #[test]
    fn timeout_ends_the_programs_of_the_program() {
        let fifo = std::env::temp_dir().join(format!("aliyun-dbs-fifo-{}", std::process::id()));
        let _ = std::fs::remove_file(&fifo);
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        for script in ["sleep 60 & sleep 60", "(sleep 60 & sleep 60) & sleep 60", "sleep 60 &"] {
            let started = std::time::Instant::now();
            let path = fifo.clone();
            let (opened, is_open) = tokio::sync::oneshot::channel();
            let reader = std::thread::spawn(move || {
                let mut file = std::fs::File::open(path).unwrap();
                let _ = opened.send(());
                file.read_to_end(&mut Vec::new()).unwrap();
            });
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let script = format!("exec 3>'{}'; {script}", fifo.display());
                let arguments = ["-c".to_owned(), script];
                let mut run = SystemProcessRunner.run("sh", &arguments);
                tokio::select! {
                    _ = &mut run => panic!("the program keeps its output open"),
                    opened = is_open => opened.unwrap(),
                }
            });
            reader.join().unwrap();
            assert!(started.elapsed() < Duration::from_secs(30), "{script}");
        }
        std::fs::remove_file(&fifo).unwrap();
    }
}
