//! Helpers that the programs share.

#![allow(dead_code, unused_imports, reason = "each program uses a part of it")]

mod fleets;
#[macro_use]
#[path = "../../support/mod.rs"]
mod shared;

pub(crate) use fleets::{parse_plans, read_plans, secrets, watch};
pub(crate) use shared::*;
