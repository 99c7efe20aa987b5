//! Tests that all examples handle arguments and a closed pipe alike.
//!
//! `cargo test` builds the examples first. `cargo test --test it` alone does not, so the programs may
//! be missing or older than their sources. A test then says so and checks nothing, unless
//! `REQUIRE_EXAMPLES` is set, as by `.ci/run`.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use aliyun_dbs::v2021_01_01::operations::UNTYPED;

const ALL: [&str; 14] = [
    "call",
    "create_backup_plan",
    "download",
    "drill",
    "emulator",
    "fleet",
    "list_plans",
    "observe",
    "provision",
    "reconcile",
    "renew",
    "report",
    "restore",
    "test_your_service",
];

fn modified(path: &Path) -> Result<SystemTime, String> {
    let modified = path.metadata().and_then(|metadata| metadata.modified());
    modified.map_err(|error| format!("`{}`: {error}", path.display()))
}

/// Returns the source files that Cargo lists for a program.
fn sources(list: &str) -> Vec<PathBuf> {
    let Some((_, files)) = list.split_once(": ") else { return Vec::new() };
    let mut sources = vec![String::new()];
    let mut characters = files.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(' ') => sources.last_mut().unwrap().push(' '),
                other => sources.last_mut().unwrap().extend(['\\'].into_iter().chain(other)),
            },
            c if c.is_whitespace() => sources.push(String::new()),
            c => sources.last_mut().unwrap().push(c),
        }
    }
    sources.into_iter().filter(|source| !source.is_empty()).map(PathBuf::from).collect()
}

/// Returns a program, or why it is not the one of the current sources.
fn current(program: &Path) -> Result<(), String> {
    let built = modified(program)?;
    let list = program.with_extension("d");
    let list =
        std::fs::read_to_string(&list).map_err(|error| format!("`{}`: {error}", list.display()))?;
    let sources = sources(&list);
    if sources.is_empty() {
        return Err("its list of sources is empty".to_owned());
    }
    for source in sources {
        if modified(&source)? > built {
            return Err(format!("`{}` is newer", source.display()));
        }
    }
    Ok(())
}

/// Returns the command of an example, if it is built from the current sources.
#[expect(clippy::print_stderr, reason = "a test that checks nothing says so")]
pub(crate) fn example(name: &str) -> Option<Command> {
    assert!(ALL.contains(&name));
    let tests = std::env::current_exe().unwrap();
    let mut program = tests.parent()?.parent()?.join("examples").join(name);
    program.set_extension(std::env::consts::EXE_EXTENSION);
    match current(&program) {
        Ok(()) => Some(Command::new(program)),
        Err(why) => {
            let message = format!("the example `{name}` is not current: {why}");
            assert!(std::env::var_os("REQUIRE_EXAMPLES").is_none(), "{message}");
            eprintln!("skipped: {message}; run `cargo test` or `cargo build --examples`");
            None
        }
    }
}

#[test]
fn all_examples_are_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let mut names: Vec<_> = [entries(&folder), entries(&folder.join("programs"))]
        .into_iter()
        .flatten()
        .filter(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "support" && name != "programs")
        .collect();
    names.sort_unstable();
    assert_eq!(names, ALL);
    let page = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for name in names {
        assert!(page.contains(&format!("| `{name}` |")), "examples/README.md: {name} is missing");
    }
}

/// These are to be copied into a program, so they are complete.
const TO_COPY: [&str; 2] = ["postgres.rs", "redis.rs"];

#[test]
fn example_files_are_short() {
    fn check(folder: &Path) -> usize {
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                files += check(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !TO_COPY.contains(&name)
            {
                let lines = std::fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines < 150, "{} has {lines} lines", path.display());
                files += 1;
            }
        }
        files
    }
    assert!(check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")) > 20);
}

#[test]
fn first_example_shows_steps_request_and_next() {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    };
    let Some(mut first) = example("create_backup_plan") else { return };
    let text =
        String::from_utf8(first.env_remove("CLICOLOR_FORCE").output().unwrap().stdout).unwrap();
    let masked = plain(&text);
    for part in [
        "Buying a backup plan of a fake service, in memory, free of charge.\n",
        "\n  0  buy         dbs",
        "\n  0  wait        0s of the service's time ",
        "\n  0  configure   orders-nightly, kept 000 days ",
        "\n  0  read back   init, backups Monday,Thursday at 00:00 UTC ",
        "0 ms\n\nWhat was ordered\n  order 00",
        "  POST https://dbs-api.cn-hangzhou.aliyuncs.com/\n",
        "authorization: ACS0-HMAC-SHA000 Credential=",
        "\nNext\n  cargo run -p examples --example test_your_service ",
    ] {
        assert!(masked.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('\u{1b}') && !text.contains("correct horse"), "{text}");
    let coloured = example("create_backup_plan").unwrap().env("CLICOLOR_FORCE", "1").output();
    let coloured = String::from_utf8(coloured.unwrap().stdout).unwrap();
    assert!(coloured.contains("\u{1b}[1mWhat was ordered\u{1b}[0m\n"), "{coloured}");
}

#[test]
fn program_older_than_its_sources_is_not_current() {
    let folder = std::env::temp_dir().join(format!("aliyun-dbs examples {}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (program, source) = (folder.join("tool"), folder.join("tool.rs"));
    let is_current = || current(&program).map_err(|why| why.contains("tool"));
    assert_eq!(is_current(), Err(true), "it is missing");
    std::fs::write(&program, "").unwrap();
    assert_eq!(is_current(), Err(true), "its list is missing");
    let escaped = |path: &Path| path.to_str().unwrap().replace(' ', "\\ ");
    let list = format!("{}: {}\n", escaped(&program), escaped(&source));
    std::fs::write(folder.join("tool.d"), list).unwrap();
    assert_eq!(is_current(), Err(true), "its source is missing");
    std::fs::write(&source, "").unwrap();
    let set = |path: &Path, seconds| {
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    };
    set(&program, 100);
    set(&source, 99);
    assert_eq!(is_current(), Ok(()));
    set(&source, 101);
    assert_eq!(is_current(), Err(true), "its source is newer");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The examples that can call a real service.
const WITH_SERVICE: [&str; 10] = [
    "call",
    "create_backup_plan",
    "download",
    "drill",
    "fleet",
    "list_plans",
    "reconcile",
    "renew",
    "report",
    "restore",
];

#[test]
fn help_has_examples_and_fits_a_terminal() {
    for name in ALL {
        let Some(mut help) = example(name) else { continue };
        let help = help.arg("--help").output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success(), "{name}");
        let mut parts = vec![format!("\nUsage: {name}"), format!("\nExamples:\n  {name}")];
        if WITH_SERVICE.contains(&name) {
            parts.extend(["--live".to_owned(), "--endpoint <URL>".to_owned()]);
        }
        for part in parts {
            assert!(text.contains(&part), "{name}: {part}: {text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(!text.contains("unwrap"), "{text}");
    }
}

#[test]
fn unexpected_argument_is_rejected() {
    for name in ALL {
        let Some(mut wrong) = example(name) else { continue };
        let wrong = wrong.arg("--bogus").output().unwrap();
        let error = String::from_utf8(wrong.stderr).unwrap();
        // The exit code 2 of `reconcile` means that plans differ from their file.
        let expected = if name == "reconcile" { 1 } else { 2 };
        assert_eq!(wrong.status.code(), Some(expected), "{name}");
        assert!(error.starts_with("error: unexpected argument '--bogus' found"), "{error}");
        assert!(error.contains(&format!("\nUsage: {name}")), "{error}");
    }
}

#[test]
fn wrong_value_lists_possible_values() {
    let Some(mut command) = example("create_backup_plan") else { return };
    let output = command.args(["--database-type", "access"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    for part in ["--database-type", "`MySQL`", "`PostgreSQL`"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn drill_prints_its_record() {
    let Some(mut command) = example("drill") else { return };
    let output = command.arg("--json").output().unwrap();
    assert!(output.status.success());
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["passed"], true);
    assert!(record["rto"].as_f64().unwrap() >= 70.0, "{record}");
}

#[test]
fn misspelled_region_is_rejected() {
    for name in WITH_SERVICE {
        let Some(mut command) = example(name) else { continue };
        let output = command.args(["--region", "cn-hangzou"]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{name}");
        assert!(error.contains("did you mean `cn-hangzhou`?"), "{name}: {error}");
    }
}

#[test]
fn closed_pipe_ends_quietly() {
    let help = ALL.map(|name| (name, &["--help"][..]));
    let runs = [
        ("call", &["--list"][..]),
        ("call", &["DescribeRegions"]),
        ("call", &["--api", "2021-01-01", "--list"]),
        ("create_backup_plan", &[]),
        ("download", &[]),
        ("drill", &[]),
        ("drill", &["--json"]),
        ("list_plans", &[]),
        ("list_plans", &["--json"]),
        ("observe", &[]),
        ("provision", &[]),
        ("provision", &["--fail"]),
        ("restore", &[]),
        ("test_your_service", &[]),
        ("reconcile", &[]),
        ("report", &["--plans", "3"]),
        ("renew", &[]),
        ("renew", &["--apply"]),
        ("fleet", &["--count", "2"]),
        ("fleet", &["--count", "4", "--faults"]),
    ];
    for (name, arguments) in help.into_iter().chain(runs) {
        let Some(mut command) = example(name) else { continue };
        let mut child = command
            .args(arguments)
            .env_remove("DBS_PASSWORD")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut error = String::new();
        child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        assert!(child.wait().unwrap().success(), "{name}: {error}");
        assert!(!error.contains("panicked") && !error.contains("pipe"), "{name}: {error}");
    }
}

#[test]
fn renewals_are_ordered_only_on_request() {
    let Some(mut dry) = example("renew") else { return };
    let output = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let dry = output(&mut dry);
    assert!(dry.contains("\ndry run: 3 due, 0 refused\nnothing was ordered"), "{dry}");
    let applied = output(example("renew").unwrap().arg("--apply"));
    assert!(applied.ends_with("\n3 renewed, 0 failed, 0 refused\n"), "{applied}");
    assert_eq!(applied.matches("  renewed, order ").count(), 3, "{applied}");
    let later = output(example("renew").unwrap().args(["--within", "7"]));
    assert_eq!(later, "no plan is due\n");
}

/// Runs an example; returns its exit code, standard output and standard error.
fn run(name: &str, arguments: &[&str]) -> Option<(Option<i32>, String, String)> {
    let output = example(name)?.args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some((output.status.code(), text(output.stdout), text(output.stderr)))
}

#[test]
fn call_lists_operations_of_the_new_version() {
    let Some((code, list, _)) = run("call", &["--api", "2021-01-01", "--list"]) else { return };
    assert_eq!((code, list.lines().count()), (Some(0), 22), "{list}");
    assert_eq!(list.matches(" (no type: RawRequest)\n").count(), UNTYPED.len(), "{list}");
    let (_, list, _) = run("call", &["--list"]).unwrap();
    assert_eq!((list.lines().count(), list.matches("no type").count()), (36, 0), "{list}");
}

#[test]
fn call_sends_requests_of_the_new_version() {
    let of = r#"{"RegionCode":"cn-hangzhou","InstanceName":"rm-orders"}"#;
    let call = |action, json| run("call", &["--api", "2021-01-01", action, json]);
    let Some((code, response, error)) = call("DescribeDownloadSupport", of) else { return };
    assert_eq!(code, Some(0), "{error}");
    let response: serde_json::Value = serde_json::from_str(&response).unwrap();
    assert_eq!(response, serde_json::json!({ "Data": "true" }));

    let policy = r#"{"RegionCode":"cn-hangzhou","InstanceName":"pc-orders","Page":1}"#;
    let (code, _, error) = call("DescribeBackupPolicy", policy).unwrap();
    assert_eq!(code, Some(1));
    assert!(error.contains("Request.Forbidden") && error.lines().count() == 1, "{error}");
    let (code, _, error) = call("DescribeBackupPolicy", r#"{"List":[1]}"#).unwrap();
    assert_eq!(code, Some(1));
    assert!(error.contains("invalid parameter `List`"), "{error}");
    // Names of the other version.
    let (code, _, error) = call("DescribeRegions", "{}").unwrap();
    assert!(code == Some(1) && error.contains("unknown operation"), "{error}");
}

#[test]
fn call_hides_signatures_unless_asked() {
    let body = r#"{"RequestId":"R","Success":"true","Data":{"PublicUrl":"http://a.example/f?Signature=hunter2&x=1"}}"#;
    let request = r#"{"RegionCode":"cn-hangzhou","TaskId":"dt-1"}"#;
    let action = "DescribeDownloadBackupSetStorageInfo";
    for (option, signature) in [(None, "(secret)"), (Some("--show-urls"), "hunter2")] {
        let Some(mut command) = example("call") else { return };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 16 * 1024]).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).unwrap();
        });
        let output = command
            .args(["--api", "2021-01-01", action, request, "--endpoint", &endpoint])
            .args(option)
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "a-key")
            .output()
            .unwrap();
        let url = format!("http://a.example/f?Signature={signature}&x=1");
        let response: Result<serde_json::Value, _> = serde_json::from_slice(&output.stdout);
        let expected = serde_json::json!({ "Data": { "PublicUrl": url } });
        assert_eq!(response.ok(), Some(expected), "{output:?}");
    }
}

#[test]
fn wrong_version_lists_both() {
    let Some((code, _, error)) = run("call", &["--api", "2020-01-01", "--list"]) else { return };
    assert_eq!(code, Some(2));
    assert!(error.contains("2019-03-06") && error.contains("2021-01-01"), "{error}");
}

#[test]
fn download_hides_signatures_by_default() {
    let Some((code, hidden, error)) = run("download", &[]) else { return };
    assert_eq!(code, Some(0), "{error}");
    assert!(hidden.contains("\ntask            dt-") && hidden.contains("--show-urls"), "{hidden}");
    assert!(hidden.contains("public ") && !hidden.contains("Signature="), "{hidden}");
    // The time that `--since` takes after a crash.
    let start = hidden.lines().find_map(|line| line.strip_prefix("start ")).unwrap().trim();
    let (code, _, error) = run("download", &["--since", start]).unwrap();
    assert_eq!(code, Some(0), "{error}");
    let (_, shown, _) = run("download", &["--show-urls"]).unwrap();
    assert_eq!(shown.matches("&Signature=").count(), 2, "{shown}");
    let bucket = ["--oss", "exports", "--oss-region", "cn-beijing", "--path", "a/b"];
    let (code, bucket, error) = run("download", &bucket).unwrap();
    assert_eq!(code, Some(0), "{error}");
    assert!(bucket.contains("target          a/b"), "{bucket}");
}

#[test]
fn download_from_a_service_needs_an_instance() {
    for arguments in [
        &["--live"][..],
        &["--live", "--instance", "rm-1"],
        &["--live", "--set", "1460051234"],
        &["--endpoint", "http://127.0.0.1:1", "--resume", "dt-1"],
    ] {
        let Some((code, _, error)) = run("download", arguments) else { return };
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(error.contains("missing `--instance ID`"), "{error}");
    }
    for option in ["--at", "--since"] {
        let (code, _, error) = run("download", &[option, "yesterday"]).unwrap();
        assert!(code == Some(2) && error.contains("2026-03-01T09:00:00Z"), "{error}");
    }
}
