//! `ProcessRunner`: runs the programs of an [`Io`](super::Io).

use std::fmt;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use async_trait::async_trait;

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
#[derive(Debug)]
pub(super) struct SystemProcessRunner;

/// Kills the program on drop.
struct KillOnDrop(std::process::Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        // Both calls do nothing if the program has exited.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[async_trait]
impl ProcessRunner for SystemProcessRunner {
    async fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<String> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take();
        let mut child = KillOnDrop(child);
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // A separate thread, because a grandchild may keep the output open after the program is
        // killed, and the runtime must not wait for that when it shuts down.
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
            match child.0.try_wait()? {
                Some(status) => break status,
                None => tokio::time::sleep(EXIT_POLL_INTERVAL).await,
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
}
