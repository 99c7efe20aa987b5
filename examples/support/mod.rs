//! Helpers that the examples share.

#![allow(dead_code, unused_imports, reason = "each example uses a part of it")]

mod plans;
mod screen;
mod service;
#[macro_use]
mod terminal;

pub(crate) use plans::{access, configuration, fill, purchase};
pub(crate) use screen::Screen;
pub(crate) use service::{ServiceArgs, missing_plan};
pub(crate) use terminal::{exit_code, exit_code_if_complete, output_closed, print_line};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
