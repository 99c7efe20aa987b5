//! Helpers that the examples share.

#![allow(dead_code, unused_imports, reason = "each example uses a part of it")]

mod plans;
mod service;
#[macro_use]
mod terminal;

pub(crate) use plans::{configuration, fill, purchase};
pub(crate) use service::{ServiceArgs, parse, parse_number};
pub(crate) use terminal::{exit_code, flags, output_closed, print_line, unexpected};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
