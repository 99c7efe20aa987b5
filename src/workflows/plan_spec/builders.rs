//! The builders of plans as code.
//!
//! Code rarely names these types: start with the `builder` function of a value, such as
//! [`PlanSpec::builder`](super::PlanSpec::builder). The setters have the names and types of its fields.

pub use super::source::{
    LoginSourceBuilder, NamedSourceBuilder, OracleSourceBuilder, RedisSourceBuilder,
};
pub use super::spec::PlanSpecBuilder;
