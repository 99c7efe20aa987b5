//! The messages in the source: string literals of prose outside of docs, tests and logs.

use std::path::Path;

/// Folders whose strings are messages of errors. The fake's are responses of the service.
const FOLDERS: [&str; 7] = [
    "src/rpc",
    "src/sts",
    "src/credentials",
    "src/v2019_03_06",
    "src/v2021_01_01",
    "src/workflows",
    "src/blocking",
];

/// What precedes strings that are not errors: attributes, logs, invariants, `Debug` output, formats.
const NOT_ERRORS: &[&str] = &[
    "#[",
    "#![",
    "reason =",
    "warn!(",
    "debug!(",
    "trace!(",
    "span!(",
    "debug_struct(",
    "describe_",
    "expect(",
    "assert",
    "unreachable!(",
    "message =",
    "note =",
    "concat!(",
    "const MAGIC",
    "const SCHEMA_",
    "const TOKEN_SEED",
    "contains(",
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        // What a report or the check of a transport shows is not an error of a call.
        let is_shown = path.ends_with("report/render") || path.ends_with("transport/check");
        if path.is_dir() && !is_shown {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && !path.ends_with("tests.rs")
            && !path.ends_with("testing.rs")
        {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The string literals of a source, without those of comments, logs and the like.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("\nmod tests {").next().unwrap();
    let (mut found, mut statement) = (Vec::new(), String::new());
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            '\'' => {
                let mut ahead = rest.clone();
                let escaped = ahead.next() == Some('\\');
                let length = if escaped { 3 } else { 2 };
                if rest.clone().nth(length - 1) == Some('\'') {
                    rest.nth(length - 1);
                }
            }
            '"' => {
                let raw = statement.ends_with('r') || statement.ends_with("r#");
                let hash = statement.ends_with('#');
                let mut text = String::new();
                while let Some(c) = rest.next() {
                    match c {
                        '"' if !hash || rest.next_if_eq(&'#').is_some() => break,
                        // A line break in the literal, with the indentation that follows it.
                        '\\' if !raw => match rest.next() {
                            Some('\n') => while rest.next_if_eq(&' ').is_some() {},
                            Some('n') | None => text.push('\n'),
                            Some(escaped) => text.push(escaped),
                        },
                        c => text.push(c),
                    }
                }
                if !NOT_ERRORS.iter().any(|start| statement.contains(start)) {
                    found.push(text);
                }
            }
            ';' | '{' | '}' => statement.clear(),
            c => statement.push(c),
        }
    }
    found
}

/// The parts of a format string between its arguments.
fn parts(format: &str) -> Vec<String> {
    let text = format.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let parts = text.split('{').enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once('}').map_or("", |(_, rest)| rest),
    });
    parts.map(|part| part.replace('\u{1}', "{").replace('\u{2}', "}")).collect()
}

fn is_prose(text: &str) -> bool {
    let is_word = |word: &&str| {
        word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || "'-,:;".contains(c))
    };
    text.split_whitespace().filter(is_word).count() >= 2
}

/// The messages of the source that a page lacks, by file.
pub(super) fn missing(page: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        sources(&root.join(folder), &mut files);
    }
    let page = page.replace("\\|", "|");
    let mut missing = Vec::new();
    for (file, source) in files {
        let file = Path::new(&file).strip_prefix(root).unwrap().display().to_string();
        for text in literals(&source) {
            // Rows of the table of settings are documentation.
            let message = is_prose(&text) && !text.contains(" | ");
            if message && !parts(&text).iter().all(|part| page.contains(part.trim())) {
                missing.push((file.clone(), text));
            }
        }
    }
    missing
}

#[test]
fn finds_literals_and_their_parts() {
    let source = "/// \"not a message\"\nError::new('\"', \"it failed: \\\n    {why}; do it\");\n\
                  warn!(\n    \"not this\");\nnew(r#\"a \"raw\" one\"#);\n";
    assert_eq!(literals(source), ["it failed: {why}; do it", "a \"raw\" one"]);
    assert_eq!(parts("it failed: {why}; {{}}"), ["it failed: ", "; {}"]);
    assert!(is_prose("the plan is not configured") && !is_prose("BackupPlanId {id}"));
    assert!(missing("").len() > 100);
}
