//! Tests of the lock of a journal file, with a second process.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Child;
use std::time::Duration;

use aliyun_dbs::workflows::fleet::{FileJournal, Journal, JournalErrorKind};
use futures_util::FutureExt;

use super::{Folder, entry, key};
use crate::support::process::spawn_alone;

const JOURNAL: &str = "ALIYUN_DBS_TEST_JOURNAL";

/// Starts a process that has the journal open until its input ends.
fn hold(folder: &Folder) -> Child {
    let mut holder = spawn_alone("journals::lock::holder", |command| {
        command.env(JOURNAL, folder.journal());
    });
    let lines = BufReader::new(holder.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "opened"));
    holder
}

#[tokio::test]
#[ignore = "another test runs it in a second process"]
async fn holder() {
    let journal = FileJournal::open(std::env::var(JOURNAL).unwrap()).unwrap();
    journal.enter(&key("orders"), &entry("orders")).await.unwrap();
    writeln!(std::io::stdout(), "\nopened").unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[tokio::test]
async fn second_process_learns_the_holder_and_waits() {
    let folder = Folder::new();
    let mut holder = hold(&folder);
    let holder_text = format!("is open in process {} since 20", holder.id());
    let error = FileJournal::open(folder.journal()).unwrap_err();
    assert_eq!(error.kind(), JournalErrorKind::Held);
    assert!(error.to_string().contains(&holder_text), "{error}");
    let limit = Duration::from_millis(60);
    let error = FileJournal::open_within(folder.journal(), limit).await.unwrap_err();
    assert_eq!(error.kind(), JournalErrorKind::Held);

    let mut opened =
        std::pin::pin!(FileJournal::open_within(folder.journal(), Duration::from_secs(60)));
    assert!(opened.as_mut().now_or_never().is_none());
    drop(holder.stdin.take());
    assert_eq!(opened.await.unwrap().entries(), 1);
    holder.wait().unwrap();
    assert!(!folder.0.join("plans.journal.lock").exists());
}

#[tokio::test]
async fn killed_process_leaves_no_lock() {
    let folder = Folder::new();
    let mut holder = hold(&folder);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(folder.0.join("plans.journal.lock").exists());
    assert_eq!(FileJournal::open(folder.journal()).unwrap().entries(), 1);
}

#[tokio::test]
async fn holder_is_another_process_if_not_known() {
    let folder = Folder::new();
    let _journal = FileJournal::open(folder.journal()).unwrap();
    fs::remove_file(folder.0.join("plans.journal.lock")).unwrap();
    let error = FileJournal::open(folder.journal()).unwrap_err().to_string();
    assert!(error.contains("is open in another process: wait"), "{error}");
}
