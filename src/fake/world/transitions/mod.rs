//! What callers can do to the world, as methods of [`World`](super::state::World).

mod buying;
mod changing;
mod gateways;
mod restoring;
