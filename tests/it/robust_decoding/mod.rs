//! Answers are read however the service spells them, and nothing that it says makes a panic.
//!
//! The samples of all operations are changed at random places, and sent through a client.

mod anything;
mod samples;
mod spellings;
mod values;
