//! Journals: which plan was bought for which name, recorded durably and once.
//!
//! A [`Journal`] maps a [`PlanKey`] to an [`Entry`]: the client token and the purchase, recorded before
//! the purchase is sent, and the plan, recorded before it is configured.
//!
//! | journal | processes at once | survives |
//! | --- | --- | --- |
//! | [`MemoryJournal`] | one | nothing |
//! | [`FileJournal`] | one; others wait, or fail with the holder's id | crashes and power failures |
//! | your own, on a database | as many as the database allows | what the database survives |
//!
//! [`check_journal`] tests a journal of your own.

pub use super::journal::{
    Claim, Entry, FileJournal, Journal, JournalError, JournalErrorKind, JournalViolation,
    MemoryJournal, PlanKey, WorkerId, check_journal,
};
