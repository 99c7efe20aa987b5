//! Tests of the front page in both languages, its pictures, and `llms.txt`.

#![expect(clippy::unwrap_used, reason = "a check that cannot read its files has failed")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::v2021_01_01::operations::{self as operations_2021, UNTYPED};
use aliyun_dbs::{Client, Region, operations};

const ENGLISH: &str = include_str!("../../../README.md");
const CHINESE: &str = include_str!("../../../README.zh-CN.md");
const MANIFEST: &str = include_str!("../../../Cargo.toml");

const MAX_WORDS: usize = 900;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a file with what it should contain, or writes it if `UPDATE_DOCS` is set.
#[track_caller]
fn assert_current(file: &str, expected: &str) {
    let path = root().join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, expected).unwrap();
    } else {
        let current = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            current == expected,
            "{file} is outdated: UPDATE_DOCS=1 cargo test -p guide --test readme"
        );
    }
}

/// The parts of a page that both languages must have in common.
#[derive(Debug, Default, PartialEq)]
struct Page {
    /// The code blocks with their language, without comments.
    blocks: Vec<String>,
    /// The levels of the headings, in order.
    headings: Vec<usize>,
    /// The numbers of rows and columns of each table.
    tables: Vec<(usize, usize)>,
    /// The targets of links and pictures, in order.
    links: Vec<String>,
    /// The commands and names in the tables.
    code_in_tables: Vec<String>,
    /// What the prose counts: all but code, tables and comments.
    words: usize,
}

impl Page {
    fn read(page: &str) -> Self {
        let mut read = Self::default();
        let mut block: Option<String> = None;
        let mut table: Option<(usize, usize)> = None;
        for line in without_comments(page).lines() {
            if let Some(mut code) = block.take() {
                if line == "```" {
                    read.blocks.push(code);
                } else {
                    writeln!(code, "{}", without_code_comment(line)).unwrap();
                    block = Some(code);
                }
                continue;
            }
            if let Some(language) = line.strip_prefix("```") {
                block = Some(format!("{language}\n"));
                continue;
            }
            read.links.extend(links(line));
            if line.starts_with('|') {
                let columns = line.matches('|').count() - 1;
                table = Some(table.map_or((1, columns), |(rows, _)| (rows + 1, columns)));
                read.code_in_tables.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
                continue;
            }
            read.tables.extend(table.take());
            if line.starts_with('#') {
                read.headings.push(line.len() - line.trim_start_matches('#').len());
            }
            read.words += line.split_whitespace().count();
        }
        read.tables.extend(table);
        read
    }
}

/// Removes `<!-- comments -->`.
fn without_comments(page: &str) -> String {
    let mut parts = page.split("<!--");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept += part.split_once("-->").expect("a comment ends").1;
    }
    kept
}

/// Removes the comment at the end of a line of code. URLs in code are not comments.
fn without_code_comment(line: &str) -> &str {
    let start = ["//", "#"].iter().filter_map(|mark| {
        line.match_indices(mark).find(|&(at, _)| {
            let is_attribute = line[at..].starts_with("#[");
            !is_attribute && (at == 0 || line[..at].ends_with(' '))
        })
    });
    let end = start.map(|(at, _)| at).min().unwrap_or(line.len());
    line[..end].trim_end()
}

/// Returns the targets of links and pictures in a line.
fn links(line: &str) -> impl Iterator<Item = String> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(to, _)| to.to_owned())
}

/// Returns the anchors of a page's headings, as GitHub and mdBook derive them.
fn anchors(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let slug = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(slug).collect()
}

/// Returns the links of a page at the root that lead to nothing.
fn broken_links(page: &str) -> Vec<String> {
    let exists = |link: &String| {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        match std::fs::read_to_string(root().join(file)) {
            Ok(target) => anchor.is_empty() || anchors(&target).iter().any(|own| own == anchor),
            Err(_) => false,
        }
    };
    let links = links(page).filter(|link| !link.starts_with("https://"));
    links.filter(|link| !exists(link)).collect()
}

/// Returns the commands that name an example that does not exist.
fn unknown_examples(page: &str) -> Vec<&str> {
    let mut unknown = Vec::new();
    let (mut before, mut in_package) = ("", false);
    for word in page.split_whitespace() {
        in_package |= (before, word) == ("-p", "examples");
        in_package &= !word.ends_with("cargo");
        if before == "--example" {
            let name = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            let programs = root().join("examples/programs");
            let found = root().join(format!("examples/{name}.rs")).exists()
                || !in_package
                    && (programs.join(name).exists()
                        || programs.join(format!("{name}.rs")).exists());
            unknown.extend((!found).then_some(name));
        }
        before = word;
    }
    unknown
}

/// Returns the documented features of the crate, with their descriptions and defaults.
fn features() -> BTreeMap<String, (String, bool)> {
    let (_, section) = MANIFEST.split_once("\n[features]\n").unwrap();
    let section = section.split("\n[").next().unwrap();
    let default = section.lines().find(|line| line.starts_with("default =")).unwrap();
    let (mut features, mut description) = (BTreeMap::new(), None);
    for line in section.lines() {
        if let Some(text) = line.strip_prefix("## ") {
            assert!(description.is_none(), "two descriptions: {line}");
            description = Some(text.trim_end_matches('.').to_owned());
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            if let Some(text) = description.take() {
                let is_default = default.contains(&format!("\"{name}\""));
                features.insert(name.to_owned(), (text, is_default));
            } else {
                assert!(name == "default" || name.starts_with('_'), "{name} has no description");
            }
        }
    }
    features
}

/// Returns the rows of the table of features: name, default and description.
fn listed_features(page: &str) -> BTreeMap<String, (String, bool)> {
    let is_feature = |cells: &Vec<&str>| cells.len() == 5 && ["yes", "no"].contains(&cells[2]);
    let rows = page.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let rows = rows.filter(is_feature);
    rows.map(|row| (row[1].trim_matches('`').to_owned(), (row[3].to_owned(), row[2] == "yes")))
        .collect()
}

#[test]
fn readmes_have_the_same_content() {
    let (english, chinese) = (Page::read(ENGLISH), Page::read(CHINESE));
    assert_eq!(english.blocks, chinese.blocks);
    assert_eq!(english.headings, chinese.headings);
    assert_eq!(english.tables, chinese.tables);
    // The first link of each is the other language.
    assert_eq!((&*english.links[0], &*chinese.links[0]), ("README.zh-CN.md", "README.md"));
    assert_eq!(english.links[1..], chinese.links[1..]);
    // The descriptions of features contain code that both have, in another order of words.
    let sorted = |mut code: Vec<String>| {
        code.sort();
        code
    };
    assert_eq!(sorted(english.code_in_tables), sorted(chinese.code_in_tables));
}

#[test]
fn differences_of_readmes_are_found() {
    let english = Page::read(ENGLISH);
    let changed = |from: &str, to: &str| {
        assert!(ENGLISH.contains(from), "{from}");
        Page::read(&ENGLISH.replacen(from, to, 1))
    };
    assert_ne!(changed(".attempts(), 3", ".attempts(), 2").blocks, english.blocks);
    assert_eq!(changed("// two responses are lost", "// zwei").blocks, english.blocks);
    assert_ne!(changed("\n## Use it", "\n### Use it").headings, english.headings);
    assert_ne!(
        changed("\n| `fake` | no |", "\n| `fake` | `no` |").code_in_tables,
        english.code_in_tables
    );
    assert_ne!(changed("\n| `fake` | no | ", "\n\n| `fake` | no | ").tables, english.tables);
    assert_ne!(changed("(docs/report.svg)", "(docs/else.svg)").links, english.links);
    assert_eq!(changed("The vendor has", "The vendor still has").words, english.words + 1);
}

#[test]
fn readme_is_short() {
    let words = Page::read(ENGLISH).words;
    assert!(words <= MAX_WORDS, "{words} words, at most {MAX_WORDS}");
}

#[test]
fn readme_has_no_hidden_lines() {
    // The registry and the repository show the lines that rustdoc hides.
    for page in [ENGLISH, CHINESE] {
        for block in page.split("```").skip(1).step_by(2).filter(|code| code.starts_with("rust")) {
            let hidden = block.lines().find(|line| line.starts_with("# ") || *line == "#");
            assert_eq!(hidden, None, "{block}");
        }
    }
}

#[test]
fn features_are_those_of_the_manifest() {
    let features = features();
    assert!(features.len() >= 9, "{features:?}");
    assert_eq!(listed_features(ENGLISH), features);
    for name in features.keys() {
        assert!(CHINESE.contains(&format!("\n| `{name}` | ")), "{name}");
    }
}

#[test]
fn links_lead_somewhere() {
    let llms = std::fs::read_to_string(root().join("llms.txt")).unwrap();
    for page in [ENGLISH, CHINESE, &llms] {
        assert_eq!(broken_links(page), [""; 0]);
    }
    let planted = "[a](docs/missing.md) [b](README.md#no-such-heading) [c](README.md#try-it)";
    assert_eq!(broken_links(planted), ["docs/missing.md", "README.md#no-such-heading"]);
}

#[test]
fn commands_name_examples() {
    for page in [ENGLISH, CHINESE] {
        assert_eq!(unknown_examples(page), [""; 0]);
        assert!(page.contains("`cargo run --example create_backup_plan`"));
        assert!(page.contains("\ncargo run -p examples --example create_backup_plan "));
    }
    let planted = "`cargo run --example fleet -- --count 2` cargo run -p examples --example fleet";
    assert_eq!(unknown_examples(planted), ["fleet"]);
    assert_eq!(unknown_examples("cargo run --example missing"), ["missing"]);
}

#[tokio::test]
async fn picture_of_the_report_is_current() {
    let dbs = FakeDbs::with_seed(1);
    dbs.clock().advance(Duration::from_secs(120 * 86_400));
    let databases = dbs.populate_example_fleet(12);
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build().unwrap();
    let report = client.report().inventory(&databases).await;
    assert!(report.is_complete());
    assert_current("docs/report.svg", &report.svg());
}

#[test]
fn pictures_follow_the_colour_scheme() {
    for picture in ["docs/path-of-a-call.svg", "docs/report.svg"] {
        let svg = std::fs::read_to_string(root().join(picture)).unwrap();
        assert!(svg.contains("@media (prefers-color-scheme:dark)"), "{picture}");
        assert!(svg.contains("<title id=\"title\">"), "{picture}");
        assert!(svg.contains("viewBox"), "{picture}");
    }
}

/// The operations of a version: the heading, the folder, and the names.
type Version = (&'static str, &'static str, Vec<&'static str>);

fn versions() -> [Version; 2] {
    let names = |all: &[operations::OperationInfo]| all.iter().map(|one| one.action).collect();
    [
        ("2019-03-06", "src/v2019_03_06/operations", names(operations::ALL)),
        ("2021-01-01", "src/v2021_01_01/operations", names(operations_2021::ALL)),
    ]
}

/// Returns the file of each request type, and the first sentence of its docs.
fn requests(folder: &str) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let file = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            let mut docs = String::new();
            for line in source.lines() {
                if let Some(text) = line.strip_prefix("///") {
                    docs += text;
                    docs += "\n";
                } else if let Some(rest) = line.strip_prefix("pub struct ") {
                    let name = rest.split([' ', '<', '(']).next().unwrap().to_owned();
                    found.insert(name, (file.clone(), first_sentence(&docs)));
                } else if !line.starts_with("#[") && !line.starts_with(' ') && line != ")]" {
                    docs.clear();
                }
            }
        }
    }
    found
}

/// Returns the first sentence of docs, without the links of rustdoc.
fn first_sentence(docs: &str) -> String {
    let paragraph = docs.split("\n\n").next().unwrap_or_default();
    let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = words.find(". ").map_or(words.len(), |at| at + 1);
    let mut plain = String::new();
    let mut rest = &words[..end];
    while let Some((before, link)) = rest.split_once("[`") {
        let (name, after) = link.split_once("`]").unwrap();
        let _ = write!(plain, "{before}`{name}`");
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain + rest
}

#[test]
fn llms_txt_lists_every_operation() {
    const MARK: &str =
        "<!-- operations: written by UPDATE_DOCS=1 cargo test -p guide --test readme -->\n";
    let llms = std::fs::read_to_string(root().join("llms.txt")).unwrap();
    let mut expected = llms.split(MARK).next().unwrap().to_owned() + MARK;
    let mut count = 0;
    for (version, folder, names) in versions() {
        let requests = requests(folder);
        write!(expected, "\n## Operations of API {version}\n\n").unwrap();
        for name in names {
            let (file, sentence) = &requests[name];
            assert!(sentence.ends_with('.'), "{name}: {sentence}");
            writeln!(expected, "- [{name}]({file}): {sentence}").unwrap();
            count += 1;
        }
    }
    let untyped: Vec<_> = UNTYPED.iter().map(|one| format!("`{}`", one.action)).collect();
    count += untyped.len();
    let note = "`RawRequest::for_api::<Dbs20210101>` sends these, which have no type";
    writeln!(
        expected,
        "- [Without a type](src/v2021_01_01/operations/untyped.rs): {note}: {}.",
        untyped.join(", ")
    )
    .unwrap();
    assert_eq!(count, 36 + 22);
    assert_current("llms.txt", &expected);
}

#[test]
fn sentences_lose_the_links_of_rustdoc() {
    let docs = " Ends [`Plan`](crate::Plan) and\n [`Set`]. More.\n\n Else.\n";
    assert_eq!(first_sentence(docs), "Ends `Plan` and `Set`.");
}
