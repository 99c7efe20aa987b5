//! Checks that the recipes of the `justfile` work, and that documents name existing ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod commands;

use std::collections::BTreeSet;
use std::fs;

use self::commands::{Workspace, root};

/// Returns the commands of each recipe. A parameter becomes a variable of the shell.
fn recipes(justfile: &str) -> Vec<(String, String)> {
    let mut recipes: Vec<(String, String)> = Vec::new();
    for line in justfile.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(command) = line.strip_prefix("    ") {
            let (_, commands) = recipes.last_mut().expect("a recipe before the first command");
            *commands += &command.replace("{{", "$").replace("}}", "");
            commands.push('\n');
        } else {
            let (head, _) = line.split_once(':').unwrap_or_else(|| panic!("not a recipe: {line}"));
            let name = head.split(' ').next().unwrap();
            recipes.push((name.to_owned(), String::new()));
        }
    }
    recipes
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn commands_of_recipes_exist() {
    let workspace = Workspace::read();
    let recipes = recipes(&text("justfile"));
    assert!(recipes.len() > 8);
    for (name, commands) in &recipes {
        assert!(!commands.is_empty(), "{name}");
        let wrong = workspace.wrong(commands);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

#[test]
fn recipes_have_a_comment_and_unique_names() {
    let justfile = text("justfile");
    let recipes = recipes(&justfile);
    let names: BTreeSet<_> = recipes.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), recipes.len());
    let lines: Vec<_> = justfile.lines().collect();
    for pair in
        lines.windows(2).filter(|pair| pair[1].contains(':') && !pair[1].starts_with([' ', '#']))
    {
        assert!(pair[0].starts_with("# ") || pair[1].starts_with('_'), "{}: no comment", pair[1]);
    }
}

/// Finds `just NAME` in backticks.
#[test]
fn recipes_in_documents_exist() {
    let names: BTreeSet<_> = recipes(&text("justfile")).into_iter().map(|(name, _)| name).collect();
    let pages = ["CONTRIBUTING.md", "README.md", "RELEASE.md", ".github/PULL_REQUEST_TEMPLATE.md"];
    let mut found = 0;
    for page in pages {
        let text = text(page);
        for span in text.split('`').skip(1).step_by(2) {
            let Some(command) = span.strip_prefix("just ") else { continue };
            let name = command.split(' ').next().unwrap();
            assert!(names.contains(name), "{page}: `{span}`");
            found += 1;
        }
    }
    assert!(found > 2, "{found}");
}
