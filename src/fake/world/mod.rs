//! What the fake keeps: plans and all that belongs to them, and how they live in time.

pub(crate) mod ids;
pub(crate) mod plan;
pub(crate) mod state;
pub(crate) mod times;
