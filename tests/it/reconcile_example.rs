//! The example `reconcile`, and the file of plans that the examples share.

use std::fs;
use std::path::{Path, PathBuf};

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::fake::emulator::Emulator;
use aliyun_dbs::types::Secret;
use aliyun_dbs::workflows::fleet::{FileJournal, FleetSpec};
use aliyun_dbs::workflows::plan_spec::SecretRef;
use aliyun_dbs::{Client, Region};
use tokio::task::spawn_blocking;

use crate::examples::example;
use crate::plan_spec::from_yaml;

/// The plans that the examples ship.
pub(crate) const PLANS: &str = include_str!("../../examples/plans.yaml");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plans.yaml");

/// Returns standard output and error of a run of the example, and its exit code.
fn run(arguments: &[&str]) -> Option<(String, String, Option<i32>)> {
    run_with(arguments, &[])
}

fn run_with(
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Option<(String, String, Option<i32>)> {
    let output = example("reconcile")?.args(arguments).envs(variables.iter().copied()).output();
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some((text(output.stdout), text(output.stderr), output.status.code()))
}

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("aliyun-dbs reconcile {name} {}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let file = self.path(name);
        fs::write(&file, text).unwrap();
        file
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn example_file_names_its_schema() {
    let (line, _) = PLANS.split_once('\n').unwrap();
    let schema = line.strip_prefix("# yaml-language-server: $schema=").unwrap();
    assert!(Path::new(FILE).parent().unwrap().join(schema).is_file(), "{schema}");
    assert_eq!(from_yaml(PLANS).unwrap().len(), 3);
}

#[test]
fn tour_shows_each_kind_of_change() {
    let Some((output, error, code)) = run(&[]) else { return };
    assert_eq!(code, Some(0), "{output}{error}");
    assert_eq!(error, "");
    for part in [
        "\norders-nightly: a new plan\n",
        "\n  + password ",
        "env ORDERS_PASSWORD",
        "\nbought                  3\n",
        "): 2 changes\n  ~ class ",
        "(restarts the plan)",
        "): 1 change\n  ~ schedule ",
        "): 1 not possible\n  ! class ",
        "\nchanged                 2\n",
        "\nunknown plan ",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    let (_, last) = output.rsplit_once("$ reconcile").unwrap();
    assert!(last.contains("\n3 plans: nothing to change\n"), "{last}");
    assert!(!output.contains("correct horse") && !output.contains('\x1b'), "{output}");
}

#[test]
fn drift_exits_with_2() {
    let Some((output, error, code)) = run(&[FILE]) else { return };
    assert_eq!((code, error.as_str()), (Some(2), ""), "{output}");
    assert!(output.contains("catalog-nightly: a new plan\n  + "), "{output}");
    assert!(output.contains("3 plans: 3 to buy\nunknown plan "), "{output}");

    let (output, error, code) = run(&[FILE, "--apply"]).unwrap();
    assert_eq!((code, error.as_str()), (Some(0), ""), "{output}");
    assert!(output.contains("\nbought                  3\n"), "{output}");

    let folder = Folder::new("empty");
    let (output, error, code) = run(&[&folder.file("none.yaml", "[]")]).unwrap();
    assert_eq!((code, error.as_str()), (Some(0), ""), "{output}");
    assert!(output.starts_with("0 plans: nothing to change\n"), "{output}");
}

/// Drift must not look like a wrong argument.
#[test]
fn errors_exit_with_1() {
    let folder = Folder::new("errors");
    let wrong = folder.file("wrong.yaml", &PLANS.replacen("class: small", "class: smal", 1));
    for (arguments, expected) in [
        (&["--bogus"][..], "unexpected argument '--bogus'"),
        (&["--apply"], "<PLANS>"),
        (&["--live"], "missing `PLANS`"),
        (&["--endpoint", "http://127.0.0.1:1", FILE, "--apply"], "missing `--journal FILE`"),
        (&["missing.yaml"], "could not read `missing.yaml`: "),
        (&[&wrong], "wrong.yaml: invalid plan: `[0].class`: "),
        (&["--endpoint", "http://127.0.0.1:1", FILE], "error: "),
    ] {
        let variables =
            [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")];
        let Some((output, error, code)) = run_with(arguments, &variables) else { return };
        assert_eq!(code, Some(1), "{arguments:?}: {output}{error}");
        assert!(error.contains(expected), "{error}");
        assert_eq!(output, "");
    }
}

/// The plans exist, so that nothing waits for the clock of the service.
#[tokio::test]
async fn changes_of_a_service_are_applied() {
    let folder = Folder::new("service");
    let (file, journal) = (folder.path("plans.yaml"), folder.path("journal"));
    let dbs = FakeDbs::new();
    let client = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = client.transport(dbs.clone()).build().unwrap();
    let secrets = |_: &SecretRef| Ok(Secret::from("hunter2"));
    let plans = from_yaml(PLANS).unwrap().into_iter();
    let plans: Vec<_> = plans.map(|plan| FleetSpec::from_plan(plan, secrets)).collect();
    let fleet = client.fleet(plans).named("prod").journal(FileJournal::open(&journal).unwrap());
    assert!(fleet.await.is_complete());

    let emulator = Emulator::bind(dbs.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let url = emulator.url();
    tokio::spawn(emulator.serve());
    let key = dbs.credentials();
    let call = |plans: String, apply: bool| {
        fs::write(&file, plans).unwrap();
        let (file, url, journal, key) = (file.clone(), url.clone(), journal.clone(), key.clone());
        spawn_blocking(move || {
            let mut arguments = vec![&*file, "--endpoint", &url, "--journal", &journal];
            arguments.extend(["--fleet", "prod"]);
            arguments.extend(apply.then_some("--apply"));
            let variables = [
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", key.access_key_id()),
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", key.access_key_secret().expose()),
            ];
            run_with(&arguments, &variables)
        })
    };
    let Some((output, error, code)) = call(PLANS.to_owned(), false).await.unwrap() else { return };
    assert_eq!(code, Some(0), "{output}{error}");
    assert_eq!(output, "3 plans: nothing to change\n");

    let edited = PLANS.replacen("02:30", "04:45", 1).replacen("class: small", "class: micro", 1);
    let schedule = || {
        let plans = dbs.plans().into_iter().filter_map(|plan| plan.configuration);
        plans.filter(|plan| format!("{:?}", plan.schedule).contains("45")).count()
    };
    let (output, error, code) = call(edited.clone(), false).await.unwrap().unwrap();
    assert_eq!((code, error.as_str()), (Some(2), ""), "{output}");
    assert!(output.contains("  ~ schedule ") && output.contains("  ! class "), "{output}");
    assert_eq!(schedule(), 0, "a comparison changed a plan");

    // Then the class is left.
    let (output, error, code) = call(edited, true).await.unwrap().unwrap();
    assert_eq!((code, error.as_str()), (Some(2), ""), "{output}");
    assert!(output.contains("\nchanged                 1\n"), "{output}");
    assert_eq!((schedule(), dbs.plans().len()), (1, 3), "{output}");
}
