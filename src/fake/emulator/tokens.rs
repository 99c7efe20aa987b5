//! How long the fake remembers client tokens, as JSON for the control API.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::fake::dbs::FakeDbs;

/// The body of `POST /_emulator/tokens`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenChange {
    #[serde(default, deserialize_with = "Memory::read")]
    forget_after_seconds: Option<Memory>,
    #[serde(default)]
    forget_now: bool,
}

/// A number of seconds, or `null` for no limit.
#[derive(Debug, Deserialize)]
struct Memory(Option<f64>);

impl Memory {
    /// Reads a field that is present, so that `null` differs from a missing field.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Self::deserialize(deserializer).map(Some)
    }
}

impl TokenChange {
    /// Applies the change.
    ///
    /// # Errors
    ///
    /// When the number of seconds is not a duration.
    pub(super) fn apply(&self, dbs: &FakeDbs) -> Result<(), String> {
        if let Some(Memory(seconds)) = self.forget_after_seconds {
            let memory = seconds.map(Duration::try_from_secs_f64).transpose();
            dbs.forget_tokens_after(memory.map_err(|error| {
                let seconds = seconds.unwrap_or_default();
                format!("invalid `forget_after_seconds` {seconds:?}: {error}")
            })?);
        }
        if self.forget_now {
            dbs.forget_tokens();
        }
        Ok(())
    }
}

/// Returns how long tokens are remembered, and how many are.
pub(super) fn state(dbs: &FakeDbs) -> Value {
    let (memory, remembered) = dbs.remembered_tokens();
    json!({
        "forget_after_seconds": memory.map(|memory| memory.as_secs_f64()),
        "remembered": remembered,
    })
}
