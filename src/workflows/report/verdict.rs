//! `Verdict`, and the reasons for it.

use std::fmt;

use serde::{Serialize, Serializer};

/// Declares an enum whose variants have names, with `ALL`, `as_str`, `Display` and `Serialize`.
macro_rules! named_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
        }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name, which serde writes too.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

named_enum! {
    /// Whether a database is protected; see [the rules](super#verdicts).
    ///
    /// The order is by severity: sorting puts the most severe first.
    pub enum Verdict {
        /// The database has no plan, or nothing that can be restored.
        Unprotected = "unprotected",
        /// The plan or its last full backup failed, or the plan is paused, locked or not started.
        Failing = "failing",
        /// The newest restorable point is older than allowed.
        Stale = "stale",
        /// A fact is missing, so that nothing can be concluded.
        Unknown = "unknown",
        /// The subscription ends soon, or has ended.
        Expiring = "expiring",
        /// The plan backs up a database that is not in the inventory.
        Orphan = "orphan",
        /// Every fact is known, and none of the above holds.
        Protected = "protected",
    }
}

/// [`Verdict::Unknown`].
impl Default for Verdict {
    fn default() -> Self {
        Self::Unknown
    }
}

named_enum! {
    /// What a [`Reason`] says.
    ///
    /// The order is the one in which [`ReportRow::reasons`](super::ReportRow::reasons) lists them.
    pub enum ReasonKind {
        /// The database is in the inventory, and no plan backs it up.
        NoPlan = "no_plan",
        /// The database is in the inventory, but not every list of plans could be read.
        ListIncomplete = "list_incomplete",
        /// The plan was bought and is not configured.
        NotConfigured = "not_configured",
        /// The database of the plan is not in the inventory.
        NotInInventory = "not_in_inventory",
        /// The plan failed.
        PlanFailed = "plan_failed",
        /// The plan is locked, because its order expired or is unpaid.
        Locked = "locked",
        /// The plan is paused.
        Paused = "paused",
        /// The pre-check of the plan failed.
        PreCheckFailed = "pre_check_failed",
        /// The newest full backup that ended has failed.
        BackupFailed = "backup_failed",
        /// Nothing can be restored.
        NothingRestorable = "nothing_restorable",
        /// Nothing can be restored yet, because the first full backup is not finished.
        FirstBackupRuns = "first_backup_runs",
        /// The newest restorable point is older than allowed.
        TooOld = "too_old",
        /// The plan is configured, and its pre-check has not passed or it was not started.
        NotStarted = "not_started",
        /// The subscription ends soon, or has ended.
        Expires = "expires",
        /// The status of the plan is missing or not known to this version of the crate.
        MissingStatus = "missing_status",
        /// The database of the plan is not known, so that it cannot be compared with the inventory.
        MissingDatabase = "missing_database",
        /// What can be restored could not be read.
        MissingPoints = "missing_points",
        /// How the plan is paid is missing or not known to this version of the crate.
        MissingChargeType = "missing_charge_type",
        /// When the subscription ends is not known.
        MissingExpiry = "missing_expiry",
        /// The last full backup could not be read.
        MissingLastBackup = "missing_last_backup",
        /// The plan protects its database.
        Ok = "ok",
        /// The service reports a restorable point in the future, which the report ignores.
        PointInFuture = "point_in_future",
        /// The storage that the plan uses could not be read, which does not affect the verdict.
        MissingStorage = "missing_storage",
    }
}

/// One reason for a verdict, or a note beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// What it says, for programs.
    pub kind: ReasonKind,
    /// What it says, for people: one line, with the service's own message if it sent one.
    pub text: String,
}

impl Reason {
    /// Creates a reason.
    pub fn new(kind: ReasonKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
