//! What the examples share.

#![allow(dead_code, unused_imports, reason = "no example needs all of it")]

mod place;
mod plans;

pub(crate) use place::Place;
pub(crate) use plans::{configuration, fill, purchase};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
