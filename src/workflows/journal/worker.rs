//! `WorkerId`: identifies one run of one process.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_with::DeserializeFromStr;

use crate::rpc::clock::{Clock, random_hex};
use crate::rpc::value::InvalidValue;

/// Identifies one run of one process: 1 to 128 printable ASCII characters.
///
/// Do not reuse one after a restart: the new process would be treated as the one that ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, DeserializeFromStr)]
#[serde(transparent)]
pub struct WorkerId(Box<str>);

impl WorkerId {
    /// Creates an id from a string.
    ///
    /// # Errors
    ///
    /// If the string is empty, is longer than 128 characters, or contains a character that is not
    /// printable ASCII.
    pub fn new(value: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let value = value.as_ref();
        let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !(1..=128).contains(&value.len()) || !is_printable {
            let expected = "expected 1 to 128 printable ASCII characters";
            return Err(InvalidValue::new("WorkerId", value, expected));
        }
        Ok(Self(value.into()))
    }

    /// Creates an id of 32 random hex digits.
    pub fn random(clock: &dyn Clock) -> Self {
        Self(random_hex(clock).into())
    }

    /// Returns the id as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WorkerId {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
