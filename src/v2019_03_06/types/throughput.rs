//! Units of throughput.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::rpc::value::lenient::{self, FromScalar, Scalar};

/// Kilobytes per second, the unit of `BackupRateLimit` and `BackupSpeedLimit`.
///
/// Source: `ConfigureBackupPlan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct KilobytesPerSecond(u64);

impl KilobytesPerSecond {
    /// Wraps the number.
    pub const fn new(kilobytes_per_second: u64) -> Self {
        Self(kilobytes_per_second)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for KilobytesPerSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KB/s", self.0)
    }
}

impl FromScalar for KilobytesPerSecond {
    const EXPECTED: &'static str = "a number of kilobytes per second";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        u64::from_scalar(scalar).map(Self)
    }
}

impl<'de> Deserialize<'de> for KilobytesPerSecond {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}
