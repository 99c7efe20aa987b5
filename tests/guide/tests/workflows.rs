//! Checks the workflows and forms of GitHub, which cannot run here: that they are valid, and that
//! the commands in them and in `.ci` exist.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod commands;

use std::collections::BTreeSet;
use std::fs;

use serde_yaml_ng::Value;

use self::commands::{Workspace, root};

/// Returns the names of the files of a folder, sorted.
fn files(folder: &str) -> BTreeSet<String> {
    let entries = root().join(folder).read_dir().unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_yaml_ng::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

struct Job {
    /// The file and the name, for messages.
    name: String,
    job: Value,
}

impl Job {
    fn steps(&self) -> &[Value] {
        self.job["steps"].as_sequence().unwrap()
    }

    fn matrix(&self) -> Vec<(String, Vec<String>)> {
        let Some(matrix) = self.job["strategy"]["matrix"].as_mapping() else { return Vec::new() };
        let names = |values: &Value| {
            let values = values.as_sequence().unwrap().iter();
            values.map(|value| value.as_str().unwrap().to_owned()).collect()
        };
        matrix
            .iter()
            .map(|(key, values)| (key.as_str().unwrap().to_owned(), names(values)))
            .collect()
    }

    /// Returns the scripts of the job, once for each value of its matrix.
    fn scripts(&self) -> Vec<String> {
        let runs = self.steps().iter().filter_map(|step| step["run"].as_str());
        let mut scripts: Vec<_> = runs.map(str::to_owned).collect();
        for (key, values) in self.matrix() {
            let place = format!("${{{{ matrix.{key} }}}}");
            let each = |script: &String| -> Vec<_> {
                values.iter().map(|value| script.replace(&place, value)).collect()
            };
            scripts = scripts.iter().flat_map(each).collect();
        }
        scripts
    }
}

fn workflows() -> Vec<(String, Value)> {
    let names = files(".github/workflows");
    names
        .into_iter()
        .map(|name| (name.clone(), yaml(&format!(".github/workflows/{name}"))))
        .collect()
}

fn jobs() -> Vec<Job> {
    let jobs = |(file, workflow): (String, Value)| -> Vec<_> {
        let jobs = workflow["jobs"].as_mapping().unwrap();
        let job = |(name, job): (&Value, &Value)| Job {
            name: format!("{file}, {}", name.as_str().unwrap()),
            job: job.clone(),
        };
        jobs.iter().map(job).collect()
    };
    workflows().into_iter().flat_map(jobs).collect()
}

fn job(name: &str) -> Job {
    jobs().into_iter().find(|job| job.name == name).unwrap()
}

#[test]
fn workflows_have_few_rights() {
    for (file, workflow) in workflows() {
        let permissions: Value = serde_yaml_ng::from_str("contents: read").unwrap();
        assert_eq!(workflow["permissions"], permissions, "{file}");
        assert!(!workflow["concurrency"]["group"].is_null(), "{file}");
        // YAML 1.2: the key is the string `on`, not a boolean.
        assert!(workflow["on"].is_mapping(), "{file}");
        assert!(!text(&format!(".github/workflows/{file}")).contains("secrets."), "{file}");
    }
    for job in jobs() {
        assert!(job.job["permissions"].is_null(), "{}", job.name);
        for step in job.steps() {
            let Some(action) = step["uses"].as_str() else { continue };
            let version = action.split_once('@').map(|(_, version)| version).unwrap_or_default();
            let is_pinned = version.len() == 40 || version.starts_with('v');
            assert!(is_pinned, "{}: {action}", job.name);
            if action.starts_with("actions/checkout@") {
                assert_eq!(step["with"]["persist-credentials"], false, "{}", job.name);
            }
        }
    }
}

#[test]
fn every_job_ends_and_does_something() {
    assert!(jobs().len() >= 9);
    for job in jobs() {
        let minutes = job.job["timeout-minutes"].as_u64();
        assert!(minutes.is_some_and(|minutes| minutes <= 350), "{}: {minutes:?}", job.name);
        assert!(job.job["runs-on"].is_string(), "{}", job.name);
        assert!(!job.scripts().is_empty(), "{}", job.name);
        for step in job.steps() {
            assert!(step["run"].is_string() != step["uses"].is_string(), "{}: {step:?}", job.name);
        }
    }
}

#[test]
fn commands_of_workflows_exist() {
    let workspace = Workspace::read();
    for job in jobs() {
        for script in job.scripts() {
            let wrong = workspace.wrong(&script.replace("${{", "$"));
            assert!(wrong.is_empty(), "{}: {wrong:#?}", job.name);
        }
    }
}

#[test]
fn commands_of_ci_and_documents_exist() {
    let workspace = Workspace::read();
    let scripts = files(".ci").into_iter().map(|name| format!(".ci/{name}"));
    let steps = files(".ci/steps").into_iter().map(|name| format!(".ci/steps/{name}"));
    for path in scripts.chain(steps).filter(|path| root().join(path).is_file()) {
        let wrong = workspace.wrong(&text(&path));
        assert!(wrong.is_empty(), "{path}: {wrong:#?}");
    }
    for path in ["CONTRIBUTING.md", "RELEASE.md", "THREAT_MODEL.md", "fuzz/README.md"] {
        let page = text(path);
        let (blocks, spans) = (page.split("```sh\n").skip(1), page.split('`').skip(1).step_by(2));
        let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
        for script in
            blocks.chain(spans.filter(|span| span.contains("cargo ") || span.starts_with(".ci/")))
        {
            let wrong = workspace.wrong(script);
            assert!(wrong.is_empty(), "{path}: {wrong:#?}");
        }
    }
}

#[test]
fn ci_and_its_workflow_run_the_same_steps() {
    let run = text(".ci/run");
    let called: BTreeSet<_> = files(".ci/steps")
        .into_iter()
        .filter(|step| run.lines().any(|line| line.trim() == format!(".ci/steps/{step}")))
        .collect();
    assert_eq!(called, files(".ci/steps"), "`.ci/run` runs each step");
    let matrix = job("ci.yml, step").matrix();
    assert_eq!(
        matrix[0].1.iter().cloned().collect::<BTreeSet<_>>(),
        called,
        "a job runs each step"
    );
    assert!(job("ci.yml, complete").scripts().iter().any(|script| script == "bash .ci/run"));
}

#[test]
fn every_fuzz_target_is_scheduled() {
    let targets = files("fuzz/fuzz_targets");
    let targets: BTreeSet<_> = targets.iter().map(|file| file.trim_end_matches(".rs")).collect();
    let matrix = job("scheduled.yml, fuzz").matrix();
    assert_eq!(matrix[0].1.iter().map(String::as_str).collect::<BTreeSet<_>>(), targets);
    assert!(targets.iter().all(|target| root().join("fuzz/seeds").join(target).is_dir()));
}

#[test]
fn tests_run_on_three_systems() {
    let systems = ["ubuntu-latest", "macos-latest", "windows-latest"];
    assert_eq!(job("ci.yml, test").matrix()[0].1, systems);
}

#[test]
fn issue_forms_are_valid() {
    for file in files(".github/ISSUE_TEMPLATE") {
        let form = yaml(&format!(".github/ISSUE_TEMPLATE/{file}"));
        if file == "config.yml" {
            assert!(form["blank_issues_enabled"].is_bool());
            continue;
        }
        assert!(form["name"].is_string() && form["description"].is_string(), "{file}");
        let mut ids = BTreeSet::new();
        for field in form["body"].as_sequence().unwrap() {
            let kind = field["type"].as_str().unwrap();
            assert!(["markdown", "input", "textarea"].contains(&kind), "{file}: {kind}");
            if kind == "markdown" {
                assert!(field["attributes"]["value"].is_string(), "{file}");
            } else {
                assert!(field["attributes"]["label"].is_string(), "{file}: {field:?}");
                assert!(ids.insert(field["id"].as_str().unwrap().to_owned()), "{file}: {field:?}");
            }
        }
    }
    assert_eq!(yaml(".github/dependabot.yml")["version"], 2);
}

/// Plants what a renamed package, target, feature or script leaves behind.
#[test]
fn wrong_commands_are_found() {
    let workspace = Workspace::read();
    for (command, why) in [
        ("cargo test -p gone", "no package `gone`"),
        ("A=1 cargo +nightly test --release --test gone it", "no test `gone`"),
        ("cargo test -p guide --test it", "no test `it`"),
        ("cargo run --example gone -- --html x", "no example `gone`"),
        ("cargo check \\\n    --features fake,gone", "no feature `gone`"),
        ("cargo +nightly fuzz run -s none gone a b", "no fuzz target `gone`"),
        (".ci/gone cargo test", ".ci/gone does not exist"),
        ("if ! .ci/gone x; then", ".ci/gone does not exist"),
        ("cargo fmt && tests/gone.sh", "tests/gone.sh does not exist"),
    ] {
        let wrong = workspace.wrong(command);
        assert!(wrong.len() == 1 && wrong[0].ends_with(why), "{command}: {wrong:?}");
    }
    for command in [
        "cargo test --test it calls",
        "cargo check -p aliyun-dbs --features \"$features\"",
        "cargo test -p guide --test workflows -- --test gone",
        "# cargo test -p gone",
        ".ci/services cargo test",
        "cargo +nightly fuzz run -s none responses x",
    ] {
        assert_eq!(workspace.wrong(command), Vec::<String>::new());
    }
}
