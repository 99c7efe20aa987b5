//! The journal: a token per plan, on disk before the plan is bought.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use aliyun_dbs::types::{BackupPlanId, ClientToken};
use serde::{Deserialize, Serialize};

use crate::support::Failure;

/// One line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    name: String,
    token: ClientToken,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<BackupPlanId>,
}

struct Known {
    token: ClientToken,
    done: bool,
}

pub(crate) struct Journal {
    state: Mutex<State>,
    known: usize,
}

struct State {
    plans: HashMap<String, Known>,
    file: Option<File>,
    /// A line was perhaps written in part: nothing may come behind it.
    broken: bool,
}

impl Journal {
    /// Reads what an earlier run has written, and goes on behind it.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
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
                // A line that was being written when the process was killed is cut anywhere, and
                // its plan was not bought yet, unless the whole of it is there.
                if let Ok(Line { name, token, plan }) = serde_json::from_slice(&line) {
                    plans.insert(name, Known { token, done: plan.is_some() });
                }
            }
            let mut opened = opened;
            if !ended {
                opened.write_all(b"\n")?;
            }
            opened.sync_all()?;
            // The file's name must survive a loss of power as well.
            if let Some(folder) = path.parent() {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                File::open(folder).and_then(|folder| folder.sync_all()).ok();
            }
            file = Some(opened);
        }
        let known = plans.len();
        Ok(Self { state: Mutex::new(State { plans, file, broken: false }), known })
    }

    /// Plans that an earlier run has begun with.
    pub(crate) fn known(&self) -> usize {
        self.known
    }

    pub(crate) fn is_done(&self, name: &str) -> bool {
        self.lock().plans.get(name).is_some_and(|known| known.done)
    }

    /// The token of a plan, and whether it is from an earlier run. A new one is on disk when this
    /// returns.
    pub(crate) fn token(&self, name: &str) -> Result<(ClientToken, bool), Failure> {
        let mut state = self.lock();
        if let Some(known) = state.plans.get(name) {
            return Ok((known.token.clone(), true));
        }
        let token: ClientToken = format!("{:032x}", fastrand::u128(..)).parse()?;
        state.write(&Line { name: name.to_owned(), token: token.clone(), plan: None })?;
        state.plans.insert(name.to_owned(), Known { token: token.clone(), done: false });
        Ok((token, false))
    }

    pub(crate) fn done(&self, name: &str, plan: &BackupPlanId) -> Result<(), Failure> {
        let mut state = self.lock();
        let Some(known) = state.plans.get_mut(name) else { return Ok(()) };
        known.done = true;
        let token = known.token.clone();
        state.write(&Line { name: name.to_owned(), token, plan: Some(plan.clone()) })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn write(&mut self, line: &Line) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            let mut text = serde_json::to_string(line)?;
            text.push('\n');
            if self.broken {
                return Err("the journal could not be written, so nothing more is bought".into());
            }
            self.broken = true;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            self.broken = false;
        }
        Ok(())
    }
}
