//! `UnresolvedPurchase`: a purchase that may have been executed, and must not be repeated blindly.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::options::ProvisionOptions;
use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::{BackupPlanDetail, ConfigureBackupPlan};

/// The most candidates that a message lists.
const MAX_LISTED: usize = 5;

/// A purchase that may have been executed, whose plan is not recorded.
///
/// Its client token is so old that the service may have forgotten it, so sending the purchase again
/// could buy a second plan. Continue with one of the [candidates](Self::candidates)
/// ([`resume`](Self::resume)), or buy a plan ([`buy_anyway`](Self::buy_anyway)).
///
/// Without candidates, an earlier plan may still exist: if it was configured by hand, or is not
/// listed yet. Check the orders of the account before you buy.
///
/// # Examples
///
/// ```no_run
/// # async fn example(provision: aliyun_dbs::workflows::Provision)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// let provisioned = match provision.await {
///     Ok(provisioned) => provisioned,
///     Err(error) => {
///         let purchase = error.into_unresolved()?;
///         for plan in purchase.candidates() {
///             println!("{} of {:?}", plan.backup_plan_id, plan.backup_plan_create_time);
///         }
///         // A person has confirmed that the first one belongs to this purchase.
///         let plan = purchase.candidates()[0].backup_plan_id.clone();
///         purchase.resume(plan).await?
///     }
/// };
/// # Ok(()) }
/// ```
pub struct UnresolvedPurchase(Box<UnresolvedInner>);

pub(super) struct UnresolvedInner {
    pub(super) options: ProvisionOptions,
    pub(super) configuration: ConfigureBackupPlan,
    pub(super) token: ClientToken,
    pub(super) since: Option<OffsetDateTime>,
    pub(super) candidates: Vec<BackupPlanDetail>,
    /// Whether the candidates are plans with the name of the configuration.
    pub(super) same_name: bool,
}

impl UnresolvedPurchase {
    pub(super) fn new(inner: UnresolvedInner) -> Self {
        Self(Box::new(inner))
    }

    pub(super) fn into_inner(self) -> UnresolvedInner {
        *self.0
    }

    /// Returns the unconfigured plans that match the purchase and its time, oldest first.
    ///
    /// If the purchase is one of a [fleet](super::super::fleet::Fleet) whose journal was lost, they are
    /// the plans that have the name of the configuration.
    pub fn candidates(&self) -> &[BackupPlanDetail] {
        &self.0.candidates
    }

    /// Returns the client token of the purchase.
    pub fn client_token(&self) -> &ClientToken {
        &self.0.token
    }

    /// Returns when the token was first used. `None` if it is not known.
    pub fn since(&self) -> Option<OffsetDateTime> {
        self.0.since
    }
}

/// Writes ` of` and a time, in whole seconds.
fn write_time(f: &mut fmt::Formatter<'_>, time: Option<OffsetDateTime>) -> fmt::Result {
    let Some(time) = time else { return Ok(()) };
    let seconds = time.replace_nanosecond(0).unwrap_or(time);
    match seconds.format(&Rfc3339) {
        Ok(time) => write!(f, " of {time}"),
        Err(_) => write!(f, " of {seconds}"),
    }
}

/// Writes why the purchase is not sent, and how to continue.
impl fmt::Display for UnresolvedPurchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnresolvedInner { token, since, candidates, same_name, .. } = &*self.0;
        write!(f, "the purchase with client token `{token}`")?;
        write_time(f, *since)?;
        f.write_str(if *same_name {
            " may have been executed, and the journal may have been lost: "
        } else {
            " may have been executed, and the service may have forgotten the token: "
        })?;
        match candidates.len() {
            1 if *same_name => f.write_str("1 plan has the configured name (")?,
            count if *same_name && count > 1 => {
                write!(f, "{count} plans have the configured name (")?;
            }
            0 => {
                return f.write_str(
                    "no unconfigured plan matches; check the orders of the account, then buy \
                     (`buy_anyway`)",
                );
            }
            1 => f.write_str("1 unconfigured plan matches (")?,
            count => write!(f, "{count} unconfigured plans match (")?,
        }
        for (index, plan) in candidates.iter().take(MAX_LISTED).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}`{}`", plan.backup_plan_id)?;
            write_time(f, plan.backup_plan_create_time)?;
        }
        if candidates.len() > MAX_LISTED {
            f.write_str(", …")?;
        }
        let which = if candidates.len() == 1 { "it" } else { "one of them" };
        write!(f, "); continue with {which} (`resume`), or buy another plan (`buy_anyway`)")
    }
}

/// Shows no configuration, because that contains a password.
impl fmt::Debug for UnresolvedPurchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let candidates: Vec<_> =
            self.0.candidates.iter().map(|plan| &plan.backup_plan_id).collect();
        f.debug_struct("UnresolvedPurchase")
            .field("client_token", &self.0.token)
            .field("since", &self.0.since)
            .field("candidates", &candidates)
            .finish_non_exhaustive()
    }
}
