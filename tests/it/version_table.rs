//! Tests that the docs of the operations list every operation once, in the right row.

use std::collections::BTreeMap;

use aliyun_dbs::v2021_01_01::operations::UNTYPED;

use crate::support::published::VERSIONS;

/// The docs of the operations of each version, in the order of [`VERSIONS`].
const PAGES: [&str; 2] = [
    include_str!("../../src/v2019_03_06/operations/mod.rs"),
    include_str!("../../src/v2021_01_01/operations/mod.rs"),
];

/// Whether a row has a type for its operations, by operation.
type Rows = BTreeMap<String, bool>;

/// Returns the operations that the table of a page lists, and the problems of the table.
fn listed(page: &str) -> (Rows, Vec<String>) {
    let (_, section) = page.split_once("\n//! # Operations by task\n").unwrap();
    let section = section.split("\n//! # ").next().unwrap();
    let (mut operations, mut problems) = (BTreeMap::new(), Vec::new());
    let rows = section.lines().filter_map(|line| line.strip_prefix("//! | ")).skip(2);
    for row in rows {
        let cells: Vec<_> = row.trim_end_matches('|').split('|').map(str::trim).collect();
        let has_type = !cells[0].ends_with(" (no type)");
        for cell in cells.last().unwrap().split(", ") {
            // Only operations with a type have a page, to which rustdoc resolves the link.
            let (start, end) = if has_type { ("[`", "`]") } else { ("`", "`") };
            let name = cell.strip_prefix(start).and_then(|cell| cell.strip_suffix(end));
            let Some(name) = name else {
                problems.push(format!("{cell}: expected {start}Name{end}"));
                continue;
            };
            if operations.insert(name.to_owned(), has_type).is_some() {
                problems.push(format!("{name} is listed twice"));
            }
        }
    }
    (operations, problems)
}

#[test]
fn docs_list_every_operation_once() {
    let mut listed_operations = 0;
    for (version, page) in VERSIONS.iter().zip(PAGES) {
        let typed = version.all.iter().map(|info| (info.action.to_owned(), true));
        let untyped = UNTYPED.iter().map(|one| (one.action.to_owned(), false));
        let untyped = untyped.filter(|_| version.name == "2021-01-01");
        let expected: Rows = typed.chain(untyped).collect();
        listed_operations += expected.len();
        assert_eq!(listed(page), (expected, Vec::new()), "{}", version.name);
    }
    assert_eq!(listed_operations, 36 + 22);
}

#[test]
fn wrong_tables_are_found() {
    let page = PAGES[1];
    let name = "[`CreateDownload`], ";
    let lost = page.replace(name, "");
    assert_eq!(listed(&lost).0.len() + 1, listed(page).0.len());
    let doubled = page.replace(name, &name.repeat(2));
    assert_eq!(listed(&doubled).1, ["CreateDownload is listed twice"]);
    let unlinked = page.replace(name, "`CreateDownload`, ");
    assert_eq!(listed(&unlinked).1, ["`CreateDownload`: expected [`Name`]"]);
}
