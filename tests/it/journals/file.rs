//! Tests of the journal in a file: what it stores, full disks, and processes that are killed.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use aliyun_dbs::workflows::fleet::{FileJournal, Journal, JournalErrorKind, check_journal};

use super::{Folder, entry, key, plan, worker};
use crate::support::process::spawn_alone;

/// The variable with the path of the journal that a process of its own writes.
const JOURNAL: &str = "ALIYUN_DBS_TEST_JOURNAL";

#[tokio::test(start_paused = true)]
async fn file_journal_keeps_the_contract() {
    let folder = Folder::new();
    check_journal(|| async { FileJournal::open(folder.journal()) }).await.unwrap();
    let journal = FileJournal::open(folder.journal()).unwrap();
    assert!(journal.entries() > 40, "{journal:?}");
    assert_eq!(journal.path(), folder.journal());
}

#[cfg(unix)]
#[test]
fn journal_is_private() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let _journal = FileJournal::open(folder.journal()).unwrap();
    for file in [folder.journal(), folder.mark()] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}: {mode:o}", file.display());
    }
}

#[tokio::test]
async fn repeated_calls_write_one_line() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.journal()).unwrap();
    for _ in 0..3 {
        journal.enter(&key("orders"), &entry("orders")).await.unwrap();
        journal.bought(&key("orders"), &plan("p1")).await.unwrap();
        journal.bought(&key("orders"), &plan("p2")).await.unwrap();
        journal.done(&key("orders")).await.unwrap();
    }
    let text = fs::read_to_string(folder.journal()).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.len() < 800, "{} bytes per plan", text.len());
}

/// Another process may have claimed the key since, and leases are not in the file.
#[tokio::test]
async fn entry_of_earlier_process_is_not_withdrawn() {
    let folder = Folder::new();
    let journal = FileJournal::open(folder.journal()).unwrap();
    let (kept, gone) = (key("kept"), key("gone"));
    for key in [&kept, &gone] {
        journal.enter(key, &entry("orders")).await.unwrap();
    }
    assert!(journal.withdraw(&gone, &worker("w")).await.unwrap());
    drop(journal);
    let journal = FileJournal::open(folder.journal()).unwrap();
    assert_eq!(journal.entries(), 1);
    assert!(!journal.withdraw(&kept, &worker("w")).await.unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn full_disk_fails_the_change_and_leaves_no_part() {
    use std::process::Command;

    let folder = Folder::new();
    // The limit, in units of 512 or 1024 bytes, is the only full disk that needs no privileges.
    let limits = r#"trap '' XFSZ; ulimit -f 2; exec "$0" "$@""#;
    let test = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .args(["-c", limits])
        .arg(test)
        .args(["--exact", "journals::file::writer_on_a_full_disk", "--include-ignored"])
        .env(JOURNAL, folder.journal())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && out.contains(" 1 passed;"), "{out}");
    let journal = FileJournal::open(folder.journal()).unwrap();
    // Without the limit, there is space again.
    journal.bought(&key("0"), &plan("p1")).await.unwrap();
}

#[tokio::test]
#[ignore = "another test runs it with a limit on the size of files"]
async fn writer_on_a_full_disk() {
    let path = std::env::var(JOURNAL).unwrap();
    let journal = FileJournal::open(&path).unwrap();
    let mut entered = 0;
    let error = loop {
        let name = entered.to_string();
        match journal.enter(&key(&name), &entry(&name)).await {
            Ok(_) => entered += 1,
            Err(error) => break error,
        }
    };
    assert!(entered > 0);
    assert_eq!(error.kind(), JournalErrorKind::Full, "{error}");
    let length = fs::metadata(&path).unwrap().len();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.ends_with('\n') && text.lines().count() == entered + 1, "{length}: {text}");
    assert_eq!(journal.entries(), entered);
    let again = journal.enter(&key("again"), &entry("again")).await.unwrap_err();
    assert_eq!(again.kind(), JournalErrorKind::Full, "{again}");
}

#[tokio::test]
async fn special_files_are_refused() {
    let folder = Folder::new();
    for path in [Path::new("/dev/full"), &folder.0, &folder.0.join("absent/plans")] {
        let error = FileJournal::open(path).unwrap_err();
        assert_eq!(error.kind(), JournalErrorKind::Other, "{error}");
        assert!(error.to_string().starts_with("cannot open journal `"), "{error}");
    }
}

#[tokio::test]
async fn changes_of_other_programs_stop_the_journal() {
    type Meddle = fn(&Path);
    let changes: [Meddle; 4] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, "").unwrap(),
        |path| {
            let copy = path.with_extension("copy");
            fs::copy(path, &copy).unwrap();
            fs::rename(copy, path).unwrap();
        },
        |path| {
            let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(b"a note\n").unwrap();
        },
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let folder = Folder::new();
        let journal = FileJournal::open(folder.journal()).unwrap();
        journal.enter(&key("orders"), &entry("orders")).await.unwrap();
        change(&folder.journal());
        for expected in [JournalErrorKind::Corrupt, JournalErrorKind::Other] {
            let error = journal.bought(&key("orders"), &plan("p1")).await.unwrap_err();
            assert_eq!(error.kind(), expected, "{index}: {error}");
        }
    }
}

/// Kills a writer at random times, and compares what it has acknowledged with the journal.
#[tokio::test]
async fn acknowledged_changes_survive_sigkill() {
    let folder = Folder::new();
    let mut acknowledged = BTreeSet::new();
    for round in 0..50 {
        let mut writer = spawn_alone("journals::file::writer_that_is_killed", |command| {
            command.env(JOURNAL, folder.journal());
        });
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
        let is_change = |line: &String| line.starts_with("entered ") || line.starts_with("bought ");
        let changes = lines.filter(is_change);
        acknowledged.extend(changes.take(fastrand::usize(4..=20)));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let journal = FileJournal::open(folder.journal()).unwrap();
        for change in &acknowledged {
            let (change, name) = change.split_once(' ').unwrap();
            let mut other = entry(name);
            other.entered_by = worker("other");
            let stored = journal.enter(&key(name), &other).await.unwrap();
            let expected = (change == "bought").then(|| plan(name));
            assert_eq!(stored.entered_by, worker("w"), "round {round}: {name}");
            assert!(expected.is_none() || stored.plan == expected, "round {round}: {name}");
        }
    }
    let bought = acknowledged.iter().filter(|change| change.starts_with("bought")).count();
    assert!(bought > 50, "{bought}");
}

#[tokio::test]
#[ignore = "another test runs it and kills it"]
async fn writer_that_is_killed() {
    let journal = FileJournal::open(std::env::var(JOURNAL).unwrap()).unwrap();
    let mut out = std::io::stdout();
    for number in 0..100_000 {
        let name = number.to_string();
        if journal.enter(&key(&name), &entry(&name)).await.unwrap().plan.is_some() {
            continue;
        }
        writeln!(out, "entered {name}").unwrap();
        journal.bought(&key(&name), &plan(&name)).await.unwrap();
        writeln!(out, "bought {name}").unwrap();
    }
}
