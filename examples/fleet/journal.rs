//! The journal: one token per plan, written to disk before the plan is bought.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use aliyun_dbs::types::{BackupPlanId, ClientToken};
use serde::{Deserialize, Serialize};

use crate::support::BoxError;

/// One line of the file.
#[derive(Serialize, Deserialize)]
struct JournalLine {
    name: String,
    token: ClientToken,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<BackupPlanId>,
}

/// What the journal knows about a plan.
struct PlanEntry {
    token: ClientToken,
    done: bool,
}

pub(crate) struct Journal {
    state: Mutex<JournalState>,
    known: usize,
}

struct JournalState {
    plans: HashMap<String, PlanEntry>,
    file: Option<File>,
    /// Whether the last line may be incomplete, so that nothing may follow it.
    broken: bool,
}

impl Journal {
    /// Reads the lines of earlier runs, and appends to them.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, BoxError> {
        let mut plans = HashMap::new();
        let mut file = None;
        if let Some(path) = path {
            let opened = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            let mut reader = BufReader::new(&opened);
            let (mut line, mut ended) = (Vec::new(), true);
            loop {
                line.clear();
                if reader.read_until(b'\n', &mut line)? == 0 {
                    break;
                }
                ended = line.ends_with(b"\n");
                // A crash during a write leaves an incomplete line, whose plan was not bought yet.
                if let Ok(JournalLine { name, token, plan }) = serde_json::from_slice(&line) {
                    plans.insert(name, PlanEntry { token, done: plan.is_some() });
                }
            }
            let mut opened = opened;
            if !ended {
                opened.write_all(b"\n")?;
            }
            opened.sync_all()?;
            // Syncing the folder makes the name of a new file survive a power failure.
            if let Some(folder) = path.parent() {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                File::open(folder).and_then(|folder| folder.sync_all()).ok();
            }
            file = Some(opened);
        }
        let known = plans.len();
        Ok(Self { state: Mutex::new(JournalState { plans, file, broken: false }), known })
    }

    /// Returns the number of plans that earlier runs have started.
    pub(crate) fn known(&self) -> usize {
        self.known
    }

    pub(crate) fn is_done(&self, name: &str) -> bool {
        self.lock().plans.get(name).is_some_and(|known| known.done)
    }

    /// Returns the token of a plan, and whether an earlier run created it.
    ///
    /// A new token is on disk when this returns.
    pub(crate) fn token(&self, name: &str) -> Result<(ClientToken, bool), BoxError> {
        let mut state = self.lock();
        if let Some(known) = state.plans.get(name) {
            return Ok((known.token.clone(), true));
        }
        let token: ClientToken = format!("{:032x}", fastrand::u128(..)).parse()?;
        state.write(&JournalLine { name: name.to_owned(), token: token.clone(), plan: None })?;
        state.plans.insert(name.to_owned(), PlanEntry { token: token.clone(), done: false });
        Ok((token, false))
    }

    pub(crate) fn done(&self, name: &str, plan: &BackupPlanId) -> Result<(), BoxError> {
        let mut state = self.lock();
        let Some(known) = state.plans.get_mut(name) else { return Ok(()) };
        known.done = true;
        let token = known.token.clone();
        state.write(&JournalLine { name: name.to_owned(), token, plan: Some(plan.clone()) })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, JournalState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JournalState {
    fn write(&mut self, line: &JournalLine) -> Result<(), BoxError> {
        if let Some(file) = &mut self.file {
            let mut text = serde_json::to_string(line)?;
            text.push('\n');
            if self.broken {
                return Err(
                    "an earlier write to the journal failed: no more plans are bought".into()
                );
            }
            self.broken = true;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            self.broken = false;
        }
        Ok(())
    }
}
