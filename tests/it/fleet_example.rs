//! The options of the fleet example.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::fake::emulator::Emulator;
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{Entry, FileJournal, Journal, PlanKey};
use aliyun_dbs::{Client, Region};
use time::OffsetDateTime;
use tokio::task::spawn_blocking;

use crate::examples::example;
use crate::support::{configure, create};

/// Returns standard output and error of a run of the example, and its exit code.
fn run(arguments: &[&str]) -> Option<(String, String, Option<i32>)> {
    run_with(arguments, &[])
}

fn run_with(
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Option<(String, String, Option<i32>)> {
    let mut command = example("fleet")?;
    command.args(arguments).env_remove("DBS_JOURNAL").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some((text(output.stdout), text(output.stderr), output.status.code()))
}

#[test]
fn invalid_options_are_rejected() {
    for (arguments, expected) in [
        (&["--live"][..], "missing `--journal FILE|URL`"),
        (&["--endpoint", "http://127.0.0.1:1"], "missing `--journal FILE|URL`"),
        (&["--resume", "orders"], "expected `NAME=PLAN`"),
        (&["--resume", "orders="], "'--resume <NAME=PLAN>'"),
        (&["--token-memory", "-1"], "'-1'"),
        (&["--count", "4", "--spec", "plans.yaml"], "cannot be used with '--spec <FILE>'"),
    ] {
        let Some((_, error, code)) = run(arguments) else { return };
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn plans_of_a_file_are_bought() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plans.yaml");
    let Some((output, error, code)) = run(&["--spec", file]) else { return };
    assert_eq!(code, Some(0), "{output}{error}");
    assert!(output.contains("plans bought            3"), "{output}");
}

/// A URL can contain a password, also one of an unknown kind of database.
#[test]
fn unreachable_journal_is_reported() {
    // Port 1 of the loopback interface has no service.
    for (url, expected) in [
        ("postgres://dbs:hunter2@127.0.0.1:1/fleet", "the request to PostgreSQL failed: "),
        ("redis://:hunter2@127.0.0.1:1", "the request to Redis failed: Connection refused"),
        ("mysql://dbs:hunter2@127.0.0.1:1/fleet", "the journal has the unknown scheme `mysql`: "),
        ("postgres://dbs:hunter2@[::1/fleet", "the request to PostgreSQL failed: "),
    ] {
        let arguments = ["--count", "1", "--journal", url, "--journal-timeout", "0"];
        let Some((_, error, code)) = run(&arguments) else { return };
        assert_eq!(code, Some(1), "{error}");
        assert!(error.contains(expected) && error.lines().count() == 1, "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn database_may_start_later() {
    let Some(mut command) = example("fleet") else { return };
    let url = "postgres://dbs:hunter2@127.0.0.1:1/fleet";
    let command = command.args(["--count", "1", "--journal", url]).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let is_waiting = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.starts_with("waiting up to 300 s: the request to PostgreSQL failed: "), "{line}");
    assert!(is_waiting && !line.contains("hunter2"), "{line}");
}

/// A folder with a journal, which is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("aliyun-dbs {name} {}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn journal(&self) -> String {
        self.0.join("it's a journal").to_str().unwrap().to_owned()
    }

    /// Enters a name whose purchase may have been executed long ago.
    async fn enter_old(&self, fleet: &str, name: &str) {
        let key = PlanKey::new(fleet, name, 0).unwrap();
        let at = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        let entry = Entry::new(key.client_token(), create(), at, "earlier".parse().unwrap());
        FileJournal::open(self.journal()).unwrap().enter(&key, &entry).await.unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn commands_resolve_unresolved_names() {
    let folder = Folder::new("unresolved");
    folder.enter_old("prod", "fleet-00000").await;
    let file = folder.journal();
    let arguments = ["--count", "2", "--fleet", "prod", "--journal", &file];
    let Some((output, error, code)) = run(&arguments) else { return };
    assert_eq!(code, Some(1), "{output}{error}");
    assert!(output.contains("`fleet-00000`: 0 plans may belong to it"), "{output}");
    let command = output.lines().find(|line| line.contains("--buy-anyway")).unwrap();
    assert!(command.starts_with("  fleet --count 2 --fleet prod --journal '"), "{command}");
    assert!(command.ends_with(r"it'\''s a journal' --buy-anyway fleet-00000"), "{command}");

    let resolved = [&arguments[..], &["--buy-anyway", "fleet-00000"]].concat();
    let (output, error, code) = run(&resolved).unwrap();
    assert_eq!(code, Some(0), "{output}{error}");
    assert!(output.contains("already done            1"), "{output}");

    // A plan of another process's fake does not exist in this one.
    folder.enter_old("test", "fleet-00000").await;
    let (output, error, code) =
        run(&["--count", "1", "--fleet", "test", "--journal", &file, "--resume", "fleet-00000=p1"])
            .unwrap();
    assert_eq!(code, Some(1), "{output}{error}");
    assert!(output.contains("failed                  1"), "{output}");
}

/// Returns an emulator with running plans of these names.
async fn emulator(names: &[&str]) -> (FakeDbs, Emulator, Vec<BackupPlanId>) {
    let dbs = FakeDbs::new();
    let client = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = client.transport(dbs.clone()).build().unwrap();
    let mut plans = Vec::new();
    for name in names {
        let name = (*name).to_owned();
        let provision = client.provision(create(), move |plan| {
            let mut configuration = configure(&plan, "hunter2");
            configuration.backup_plan_name.clone_from(&name);
            configuration
        });
        plans.push(provision.await.unwrap().backup_plan_id);
    }
    let emulator = Emulator::bind(dbs.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    (dbs, emulator, plans)
}

#[tokio::test]
async fn existing_plans_are_resumed_and_adopted() {
    let (dbs, emulator, plans) = emulator(&["fleet-00000", "fleet-00001", "fleet-00002"]).await;
    let url = emulator.url();
    tokio::spawn(emulator.serve());
    let folder = Folder::new("adopted");
    let file = folder.journal();
    let key = dbs.credentials();
    let call = move |options: &[&str]| {
        let options = options.iter().map(|option| (*option).to_owned()).collect::<Vec<_>>();
        let (url, file, key) = (url.clone(), file.clone(), key.clone());
        spawn_blocking(move || {
            let mut arguments = vec!["--count", "3", "--endpoint", &url];
            arguments.extend(options.iter().map(String::as_str));
            let variables = [
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", key.access_key_id()),
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", key.access_key_secret().expose()),
                ("DBS_JOURNAL", &file),
            ];
            run_with(&arguments, &variables)
        })
    };
    let Some((output, error, code)) = call(&[]).await.unwrap() else { return };
    assert_eq!(code, Some(1), "{output}{error}");
    assert!(output.contains("unresolved              3"), "{output}");
    let resume = format!("fleet-00001={}", plans[1]);
    assert!(output.contains(&format!(" --resume {resume}\n")), "{output}");

    let (output, error, code) = call(&["--resume", &resume]).await.unwrap().unwrap();
    assert_eq!(code, Some(1), "{output}{error}");
    assert!(output.contains("unresolved              2"), "{output}");

    let (output, error, code) = call(&["--adopt-existing"]).await.unwrap().unwrap();
    assert_eq!(code, Some(0), "{output}{error}");
    assert!(output.contains("already done            1"), "{output}");
    assert_eq!(dbs.plans().len(), 3, "a plan was bought");
}
