//! Plans as code: compares plans with their specifications, and changes them in place.
//!
//! [`Client::reconcile`](crate::Client::reconcile) compares one plan, and
//! [`Client::drift`](crate::Client::drift) all plans of an account. Both only read, and return what a
//! person can approve: `+` is bought or set for the first time, `~` is changed in place, and `!`
//! cannot be changed in place. Their `apply` makes the changes, and never more than the ones shown.
//!
//! ```text
//! orders-nightly (dbs1h0exusfa): 2 changes, 1 not possible
//!   ~ schedule       Monday 02:30 → Monday,Thursday 02:30
//!   ~ password       rotated 2026-03-01T09:00:00Z (restarts the plan)
//!   ! region         cn-hangzhou → cn-beijing: fixed by the purchase; use another name, or …
//! ```
//!
//! # What is compared
//!
//! A field that the specification omits is neither compared nor changed. A field that the service
//! does not return is never assumed equal: it is a `!`. Two fields have a meaning if the service omits
//! them: a plan without schedule is manual, and backups without encryption method are not encrypted.
//! `log_interval` is not compared; it is sent with a change of the schedule. A change of the source
//! resets a CA certificate and an Oracle home, which no list returns.
//!
//! A plan that is paused or locked has a `!` for its `status`, even if nothing else differs.
//!
//! A password is not returned either. It is sent when its
//! [`rotated`](super::plan_spec::SecretRef::rotated) is newer than the last pre-check that passed, so
//! that every machine decides alike.
//!
//! # How plans are found
//!
//! By the id that the [journal](super::fleet::Journal) has, else by their name. Two plans of one name
//! are an error. A plan of the name with another region or engine is not the plan of the
//! specification, and stays as it is. Other plans are [listed](Drift::unknown), and never touched.
//!
//! # After a crash
//!
//! Nothing about a change is stored: the next run finds what is still different. A plan whose restart
//! was interrupted differs by its `status`. Orders, of upgrades and renewals, have a client token that
//! every process derives alike, so that each is placed once. No plan is released, stopped or
//! downgraded, and none is renewed without
//! [`renew_before`](super::plan_spec::PlanSpec::renew_before).

mod apply;
mod change;
mod context;
mod drift;
mod find;

pub use self::apply::{AppliedChange, ApplyChange, ApplyFuture};
pub use self::change::Change;
pub use self::drift::{Drift, UnknownPlan};
pub use self::find::{Reconcile, ReconcileFuture};
pub use super::in_place::item::{ChangeItem, ChangeKind};
pub use super::in_place::reconcile_error::ReconcileError;
pub use super::in_place::work::ApplyStep;
