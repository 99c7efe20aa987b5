//! Checks the style of comments, strings and pages against a list of unclear phrases.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The folders and pages that are checked: their `.rs` and `.md` files.
const CHECKED: [&str; 12] = [
    "src",
    "examples",
    "tests",
    "benches",
    "fuzz",
    "docs",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "RELEASE.md",
    "SECURITY.md",
    "THREAT_MODEL.md",
];

/// Folders that contain files of other tools.
const SKIPPED: [&str; 3] = ["target", "artifacts", "corpus"];

const MAX_TEST_NAME: usize = 50;

/// Phrases that make a reader stop, with the wording to use instead.
const UNCLEAR: &[(&str, &str)] = &[
    ("a look", "a poll"),
    ("a text", "a string"),
    ("a word of", "name the string or identifier"),
    ("all the same", "anyway"),
    ("anew", "again"),
    ("answer", "response, or `responds`"),
    ("answered", "`responded`, or `received a response`"),
    ("answering", "responding"),
    ("answers", "responses, or `responds`"),
    ("are away", "are unreachable"),
    ("are none", "name what is missing"),
    ("are not there", "do not exist"),
    ("are said", "are reported"),
    ("are there", "exist"),
    ("are told", "receive"),
    ("as it came", "unchanged"),
    ("asked for", "requested"),
    ("at hand", "cached, or available"),
    ("became of", "the outcome of"),
    ("become of", "the outcome of"),
    ("by itself", "automatically, or alone"),
    ("by themselves", "automatically, or alone"),
    ("came of", "the outcome of"),
    ("comes of", "the outcome of"),
    ("counts as", "is treated as"),
    ("each look", "each poll"),
    ("every look", "every poll"),
    ("for a yes", "as success"),
    ("for ever", "without limit"),
    ("for good", "permanently"),
    ("for so long", "name the duration"),
    ("give way", "are replaced"),
    ("given up", "cancelled, or timed out"),
    ("gives way", "is replaced"),
    ("go before", "override"),
    ("go by", "use"),
    ("go on", "continue"),
    ("goes before", "overrides"),
    ("goes by", "uses"),
    ("goes on", "continues"),
    ("going on", "continuing"),
    ("gone on", "continued"),
    ("has its way", "name what it does"),
    ("hears", "receives"),
    ("how far each is", "the progress of each"),
    ("how far it is", "its progress"),
    ("how far they are", "their progress"),
    ("if nothing is said", "Defaults to …"),
    ("in earnest", "name the condition"),
    ("is asked", "name who sends the request"),
    ("is away", "is unreachable"),
    ("is neither of", "expected `x` or `y`"),
    ("is no", "is not a …, or: invalid …: expected …"),
    ("is none", "name what is missing"),
    ("is not there", "does not exist"),
    ("is said", "is reported"),
    ("is there", "exists"),
    ("is told", "receives, or is reported"),
    ("is well", "works"),
    ("member", "field, or parameter"),
    ("members", "fields, or parameters"),
    ("nobody", "name the actor"),
    ("nothing is said", "Defaults to …"),
    ("of the house", "of the crate"),
    ("of yours", "your own"),
    ("on its way", "in flight"),
    ("on their way", "in flight"),
    ("one of the same name", "an existing … of that name"),
    ("put right", "corrected"),
    ("room", "space, or a slot"),
    ("shall", "must"),
    ("somebody", "name the actor"),
    ("speak for", "name the fact"),
    ("speaks for", "name the fact"),
    ("stand in", "replace"),
    ("stands", "is, or appears"),
    ("steer", "control"),
    ("steers", "controls"),
    ("take on", "assume"),
    ("taken on by", "assumed by"),
    ("taken up", "resumed"),
    ("takes on", "assumes"),
    ("takes the whole", "times out"),
    ("tells", "returns, or reports"),
    ("texts", "strings"),
    ("the whole time", "until the timeout"),
    ("time is over", "timed out"),
    ("told from", "distinguished from"),
    ("was asked", "name who sent the request"),
    ("was told", "received"),
    ("were told", "received"),
    ("yours", "name the owner"),
];

/// Usual phrases that contain an unclear one.
const USUAL: [&str; 9] = [
    "are there any",
    "is asked to",
    "is no longer",
    "is no more than",
    "is there a",
    "is there any",
    "stands for",
    "there is no",
    "there is none",
];

/// Occurrences that stay: the file, the phrase and the reason.
const ALLOWED: &[(&str, &str, &str)] = &[];

/// A phrase, its replacement, and the other words of the phrase after the first.
struct Phrase {
    unclear: &'static str,
    instead: &'static str,
    rest: Vec<&'static str>,
}

struct Checker {
    by_first_word: HashMap<&'static str, Vec<Phrase>>,
}

/// An unclear phrase in a file.
#[derive(Debug, PartialEq)]
struct Finding {
    line: usize,
    unclear: &'static str,
    instead: &'static str,
}

impl Checker {
    fn new() -> Self {
        let mut by_first_word: HashMap<_, Vec<_>> = HashMap::new();
        for &(unclear, instead) in UNCLEAR {
            let mut words = unclear.split(' ');
            let first = words.next().unwrap();
            let phrase = Phrase { unclear, instead, rest: words.collect() };
            by_first_word.entry(first).or_default().push(phrase);
        }
        Self { by_first_word }
    }

    fn check(&self, words: &[Word]) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut index = 0;
        while let Some(word) = words.get(index) {
            let longest = self.longest_at(words, index);
            index += longest.map_or(1, |phrase| 1 + phrase.rest.len());
            let Some(Phrase { unclear, instead, rest }) = longest else { continue };
            if !is_usual(words, index - 1 - rest.len(), unclear) {
                found.push(Finding { line: word.line, unclear, instead });
            }
        }
        found
    }

    /// Returns the longest phrase at `index`, which has the best replacement.
    fn longest_at(&self, words: &[Word], index: usize) -> Option<&Phrase> {
        let matches = |phrase: &&Phrase| {
            let next = words.get(index + 1..index + 1 + phrase.rest.len());
            next.is_some_and(|next| {
                next.iter().map(|word| &*word.text).eq(phrase.rest.iter().copied())
            })
        };
        let phrases = self.by_first_word.get(words[index].text.as_str())?;
        phrases.iter().filter(matches).max_by_key(|phrase| phrase.rest.len())
    }
}

/// Returns whether a usual phrase surrounds the unclear one at `index`.
fn is_usual(words: &[Word], index: usize, unclear: &str) -> bool {
    USUAL.iter().filter(|usual| usual.contains(unclear)).any(|usual| {
        let before = usual.split(unclear).next().unwrap().split_whitespace().count();
        let Some(start) = index.checked_sub(before) else { return false };
        let length = usual.split(' ').count();
        let around = words.get(start..start + length);
        around.is_some_and(|around| around.iter().map(|word| &*word.text).eq(usual.split(' ')))
    })
}

/// A word in lower case, or a punctuation mark, with its line.
#[derive(Debug)]
struct Word {
    text: String,
    line: usize,
}

/// Ends a comment, a string or a paragraph, so that no phrase extends beyond it.
const END: char = '\u{0}';

/// Splits text into words. Skips `code`, URLs and the placeholders of format strings.
fn split(text: &str, mut line: usize, words: &mut Vec<Word>) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        if c == '\n' {
            line += 1;
        } else if c.is_alphanumeric() || c == '_' {
            length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if rest[length..].starts_with("://") {
                length = rest.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(rest.len());
            } else {
                words.push(Word { text: rest[..length].to_lowercase(), line });
            }
        } else if !c.is_whitespace() {
            length = code_span(rest).or_else(|| placeholder(rest)).unwrap_or(length);
            words.push(Word { text: c.to_string(), line });
        }
        line += rest[..length].matches('\n').count() - usize::from(c == '\n');
        rest = &rest[length..];
    }
    words.push(Word { text: END.to_string(), line });
}

/// Returns the length of the code span at the start of the text, but not of a code block.
fn code_span(text: &str) -> Option<usize> {
    if !text.starts_with('`') || text.starts_with("```") {
        return None;
    }
    let ticks = text.len() - text.trim_start_matches('`').len();
    let end = text[ticks..].find(&text[..ticks])?;
    Some(ticks + end + ticks)
}

/// Returns the length of the placeholder at the start of the text, such as `{name:?}`.
fn placeholder(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find('}')?;
    let is_format = |c: char| c.is_ascii_alphanumeric() || "_.:?#<>^$*".contains(c);
    inner[..end].chars().all(is_format).then_some(end + 2)
}

/// Returns the words of the comments and string literals of Rust source.
fn words_of_rust(source: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let (mut rest, mut line) = (source, 1);
    let mut previous = ' ';
    while let Some(c) = rest.chars().next() {
        let (length, prose) = if rest.starts_with("//") {
            comments(rest)
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
            (length, rest[..length].to_owned())
        } else if c == '"' {
            string(rest)
        } else if let Some(hashes) = raw_string(rest, previous) {
            let end = format!("\"{}", &rest[1..=hashes]);
            let start = hashes + 2;
            let length = rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len());
            (length, rest[start..length].to_owned())
        } else if c == '\'' {
            (char_literal(rest), String::new())
        } else {
            (c.len_utf8(), String::new())
        };
        if !prose.is_empty() {
            // A blank line ends a paragraph.
            let mut first = line;
            for paragraph in prose.split("\n\n") {
                split(paragraph, first, &mut words);
                first += paragraph.matches('\n').count() + 2;
            }
        }
        previous = rest[..length].chars().next_back().unwrap();
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    words
}

/// Returns the length and the text of consecutive line comments.
fn comments(source: &str) -> (usize, String) {
    let mut length = 0;
    let mut text = String::new();
    for line in source.split_inclusive('\n') {
        let Some(comment) = line.trim_start().strip_prefix("//") else { break };
        text.push_str(comment.trim_start_matches(['/', '!']).trim());
        text.push('\n');
        length += line.len();
    }
    (length, text)
}

/// Returns the length and the text of a string literal. Each escape becomes a space.
fn string(source: &str) -> (usize, String) {
    let mut text = String::new();
    let mut chars = source.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (at + 1, text),
            '\\' => text.push(if matches!(chars.next(), Some((_, '\n'))) { '\n' } else { ' ' }),
            c => text.push(c),
        }
    }
    (source.len(), text)
}

/// Returns the number of `#` if a raw string starts here.
fn raw_string(source: &str, previous: char) -> Option<usize> {
    let after = source.strip_prefix('r')?;
    let is_prefix = !(previous.is_alphanumeric() || previous == '_') || "bc".contains(previous);
    let hashes = after.len() - after.trim_start_matches('#').len();
    (is_prefix && after[hashes..].starts_with('"')).then_some(hashes)
}

/// Returns the length of a character literal, or 1 for a lifetime.
fn char_literal(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, _))) => {
            source[at + 1..].find('\'').map_or(1, |end| at + end + 2)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// Returns the words of a markdown page.
fn words_of_markdown(page: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut line = 1;
    for paragraph in page.split("\n\n") {
        split(paragraph, line, &mut words);
        line += paragraph.matches('\n').count() + 2;
    }
    words
}

/// Returns the names of test functions that are too long, with their lines.
fn long_test_names(source: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut is_test = false;
    for (number, line) in source.lines().enumerate() {
        let code = line.trim_start();
        is_test |= code.starts_with("#[test]") || code.starts_with("#[tokio::test");
        let Some((_, function)) = code.split_once("fn ").filter(|_| is_test) else { continue };
        is_test = false;
        let name = function.split(['(', '<']).next().unwrap();
        if name.len() > MAX_TEST_NAME {
            found.push((number + 1, name));
        }
    }
    found
}

fn is_markdown(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "md")
}

fn checked_files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<_> =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        let is_skipped = |path: &PathBuf| SKIPPED.iter().any(|name| path.ends_with(name));
        entries.iter().filter(|path| !is_skipped(path)).for_each(|path| checked_files(path, found));
    } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
        found.push(path.to_owned());
    }
}

/// Returns the checked files with their paths relative to the crate.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for path in CHECKED {
        // A package on crates.io has no `fuzz`.
        if root.join(path).exists() {
            checked_files(&root.join(path), &mut found);
        }
    }
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn prose_has_no_unclear_phrases() {
    let checker = Checker::new();
    let mut report = String::new();
    let mut unused: Vec<_> = ALLOWED.iter().collect();
    for (file, source) in sources() {
        // This file lists the phrases.
        if file == "tests/it/prose.rs" {
            continue;
        }
        let words =
            if is_markdown(&file) { words_of_markdown(&source) } else { words_of_rust(&source) };
        for Finding { line, unclear, instead } in checker.check(&words) {
            if ALLOWED.iter().any(|(of, phrase, _)| *of == file && *phrase == unclear) {
                unused.retain(|(of, phrase, _)| *of != file || *phrase != unclear);
                continue;
            }
            writeln!(report, "{file}:{line}: \"{unclear}\": instead: {instead}").unwrap();
        }
    }
    let count = report.lines().count();
    assert!(report.is_empty(), "{count} unclear phrases:\n{report}");
    assert!(unused.is_empty(), "entries of ALLOWED without an occurrence: {unused:?}");
}

#[test]
fn test_names_have_at_most_50_characters() {
    let mut report = String::new();
    for (file, source) in sources() {
        for (line, name) in long_test_names(&source) {
            writeln!(report, "{file}:{line}: {name}: {} characters", name.len()).unwrap();
        }
    }
    assert!(report.is_empty(), "expected at most {MAX_TEST_NAME} characters:\n{report}");
}

#[test]
fn check_finds_every_unclear_phrase() {
    let checker = Checker::new();
    for (unclear, instead) in UNCLEAR {
        let expected = |line| [Finding { line, unclear, instead }];
        let broken = unclear.replacen(' ', "\n/// ", 1);
        for (source, line) in [
            (format!("fn f() {{}}\n/// What {unclear}, is unclear.\n"), 2),
            (format!("//! First.\n//!\n//! So {broken}\n"), 3),
            (format!("let x = 1; // {unclear}\n"), 1),
            (format!("/*\n {unclear} */"), 2),
            (format!("let c = ('\"', '\\'', &'a b);\nfail(\"why: {unclear}\");"), 2),
            (format!("fail(\"first \\\"\\\n   {unclear}\");"), 2),
            (format!("let json = br#\"{{\"a\": \"{unclear}\"}}\"#;"), 1),
        ] {
            assert_eq!(checker.check(&words_of_rust(&source)), expected(line), "{source}");
        }
        let page = format!("# Title\n\nA list:\n* Now {}.\n", unclear.to_uppercase());
        assert_eq!(checker.check(&words_of_markdown(&page)), expected(4), "{page}");
    }
}

#[test]
fn check_ignores_code_and_usual_phrases() {
    let checker = Checker::new();
    let source = "
        // A value of `is none` at https://example.com/answer, and there is no plan.
        fn answer(member: &str) { fail(\"expected {answer:?}\"); let shall = 'a'; }
        // The value is. None of it is no longer valid, as of answer_7.
        let r = 1;
    ";
    assert_eq!(checker.check(&words_of_rust(source)), []);
    for usual in USUAL {
        assert_eq!(checker.check(&words_of_markdown(usual)), [], "{usual}");
    }
    assert_eq!(
        long_test_names("fn a_function_that_is_not_a_test_and_has_a_very_long_name_() {}"),
        []
    );
    let name = "a".repeat(MAX_TEST_NAME + 1);
    let source = format!("#[tokio::test]\n#[ignore]\nasync fn {name}() {{}}\n");
    assert_eq!(long_test_names(&source), [(3, name.as_str())]);
}
