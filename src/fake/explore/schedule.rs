//! `Schedule`: which exchanges of a workflow fail, and how.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::fault::Fault;
use crate::rpc::value::InvalidValue;

/// The prefix of the points of a journal.
pub(super) const JOURNAL: &str = "journal.";

/// Which exchanges of a workflow fail, and how.
///
/// A schedule is a short script: `CreateBackupPlan.1=drop-after, journal.bought.1=crash-before`. Each
/// part names a point and a [`Fault`]. `CreateBackupPlan.2` is the second request of that operation,
/// counted from the start of the scenario, crashes included, and `journal.bought.1` the first call of
/// [`bought`](crate::workflows::fleet::Journal::bought).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake::Schedule;
///
/// let schedule: Schedule = "CreateBackupPlan.1=crash-after,StartBackupPlan.1=throttle".parse()?;
/// assert_eq!(schedule.faults()[1].point(), "StartBackupPlan.1");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule(Vec<ScheduledFault>);

/// A fault of a [`Schedule`], and the point at which it happens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScheduledFault {
    point: Arc<str>,
    fault: Fault,
}

impl Schedule {
    /// Returns the faults in order.
    pub fn faults(&self) -> &[ScheduledFault] {
        &self.0
    }

    /// Returns a schedule with one more fault.
    pub(super) fn and(&self, point: Arc<str>, fault: Fault) -> Self {
        let mut faults = Vec::with_capacity(self.0.len() + 1);
        faults.extend_from_slice(&self.0);
        faults.push(ScheduledFault { point, fault });
        Self(faults)
    }
}

impl ScheduledFault {
    /// Returns the name of the point, such as `CreateBackupPlan.1` or `journal.bought.1`.
    pub fn point(&self) -> &str {
        &self.point
    }

    /// Returns what happens.
    pub fn fault(&self) -> Fault {
        self.fault
    }
}

impl fmt::Display for ScheduledFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.point, self.fault)
    }
}

impl FromStr for ScheduledFault {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        let invalid = || {
            InvalidValue::new("Schedule", value, "expected `operation.number=fault` with commas")
        };
        let (point, fault) = value.trim().split_once('=').ok_or_else(invalid)?;
        let (operation, number) = point.rsplit_once('.').ok_or_else(invalid)?;
        // Points are compared as strings.
        let is_number = number.parse::<u32>().is_ok_and(|n| n > 0 && n.to_string() == number);
        let fault: Fault = fault.parse()?;
        if operation.is_empty() || !is_number {
            return Err(invalid());
        }
        if operation.starts_with(JOURNAL) && !fault.is_of_journal() {
            let expected = "expected a drop or a crash of the journal";
            return Err(InvalidValue::new("Schedule", value, expected));
        }
        Ok(Self { point: point.into(), fault })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

/// Reads a schedule. An empty string is a schedule without faults.
impl FromStr for Schedule {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        let faults = value.split(',').filter(|_| !value.trim().is_empty());
        faults.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}
