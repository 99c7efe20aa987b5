//! The changes that callers make to the state, as methods of [`World`](super::state::World).

mod buying;
mod changing;
mod gateways;
mod restoring;
