//! Tests of journal files that were damaged, truncated or replaced: refused, never guessed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use aliyun_dbs::unversioned::sign::acs3::payload_hash;
use aliyun_dbs::workflows::fleet::{Entry, FileJournal, Journal, JournalError, JournalErrorKind};

use super::{Folder, entry, key, plan, worker};

const NAMES: [&str; 2] = ["orders", "users"];

/// Writes a journal of five lines: the first, two entries, a plan and its end.
async fn write_journal(path: &Path) -> Vec<u8> {
    let journal = FileJournal::open(path).unwrap();
    for name in NAMES {
        journal.enter(&key(name), &entry(name)).await.unwrap();
    }
    journal.bought(&key("orders"), &plan("p1")).await.unwrap();
    journal.done(&key("orders")).await.unwrap();
    drop(journal);
    fs::read(path).unwrap()
}

/// Returns the stored entry of a name.
async fn stored(journal: &FileJournal, name: &str) -> Result<Entry, JournalError> {
    let mut other = entry(name);
    other.entered_by = worker("other");
    let stored = journal.enter(&key(name), &other).await?;
    assert_eq!(stored.entered_by, worker("w"), "the entry of {name} is lost");
    Ok(stored)
}

/// Opens a journal, and returns its entries. It has those of the first names.
async fn read(path: &Path) -> Result<Vec<Entry>, JournalError> {
    let journal = FileJournal::open(path)?;
    let mut entries = Vec::new();
    for name in &NAMES[..journal.entries()] {
        entries.push(stored(&journal, name).await?);
    }
    Ok(entries)
}

/// Overwrites a file. File systems sync one that is truncated first, which takes milliseconds.
fn overwrite(path: &Path, bytes: &[u8]) {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(false).open(path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_len(bytes.len() as u64).unwrap();
}

/// Replaces a journal, and returns what it contains then. Without `mark`, removes the mark.
async fn read_changed(
    folder: &Folder,
    bytes: &[u8],
    mark: Option<&[u8]>,
) -> Result<Vec<Entry>, JournalError> {
    overwrite(&folder.journal(), bytes);
    match mark {
        Some(mark) => overwrite(&folder.mark(), mark),
        None => drop(fs::remove_file(folder.mark())),
    }
    read(&folder.journal()).await
}

/// Checks that a journal is refused with the line in the error.
#[track_caller]
fn assert_refused(result: &Result<Vec<Entry>, JournalError>, line: u64) {
    let error = result.as_ref().unwrap_err();
    assert_eq!((error.kind(), error.line()), (JournalErrorKind::Corrupt, Some(line)), "{error}");
    let at = format!("plans.journal`, line {line}: ");
    assert!(error.to_string().contains(&at), "{error}");
}

fn line_of(bytes: &[u8], position: usize) -> u64 {
    bytes[..position].split(|byte| *byte == b'\n').count() as u64
}

#[tokio::test]
async fn every_flipped_bit_is_refused_with_its_line() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    assert_eq!(line_of(&original, original.len() - 1), 5);
    let mark = fs::read(folder.mark()).unwrap();
    for position in 0..original.len() {
        for bit in 0..8 {
            let mut bytes = original.clone();
            bytes[position] ^= 1 << bit;
            // Each byte with and without mark.
            let mark = ((position + bit) % 2 == 0).then_some(&mark[..]);
            let error = read_changed(&folder, &bytes, mark).await.unwrap_err();
            assert_eq!(error.kind(), JournalErrorKind::Corrupt, "{position}, {bit}: {error}");
            let line = line_of(&original, position);
            // The random digits of the first line are part of the checksum of the second.
            let lines = if line == 1 { [Some(1), Some(2)] } else { [Some(line); 2] };
            assert!(lines.contains(&error.line()), "{position}, {bit}: {error}");
            assert_eq!(fs::read(folder.journal()).unwrap(), bytes, "a refused file was changed");
        }
    }
}

#[tokio::test]
async fn every_truncation_is_refused_by_the_mark() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    let mark = fs::read(folder.mark()).unwrap();
    for length in 0..original.len() - 1 {
        let truncated = read_changed(&folder, &original[..length], Some(&mark)).await;
        // Without its last byte, a line is complete.
        assert_refused(&truncated, line_of(&original, length + 1));
    }
}

/// A crash leaves a file like this: the mark is not ahead of the last line that was synced.
#[tokio::test]
async fn torn_line_is_removed_and_the_rest_is_read() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    let all = read(&folder.journal()).await.unwrap();
    for length in 0..=original.len() {
        let entries = read_changed(&folder, &original[..length], None).await.unwrap();
        let lines = line_of(&original, (length + 1).min(original.len())) - 1;
        assert_eq!(entries.len() as u64, lines.saturating_sub(1).min(2), "{length}");
        let expected = all.iter().cloned().map(|mut entry| {
            entry.plan = entry.plan.filter(|_| lines >= 4);
            entry.done &= lines >= 5;
            entry
        });
        assert!(expected.zip(&entries).all(|(expected, entry)| expected == *entry), "{length}");
        if length % 20 == 0 {
            let journal = FileJournal::open(folder.journal()).unwrap();
            for name in NAMES {
                journal.enter(&key(name), &entry(name)).await.unwrap();
            }
            drop(journal);
            assert_eq!(read(&folder.journal()).await.unwrap().len(), 2, "{length}");
        }
    }
}

#[tokio::test]
async fn zeros_of_a_power_failure_are_removed() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    let all = read(&folder.journal()).await.unwrap();
    let mark = fs::read(folder.mark()).unwrap();
    for end in [&[0; 700][..], b"0123456789abcdef \0\0\0\0\0rders/0\"}}\n"] {
        let bytes = [&original, end].concat();
        assert_eq!(read_changed(&folder, &bytes, Some(&mark)).await.unwrap(), all);
        assert_eq!(fs::read(folder.journal()).unwrap(), original);
    }
    // Elsewhere they are damage.
    let bytes = [&original, &[0; 700][..], b"\n{}\n"].concat();
    assert_refused(&read_changed(&folder, &bytes, Some(&mark)).await, 6);
}

#[tokio::test]
async fn emptied_or_older_file_is_refused_by_the_mark() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    let mark = fs::read(folder.mark()).unwrap();
    assert_refused(&read_changed(&folder, b"", Some(&mark)).await, 1);
    fs::remove_file(folder.journal()).unwrap();
    assert_refused(&read(&folder.journal()).await, 1);

    fs::write(folder.journal(), &original).unwrap();
    let journal = FileJournal::open(folder.journal()).unwrap();
    journal.bought(&key("users"), &plan("p2")).await.unwrap();
    drop(journal);
    let newer = fs::read(folder.mark()).unwrap();
    assert_refused(&read_changed(&folder, &original, Some(&newer)).await, 6);

    // Another journal with as many lines.
    let other = Folder::new();
    let bytes = write_journal(&other.journal()).await;
    assert_refused(&read_changed(&folder, &bytes, Some(&mark)).await, 5);
}

#[tokio::test]
async fn mark_that_is_damaged_or_behind_is_ignored() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    let all = read(&folder.journal()).await.unwrap();
    let mark = fs::read(folder.mark()).unwrap();
    for position in 0..mark.len() {
        let mut damaged = mark.clone();
        damaged[position] ^= 1;
        for damaged in [&damaged[..], &mark[..position]] {
            let entries = read_changed(&folder, &original, Some(damaged)).await;
            assert_eq!(entries.unwrap(), all, "{position}");
            assert_eq!(fs::read(folder.mark()).unwrap(), mark, "{position}");
        }
    }
    let behind = Folder::new();
    drop(FileJournal::open(behind.journal()).unwrap());
    let first = fs::read(behind.journal()).unwrap();
    let behind_mark = fs::read(behind.mark()).unwrap();
    assert_refused(&read_changed(&folder, &original, Some(&behind_mark)).await, 1);
    write_journal(&behind.journal()).await;
    let bytes = fs::read(behind.journal()).unwrap();
    assert!(bytes.starts_with(&first));
    assert_eq!(read_changed(&behind, &bytes, Some(&behind_mark)).await.unwrap(), all);
}

#[tokio::test]
async fn changes_of_an_editor_are_ignored() {
    let folder = Folder::new();
    let original = write_journal(&folder.journal()).await;
    let all = read(&folder.journal()).await.unwrap();
    let mark = fs::read(folder.mark()).unwrap();
    let text = String::from_utf8(original).unwrap();
    for changed in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
        text.trim_end().to_owned(),
        text.trim_end().replace('\n', "\r\n"),
    ] {
        let entries = read_changed(&folder, changed.as_bytes(), Some(&mark)).await;
        assert_eq!(entries.unwrap(), all, "{changed}");
        let journal = FileJournal::open(folder.journal()).unwrap();
        journal.bought(&key("users"), &plan("p2")).await.unwrap();
        drop(journal);
        let users = read(&folder.journal()).await.unwrap().pop();
        assert_eq!(users.unwrap().plan, Some(plan("p2")), "{changed}");
    }
}

#[tokio::test]
async fn lines_that_were_moved_are_refused() {
    let folder = Folder::new();
    let original = String::from_utf8(write_journal(&folder.journal()).await).unwrap();
    let lines: Vec<&str> = original.split_inclusive('\n').collect();
    for (order, line) in [
        (&[0, 2, 1, 3, 4][..], 2),
        (&[0, 1, 3, 4], 3),
        (&[0, 1, 2, 4], 4),
        (&[0, 1, 2, 3, 3, 4], 5),
        (&[1, 2, 3, 4], 1),
    ] {
        let moved: String = order.iter().map(|index| lines[*index]).collect();
        assert_refused(&read_changed(&folder, moved.as_bytes(), None).await, line);
    }
}

#[tokio::test]
async fn other_files_are_refused_and_not_changed() {
    let folder = Folder::new();
    for (text, reason) in [
        ("a note", "expected a journal"),
        ("a note\n", "expected a journal"),
        ("aliyun-dbs journal 2 0123456789abcdef\n", "`aliyun-dbs journal 1`"),
        ("aliyun-dbs journal 1 0123456789ABCDEF\n", "expected a journal"),
        ("aliyun-dbs journal 1 0123\n", "expected a journal"),
        ("{\"name\":\"orders\",\"token\":\"t-1\"}\n", "the example `fleet` of version 0.1"),
    ] {
        let result = read_changed(&folder, text.as_bytes(), None).await;
        assert_refused(&result, 1);
        assert!(result.unwrap_err().to_string().contains(reason), "{text}");
        assert_eq!(fs::read_to_string(folder.journal()).unwrap(), text);
        assert!(!folder.mark().exists());
    }
}

/// Returns a line with a valid checksum, and the checksum.
fn sign(previous: &str, json: &str) -> (String, String) {
    let mut digits = payload_hash(format!("{previous}{json}").as_bytes());
    digits.truncate(16);
    (format!("{digits} {json}\n"), digits)
}

#[tokio::test]
async fn lines_of_other_versions_are_not_guessed() {
    let folder = Folder::new();
    let entry = serde_json::to_string(&entry("orders")).unwrap();
    let enter = format!(r#"{{"enter":{{"key":"prod/orders/0","entry":{entry}}}}}"#);
    let bought = |id| format!(r#"{{"bought":{{"key":"prod/orders/0","plan":"{id}"}}}}"#);
    let key = r#"{"key":"prod/orders/0"}"#;
    let (done, withdraw) = (format!(r#"{{"done":{key}}}"#), format!(r#"{{"withdraw":{key}}}"#));
    let refund = format!(r#"{{"refund":{key}}}"#);
    let contradicts = "it contradicts the lines above";
    for (changes, reason) in [
        (vec![&refund], "update the crate"),
        (vec![&enter, &enter], contradicts),
        (vec![&bought("p1")], contradicts),
        (vec![&enter, &bought("p1"), &bought("p2")], contradicts),
        (vec![&enter, &done], contradicts),
        (vec![&enter, &bought("p1"), &withdraw], contradicts),
        (vec![&withdraw], contradicts),
    ] {
        let mut text = "aliyun-dbs journal 1 0123456789abcdef\n".to_owned();
        let mut checksum = "0123456789abcdef".to_owned();
        for json in &changes {
            let (line, next) = sign(&checksum, json);
            text += &line;
            checksum = next;
        }
        let result = read_changed(&folder, text.as_bytes(), None).await;
        assert_refused(&result, changes.len() as u64 + 1);
        assert!(result.unwrap_err().to_string().contains(reason), "{text}");
    }
}
