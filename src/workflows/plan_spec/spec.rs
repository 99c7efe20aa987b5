//! `PlanSpec`: one backup plan as code.

use bon::Builder;
use serde::{Deserialize, Serialize};
use serde_with::{DisplayFromStr, FromInto, serde_as};

use super::billing_text::BillingText;
#[cfg(feature = "schemars")]
use super::billing_text::PeriodText;
use super::checked::Checked;
use super::one_key::OneKey;
use super::schedule::{OtherAccount, PlanSpecSchedule, PlanSpecStorage, Retention};
use super::secret::{SecretError, SecretStore};
use super::source::PlanSpecSource;
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateBackupPlan};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupMethod, BackupPlanId, Billing, CrossAccount, InstanceClass, Period, ResourceGroupId,
    RetentionDays, StorageEncryptMethod, StorageLifecycle,
};

/// One backup plan as code: purchase and configuration together.
///
/// An optional field that is omitted is not managed: it has the service's default when the plan is
/// bought, and is neither compared nor changed later.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{BackupMethod, BackupObject, InstanceClass};
/// use aliyun_dbs::workflows::plan_spec::{
///     DatabaseLocation, LoginSource, PlanSpec, PlanSpecSource, SecretRef,
/// };
/// use aliyun_dbs::{Period, Region};
///
/// let source = LoginSource::builder()
///     .at(DatabaseLocation::Rds {
///         region: Region::Hangzhou,
///         instance: "rm-bp1p8c2947exm".parse()?,
///     })
///     .user("dbs_backup")
///     .password(SecretRef::env("ORDERS_PASSWORD"))
///     .objects([BackupObject::database("orders")])
///     .build();
/// let spec = PlanSpec::builder()
///     .name("orders-nightly")
///     .region(Region::Hangzhou)
///     .class(InstanceClass::Small)
///     .method(BackupMethod::Logical)
///     .billing(Period::years::<1>())
///     .source(PlanSpecSource::MySql(source))
///     .build();
/// spec.check()?;
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_as]
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(description = "One backup plan as code."))]
#[serde(deny_unknown_fields)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct PlanSpec {
    /// The name of the plan, unique in the account. 1 to 128 characters.
    #[cfg_attr(feature = "schemars", schemars(length(min = 1, max = 128)))]
    pub name: String,
    /// How often the plan was deliberately bought again. Defaults to 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[builder(default)]
    pub generation: u32,
    /// The region that the plan belongs to.
    pub region: Region,
    /// The size of the plan, which limits its throughput and sets its price.
    pub class: InstanceClass,
    /// How the data is read from the database.
    pub method: BackupMethod,
    /// The interval of incremental backups in seconds. Only for physical backups.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1)))]
    pub log_interval: Option<u32>,
    /// How the plan is paid: a period such as `1 year`, or `pay_as_you_go`.
    #[serde_as(as = "FromInto<BillingText>")]
    #[cfg_attr(feature = "schemars", schemars(with = "BillingText"))]
    #[builder(into)]
    pub billing: Billing,
    /// Renews the plan when its subscription ends within this number of days.
    pub renew_before: Option<u16>,
    /// The period of a renewal, such as `1 year`. Required with `renew_before`.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<PeriodText>"))]
    pub renew_for: Option<Period>,
    /// The database, with the login of its engine.
    #[serde_as(as = "OneKey")]
    #[cfg_attr(feature = "schemars", schemars(with = "PlanSpecSource"))]
    pub source: PlanSpecSource,
    /// When full backups run.
    #[serde_as(as = "Option<OneKey>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<PlanSpecSchedule>"))]
    pub schedule: Option<PlanSpecSchedule>,
    /// When backups move to cheaper storage, and when they are deleted.
    #[serde_as(as = "Option<Checked<Retention>>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<Retention>"))]
    pub retention: Option<StorageLifecycle>,
    /// Where backups are stored. Fixed by the first configuration.
    #[serde_as(as = "Option<OneKey>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<PlanSpecStorage>"))]
    pub storage: Option<PlanSpecStorage>,
    /// Whether the service encrypts the stored backups. It cannot be turned off later.
    pub encrypted: Option<bool>,
    /// Whether the service also backs up the logs, incrementally.
    pub logs: Option<bool>,
    /// Whether the service connects to the database over TLS.
    pub ssl: Option<bool>,
    /// The other Alibaba Cloud account that owns the database, and its RAM role.
    #[serde_as(as = "Option<FromInto<OtherAccount>>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<OtherAccount>"))]
    pub cross_account: Option<CrossAccount>,
    /// The resource group of the plan.
    pub resource_group: Option<ResourceGroupId>,
    /// The region that stores the backups. Only for the purchase.
    pub storage_region: Option<Region>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference to the field")]
const fn is_zero(generation: &u32) -> bool {
    *generation == 0
}

impl PlanSpec {
    /// Returns the purchase of the plan.
    ///
    /// A pay-as-you-go purchase also names the region of the database, which older pages of the
    /// vendor require.
    pub fn purchase(&self) -> CreateBackupPlan {
        let database_region = match self.billing {
            Billing::PayAsYouGo => self.source.location().region(),
            Billing::Subscription(_) => None,
        };
        CreateBackupPlan::builder()
            .region(self.region)
            .database_type(self.source.database_type())
            .instance_class(self.class)
            .backup_method(self.method)
            .billing(self.billing)
            .maybe_database_region(database_region)
            .maybe_storage_region(self.storage_region)
            .maybe_resource_group_id(self.resource_group.clone())
            .build()
    }

    /// Returns the configuration of the plan, with its secrets.
    ///
    /// # Errors
    ///
    /// If a secret is missing or cannot be read.
    pub fn configuration(
        &self,
        plan: BackupPlanId,
        secrets: &dyn SecretStore,
    ) -> Result<ConfigureBackupPlan, SecretError> {
        let encrypt = self.encrypted.unwrap_or(false).then_some(StorageEncryptMethod::Encrypted);
        let mut request = ConfigureBackupPlan::builder()
            .backup_plan_id(plan)
            .backup_plan_name(self.name.clone())
            .source_endpoint(self.source.endpoint(secrets)?)
            .maybe_enable_source_endpoint_ssl(self.ssl)
            .maybe_cross_account(self.cross_account.clone())
            .maybe_backup_objects(self.source.objects())
            .maybe_schedule(self.schedule.map(Into::into))
            .maybe_enable_backup_log(self.logs)
            .maybe_backup_log_interval_seconds(self.log_interval)
            .maybe_storage(self.storage.clone().map(Into::into))
            .maybe_backup_storage_encrypt_method(encrypt)
            .maybe_resource_group_id(self.resource_group.clone())
            .build();
        if let Some(retention) = self.retention {
            request.backup_retention_period = RetentionDays::new(retention.retention_days()).ok();
            request.duplication_infrequent_access_period =
                Some(retention.infrequent_access_days().into());
            request.duplication_archive_period = Some(retention.archive_days().into());
        }
        Ok(request)
    }
}
