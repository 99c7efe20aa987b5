//! Checks the commands of scripts, workflows and documents against the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml_ng::Value;

/// The package that a command without `-p` selects features of.
const CRATE: &str = "aliyun-dbs";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the packages of the repository contain.
#[derive(Debug)]
pub(crate) struct Workspace {
    packages: BTreeMap<String, Package>,
    fuzz_targets: BTreeSet<String>,
}

#[derive(Debug)]
struct Package {
    /// The kind and the name of each target: `("test", "it")`.
    targets: BTreeSet<(String, String)>,
    features: BTreeSet<String>,
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn package(package: &Value) -> Package {
    let targets = package["targets"].as_sequence().unwrap();
    let features = package["features"].as_mapping().unwrap();
    Package {
        targets: targets
            .iter()
            .map(|target| (string(&target["kind"][0]), string(&target["name"])))
            .collect(),
        features: features.keys().map(string).collect(),
    }
}

impl Workspace {
    pub(crate) fn read() -> Self {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // JSON is YAML.
        let metadata: Value = serde_yaml_ng::from_slice(&output.stdout).unwrap();
        let packages = metadata["packages"].as_sequence().unwrap();
        let targets = root().join("fuzz/fuzz_targets").read_dir().unwrap();
        let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        Self {
            packages: packages.iter().map(|one| (string(&one["name"]), package(one))).collect(),
            fuzz_targets: targets.map(|entry| stem(entry.unwrap().path())).collect(),
        }
    }

    /// Returns the commands of a script that name something that does not exist, with the reason.
    ///
    /// A word with `$` can be anything.
    pub(crate) fn wrong(&self, script: &str) -> Vec<String> {
        let script = script.replace("\\\n", " ");
        let lines = script.lines().map(|line| line.split(" #").next().unwrap_or_default());
        let commands = lines.filter(|line| !line.trim_start().starts_with('#'));
        let commands = commands.flat_map(|line| line.split(['|', ';', '&', '(', ')']));
        let why = |command: &str| Some(format!("{}: {}", command.trim(), self.why_wrong(command)?));
        commands.filter_map(why).collect()
    }

    fn why_wrong(&self, command: &str) -> Option<String> {
        let words: Vec<_> = command.split_whitespace().map(|word| word.trim_matches('"')).collect();
        let is_shell = |word: &str| Path::new(word).extension().is_some_and(|name| name == "sh");
        let is_script = |word: &&str| word.starts_with(".ci/") || is_shell(word);
        let is_missing = |word: &&&str| is_script(word) && !word.contains('$') && !exists(word);
        if let Some(path) = words.iter().find(is_missing) {
            return Some(format!("{path} does not exist"));
        }
        let arguments = &words[words.iter().position(|word| *word == "cargo")? + 1..];
        let arguments = arguments.iter().copied().take_while(|word| *word != "--");
        let arguments: Vec<_> = arguments.filter(|word| !word.starts_with('+')).collect();
        match arguments.first() {
            Some(&"fuzz") => self.why_wrong_target(&arguments),
            // The other commands of a plugin have options of their own.
            Some(&"install") => None,
            _ => self.why_wrong_options(&arguments),
        }
    }

    /// Checks `fuzz run -s none TARGET …`.
    fn why_wrong_target(&self, arguments: &[&str]) -> Option<String> {
        let mut names = arguments.iter().skip(2).filter(|word| !["-s", "none"].contains(word));
        let target = names.next().filter(|name| !name.contains(['$', '<']))?;
        let exists = self.fuzz_targets.contains(*target);
        (!exists).then(|| format!("no fuzz target `{target}`"))
    }

    fn why_wrong_options(&self, arguments: &[&str]) -> Option<String> {
        let mut options = arguments.windows(2).filter(|pair| !pair[1].contains('$'));
        let package = arguments.windows(2).find(|pair| ["-p", "--package"].contains(&pair[0]));
        let package = package.map(|pair| pair[1]);
        options.find_map(|pair| {
            let (option, value) = (pair[0], pair[1]);
            match option {
                "-p" | "--package" | "--exclude" => {
                    let exists = self.packages.contains_key(value);
                    (!exists).then(|| format!("no package `{value}`"))
                }
                "--test" | "--example" | "--bench" | "--bin" => {
                    let target = (option[2..].to_owned(), value.to_owned());
                    let exists = match package {
                        Some(package) => self.packages.get(package)?.targets.contains(&target),
                        None => self.packages.values().any(|one| one.targets.contains(&target)),
                    };
                    (!exists).then(|| format!("no {} `{value}`", &option[2..]))
                }
                "--features" | "-F" | "--exclude-features" => {
                    let features = &self.packages.get(package.unwrap_or(CRATE))?.features;
                    let missing = value.split(',').find(|feature| !features.contains(*feature))?;
                    Some(format!("no feature `{missing}`"))
                }
                _ => None,
            }
        })
    }
}

/// Returns whether a script exists and, on Unix, can be executed.
fn exists(path: &str) -> bool {
    let Ok(metadata) = root().join(path).metadata() else { return false };
    #[cfg(unix)]
    let runs = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
    #[cfg(not(unix))]
    let runs = true;
    metadata.is_file() && runs
}
