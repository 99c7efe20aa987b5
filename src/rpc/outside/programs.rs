//! Programs of an [`Io`](super::Io): run without a shell, and killed at the timeout.

use std::fmt;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use async_trait::async_trait;

/// How often to check whether a program whose output is closed has ended.
const ENDED_PAUSE: Duration = Duration::from_millis(5);
/// Longest output that is read.
const OUTPUT_LIMIT: u64 = 1 << 20;

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

/// Runs programs of this machine. Kills a program whose caller stops waiting.
#[derive(Debug)]
pub(super) struct SystemPrograms;

/// Kills the program on drop.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Usually it has ended, and both calls do nothing.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[async_trait]
impl ProcessRunner for SystemPrograms {
    async fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<String> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take();
        let mut running = Running(child);
        let (sender, output_read) = tokio::sync::oneshot::channel();
        // A thread of its own: a grandchild may keep the output open after the program is killed,
        // and a runtime must not wait for that when it shuts down.
        std::thread::Builder::new().name("aliyun-dbs-program".to_owned()).spawn(move || {
            let mut text = String::new();
            let read = match output {
                Some(output) => output.take(OUTPUT_LIMIT).read_to_string(&mut text),
                None => Ok(0),
            };
            // The receiver is gone after a timeout.
            let _ = sender.send(read.map(|_| text));
        })?;
        let text = output_read.await.map_err(std::io::Error::other)??;
        // Its output is closed, so it is about to end.
        let status = loop {
            match running.0.try_wait()? {
                Some(status) => break status,
                None => tokio::time::sleep(ENDED_PAUSE).await,
            }
        };
        if status.success() {
            return Ok(text);
        }
        Err(std::io::Error::other(format!("it ended with {status}")))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn program_returns_its_output_or_its_status() {
        let run = |script: &'static str| async move {
            SystemPrograms.run("sh", &["-c".to_owned(), script.to_owned()]).await
        };
        assert_eq!(run("printf text").await.unwrap(), "text");
        let error = run("printf a-secret; exit 3").await.unwrap_err().to_string();
        assert!(error.contains('3') && !error.contains("a-secret"), "{error}");
    }

    /// A program past its timeout blocks neither its caller nor the runtime, even when it closed
    /// its output long before, or a grandchild keeps the output open.
    #[test]
    fn program_past_its_timeout_blocks_nothing() {
        let begun = std::time::Instant::now();
        for script in ["exec >&-; sleep 60", "sleep 60 & sleep 60"] {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let arguments = ["-c".to_owned(), script.to_owned()];
                let run = SystemPrograms.run("sh", &arguments);
                let limit = Duration::from_millis(100);
                assert!(tokio::time::timeout(limit, run).await.is_err(), "{script}");
            });
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
}
