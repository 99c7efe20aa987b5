//! Tests that responses decode in every spelling of the service, and that no body causes a panic.
//!
//! They change the samples of all operations at random places, and send them through a client.

mod arbitrary;
mod samples;
mod spellings;
mod values;
