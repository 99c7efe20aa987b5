//! Checks that `THREAT_MODEL.md` names an existing test for each promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Returns the cells of the rows of all tables.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(str::trim).collect())
}

/// Returns the cells of each row `| T1 | promise | assets | attackers | tests |`.
fn promises(page: &str) -> Vec<[&str; 5]> {
    let is_promise =
        |number: &str| number.strip_prefix('T').is_some_and(|digits| digits.parse::<u32>().is_ok());
    let promises = rows(page).filter(|cells| is_promise(cells[0]));
    promises.map(|cells| cells.try_into().expect("five columns")).collect()
}

/// Returns the tests `path::function` that a string has in backticks.
fn tests(text: &str) -> Vec<(&str, &str)> {
    let spans = text.split('`').skip(1).step_by(2);
    spans
        .filter_map(|span| span.split_once("::"))
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// Returns why a source does not prove anything with this test function.
fn why_unproven(source: &str, name: &str) -> Option<&'static str> {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let declaration = format!("fn {name}(");
    let Some(at) = lines
        .iter()
        .position(|line| line.strip_prefix("async ").unwrap_or(line).starts_with(&declaration))
    else {
        return Some("the function does not exist");
    };
    let above = lines[..at].iter().rev();
    let attributes: Vec<_> =
        above.take_while(|line| line.starts_with("#[") || line.starts_with("//")).collect();
    if attributes.iter().any(|line| line.starts_with("#[ignore")) {
        return Some("the test is ignored");
    }
    let is_test = |line: &str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    let found = attributes.iter().any(|line| is_test(line));
    (!found).then_some("it is not a test")
}

/// Returns what is wrong with the tests that a page names.
fn unproven(page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, name) in tests(page) {
        let why = match fs::read_to_string(root().join(path)) {
            Ok(source) => why_unproven(&source, name),
            Err(_) => Some("the file does not exist"),
        };
        wrong.extend(why.map(|why| format!("{path}::{name}: {why}")));
    }
    wrong
}

#[test]
fn every_named_test_exists() {
    let page = read("THREAT_MODEL.md");
    assert!(tests(&page).len() > 60, "{}", tests(&page).len());
    assert_eq!(unproven(&page), Vec::<String>::new());
}

#[test]
fn every_promise_names_a_test() {
    let page = read("THREAT_MODEL.md");
    let codes: BTreeSet<_> =
        rows(&page).filter(|cells| cells.len() < 5).map(|cells| cells[0]).collect();
    for (index, [number, promise, assets, attackers, proof]) in promises(&page).iter().enumerate() {
        assert_eq!(*number, format!("T{}", index + 1), "{promise}");
        assert!(!tests(proof).is_empty(), "{number} names no test");
        for code in assets.split(' ').chain(attackers.split(' ')) {
            assert!(codes.contains(code), "{number}: no row explains `{code}`");
        }
    }
    assert!(promises(&page).len() > 30);
}

#[test]
fn references_to_promises_exist() {
    let page = read("THREAT_MODEL.md");
    let count = promises(&page).len();
    let mut words = page.split(|c: char| !c.is_ascii_alphanumeric());
    let is_missing = |word: &&str| {
        let number = word.strip_prefix('T').and_then(|digits| digits.parse::<usize>().ok());
        number.is_some_and(|number| !(1..=count).contains(&number))
    };
    assert_eq!(words.find(is_missing), None);
}

/// Plants what a rename or a removal of a test leaves behind.
#[test]
fn missing_tests_are_found() {
    let here = "tests/guide/tests/threat_model.rs";
    for (name, why) in [
        ("missing_tests_are_found", None),
        ("missing_test", Some("the function does not exist")),
        ("unproven", Some("it is not a test")),
    ] {
        let wrong = unproven(&format!("| T1 | x | A1 | L | `{here}::{name}` |"));
        let expected: Vec<_> =
            why.map(|why| format!("{here}::{name}: {why}")).into_iter().collect();
        assert_eq!(wrong, expected);
    }
    assert_eq!(unproven("`src/gone.rs::x`"), ["src/gone.rs::x: the file does not exist"]);
    let ignored = "#[test]\n#[ignore = \"slow\"]\nfn x() {}";
    assert_eq!(why_unproven(ignored, "x"), Some("the test is ignored"));
}

/// Returns the lines of a table of a manifest.
fn table<'a>(manifest: &'a str, name: &str) -> Vec<&'a str> {
    let header = format!("[{name}]");
    let lines = manifest.lines().skip_while(|line| *line != header).skip(1);
    lines.take_while(|line| !line.starts_with('[')).collect()
}

/// A file cannot allow what the manifest forbids.
#[test]
fn manifest_forbids_unsafe() {
    let manifest = read("Cargo.toml");
    assert!(table(&manifest, "workspace.lints.rust").contains(&"unsafe_code = \"forbid\""));
    assert!(table(&manifest, "lints").contains(&"workspace = true"));
    // A build script would be code outside the crate's lints.
    assert!(!root().join("build.rs").exists());
    assert!(!table(&manifest, "package").iter().any(|line| line.starts_with("build")));
}

#[test]
fn dependencies_have_checksums() {
    let lock = read("Cargo.lock");
    let mut found = 0;
    for package in lock.split("[[package]]").skip(1) {
        // Packages of the workspace have no source.
        let Some(source) = package.lines().find(|line| line.starts_with("source = ")) else {
            continue;
        };
        let expected = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(source, expected, "{package}");
        assert!(package.lines().any(|line| line.starts_with("checksum = ")), "{package}");
        found += 1;
    }
    assert!(found > 100, "{found}");
}
