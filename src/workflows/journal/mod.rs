//! The journal: which plan was bought for which name, recorded durably and once.
//!
//! [`contract`] has the trait. [`records`] has its rules, which the journals in memory and in a file
//! share.

mod check;
mod claim;
mod contract;
mod entry;
mod file;
mod journal_error;
mod key;
mod memory;
mod records;
mod worker;

pub use check::{JournalViolation, check_journal};
pub use claim::Claim;
pub use contract::Journal;
pub use entry::Entry;
pub use file::FileJournal;
pub use journal_error::{JournalError, JournalErrorKind};
pub use key::PlanKey;
pub use memory::MemoryJournal;
pub use worker::WorkerId;
