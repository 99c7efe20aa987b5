//! `Processes`: the processes of the fleet example, which are killed and started again.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use aliyun_dbs::credentials::Credentials;

use crate::store::TemporaryFolder;

/// The program of the example, built from the current sources.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut build = Command::new(env!("CARGO"));
    // The folder of the workspace: in that of this package, Cargo would not find the example.
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    build.current_dir(workspace).args(["build", "--quiet", "--example", "fleet"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success(), "the example `fleet` does not build");
    let tests = std::env::current_exe().unwrap();
    let mut program = tests.parent().unwrap().parent().unwrap().join("examples").join("fleet");
    program.set_extension(std::env::consts::EXE_EXTENSION);
    program
});

/// Processes that run the same command, each with its own access key.
pub(crate) struct Processes {
    commands: Vec<Command>,
    /// `None` after it has succeeded.
    running: Vec<Option<Child>>,
    output: TemporaryFolder,
}

impl Processes {
    pub(crate) fn start(url: &str, keys: &[Credentials], arguments: &[(&str, String)]) -> Self {
        let output = TemporaryFolder::new("output");
        let mut processes = Self { commands: Vec::new(), running: Vec::new(), output };
        for (index, key) in keys.iter().enumerate() {
            let mut command = Command::new(&*PROGRAM);
            for (name, value) in arguments {
                command.args([*name, value]);
            }
            let report = processes.output.join(&format!("{index}.json"));
            command.args(["--endpoint", url, "--report"]).arg(report);
            command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", key.access_key_id());
            command.env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", key.access_key_secret().expose());
            if let Some(token) = key.security_token() {
                command.env("ALIBABA_CLOUD_SECURITY_TOKEN", token.expose());
            }
            let log = processes.log(index);
            let log = File::options().create(true).append(true).open(log).unwrap();
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
            processes.running.push(Some(command.spawn().unwrap()));
            processes.commands.push(command);
        }
        processes
    }

    fn log(&self, index: usize) -> PathBuf {
        self.output.join(&format!("{index}.log"))
    }

    /// Returns whether all processes have succeeded.
    ///
    /// # Panics
    ///
    /// If one has failed.
    pub(crate) fn have_ended(&mut self) -> bool {
        for index in 0..self.running.len() {
            let Some(child) = &mut self.running[index] else { continue };
            let Some(status) = child.try_wait().unwrap() else { continue };
            let log = std::fs::read_to_string(self.log(index)).unwrap();
            assert!(status.success(), "process {index}: {status}\n{log}");
            self.running[index] = None;
        }
        self.running.iter().all(Option::is_none)
    }

    /// Kills a process, or one at random, and starts it again.
    pub(crate) fn kill(&mut self, victim: Option<u32>, random: &mut fastrand::Rng) {
        let is_victim = |child: &Option<Child>| child.as_ref().map(Child::id) == victim;
        let victim = victim.and_then(|_| self.running.iter().position(is_victim));
        let index = victim.unwrap_or_else(|| {
            let running = self.running.iter().enumerate().filter(|(_, child)| child.is_some());
            random.choice(running.collect::<Vec<_>>()).expect("a process runs").0
        });
        let child = self.running[index].as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        *child = self.commands[index].spawn().unwrap();
    }

    /// Returns the reports of the processes, which have ended.
    pub(crate) fn reports(&self) -> Vec<serde_json::Value> {
        let report = |index| {
            let file = self.output.join(&format!("{index}.json"));
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
        };
        (0..self.running.len()).map(report).collect()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in self.running.iter_mut().flatten() {
            // It may have ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
