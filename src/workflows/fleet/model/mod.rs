//! A model of a fleet, which tests search for a second purchase.

mod testing;
mod tests;
