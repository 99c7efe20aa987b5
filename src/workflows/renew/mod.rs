//! Renewals: extends all subscriptions that end soon, each once.
//!
//! A subscription that has ended is locked, and 7 days later the service deletes the backups. So
//! let a timer run [`Client::renew_expiring`](crate::Client::renew_expiring) every day, on as many
//! machines as you like. See [`RenewExpiring`].
//!
//! | plan | outcome |
//! | --- | --- |
//! | Its subscription ends later. | It is not in the [`RenewalReport`]. |
//! | Its subscription ends within the time, or ended at most 7 days ago. | [`RenewalOutcome::Due`] in a dry run, else [`RenewalOutcome::Renewed`] or [`RenewalOutcome::Failed`] |
//! | Its subscription ended more than 7 days ago. | [`RenewalRefusal::Overdue`], unless [`include_overdue`](RenewExpiring::include_overdue) |
//! | It has ended, and the term may not last beyond the time. | [`RenewalRefusal::TermTooShort`] |
//! | The service reports no end. | [`RenewalRefusal::NoExpiry`] |
//! | It is pay-as-you-go. | [`RenewalRefusal::PayAsYouGo`] if [`plans`](RenewExpiring::plans) names it; else it is not in the report |
//! | [`plans`](RenewExpiring::plans) names it, and it is not listed. | [`RenewalRefusal::NotFound`] |

mod due;
mod order;
mod renewal;
mod run;
mod table;

pub use self::renewal::{Renewal, RenewalOutcome, RenewalRefusal, RenewalReport};
pub use self::run::{RenewExpiring, RenewalFuture};
