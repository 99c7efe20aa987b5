//! Answers are read however the service spells them, and nothing that it says makes a panic.
//!
//! The samples of all operations are changed at random places, and sent through a client.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod anything;
mod samples;
mod spellings;
mod values;
