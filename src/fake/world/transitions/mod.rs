//! The changes that callers make to the state, as methods of [`World`](super::state::World).

mod buying;
mod changing;
mod downloading;
mod gateways;
mod restoring;
mod sandboxes;
