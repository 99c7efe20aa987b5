//! Tests that the table of API versions in the README has every operation, in the right row.

use std::collections::BTreeMap;

use aliyun_dbs::v2021_01_01::operations::UNTYPED;

use crate::support::published::VERSIONS;

const README: &str = include_str!("../../README.md");

/// Returns the version of each operation that the table of a page lists, and its problems.
fn listed(page: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (_, section) = page.split_once("\n## Two API versions\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let (mut versions, mut twice) = (BTreeMap::new(), Vec::new());
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(2);
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, version, _, operations] = cells[..] else { panic!("four cells: {row}") };
        for name in operations.split(", ") {
            let name = name.trim_matches('`').to_owned();
            if versions.insert(name.clone(), version.to_owned()).is_some() {
                twice.push(name);
            }
        }
    }
    (versions, twice)
}

#[test]
fn readme_lists_every_operation_once() {
    let typed = VERSIONS.iter().flat_map(|version| {
        version.all.iter().map(|info| (info.action.to_owned(), version.name.to_owned()))
    });
    let untyped =
        UNTYPED.iter().map(|one| (one.action.to_owned(), "2021-01-01, no type".to_owned()));
    let expected: BTreeMap<_, _> = typed.chain(untyped).collect();
    assert_eq!(expected.len(), 36 + 22);
    assert_eq!(listed(README), (expected.clone(), Vec::new()));

    let moved = README.replace("`CreateDownload`, `", "`");
    assert_ne!(listed(&moved).0, expected);
    let doubled = README.replace("`CreateDownload`, `", "`CreateDownload`, `CreateDownload`, `");
    assert_eq!(listed(&doubled).1, ["CreateDownload"]);
}
