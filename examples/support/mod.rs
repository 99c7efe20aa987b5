//! Helpers that the examples share.

#![allow(dead_code, unused_imports, reason = "each example uses a part of it")]

mod fleets;
mod plans;
mod service;
#[macro_use]
mod terminal;

pub(crate) use fleets::{parse_plans, read_plans, secrets, watch};
pub(crate) use plans::{configuration, fill, purchase};
pub(crate) use service::{ServiceArgs, missing_plan};
pub(crate) use terminal::{exit_code, exit_code_if_complete, output_closed, print_line};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
