//! `configuration`: the error of a client that cannot be built.

use std::fmt;

use crate::rpc::error::{Error, ErrorKind};

/// Returns the error of a setting.
pub(super) fn configuration(why: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Configuration, format!("cannot build the client: {why}"))
}
