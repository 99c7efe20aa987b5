//! `Purchase`: what the purchase of a plan determines.

use time::Duration;

use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupMethod, Billing, ChargeType, ClientToken, DatabaseType, InstanceClass, Period,
    PeriodUnit, ResourceGroupId, SourceInstanceProduct,
};

/// The fields of a purchase. Upgrades change the class.
#[derive(Clone, Debug)]
pub(crate) struct Purchase {
    pub(crate) region: Region,
    pub(crate) database_type: DatabaseType,
    pub(crate) instance_class: InstanceClass,
    pub(crate) backup_method: BackupMethod,
    pub(crate) billing: Billing,
    pub(crate) instance_type: Option<SourceInstanceProduct>,
    pub(crate) database_region: Option<Region>,
    pub(crate) storage_region: Option<Region>,
    pub(crate) storage_type: Option<String>,
    pub(crate) resource_group_id: Option<ResourceGroupId>,
    pub(crate) from_app: Option<String>,
    pub(crate) client_token: Option<ClientToken>,
}

impl Purchase {
    pub(crate) const fn charge_type(&self) -> ChargeType {
        match self.billing {
            Billing::Subscription(_) => ChargeType::Prepay,
            Billing::PayAsYouGo => ChargeType::Postpay,
        }
    }
}

/// Returns the length of a period. Months have 30 days, and years 365.
pub(super) fn length(period: Period) -> Duration {
    let days = match period.unit() {
        PeriodUnit::Year => 365,
        PeriodUnit::Month => 30,
    };
    Duration::days(days * i64::from(period.used_time().get()))
}
