//! RAM policies with the least privilege for a list of operations.
//!
//! [`policy`] takes the RAM actions of the operations that an application calls
//! ([`Operation::RAM`](crate::Operation::RAM)) and returns a [`Policy`]. `Display` and serde write
//! it as JSON. [`in_region`](Policy::in_region), [`of_account`](Policy::of_account),
//! [`for_plan`](Policy::for_plan) and [`for_instance`](Policy::for_instance) limit its resources.
//!
//! # Examples
//!
//! ```
//! use aliyun_dbs::Operation;
//! use aliyun_dbs::operations::{CreateBackupPlan, DescribeBackupPlanList, StartBackupPlan, ram};
//!
//! let policy = ram::policy([
//!     CreateBackupPlan::RAM,
//!     DescribeBackupPlanList::RAM,
//!     StartBackupPlan::RAM,
//! ]);
//! assert_eq!(
//!     policy.to_string(),
//!     r#"{
//!   "Version": "1",
//!   "Statement": [
//!     {
//!       "Effect": "Allow",
//!       "Action": [
//!         "dbs:CreateBackupPlan"
//!       ],
//!       "Resource": [
//!         "*"
//!       ]
//!     },
//!     {
//!       "Effect": "Allow",
//!       "Action": [
//!         "dbs:DescribeBackupPlanList",
//!         "dbs:StartBackupPlan"
//!       ],
//!       "Resource": [
//!         "acs:dbs:*:*:backupplan/*"
//!       ]
//!     }
//!   ]
//! }"#
//! );
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Serialize, Serializer};

use crate::rpc::operation::RamAction;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AliyunId, BackupPlanId, InstanceId};

/// Returns the policy that allows these actions and nothing else.
///
/// It covers all regions, accounts, plans and instances until a method of [`Policy`] limits it. Source: the RAM table of the
/// vendor's page of each operation.
pub fn policy(actions: impl IntoIterator<Item = RamAction>) -> Policy {
    Policy {
        actions: actions.into_iter().collect(),
        regions: Vec::new(),
        account: None,
        plans: Vec::new(),
        instances: Vec::new(),
    }
}

/// A RAM policy document, which `Display` and serde write as JSON.
///
/// The methods limit the resources of its actions. Actions that the service checks on `*` only,
/// such as `dbs:CreateBackupPlan`, stay unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    actions: BTreeSet<RamAction>,
    regions: Vec<Region>,
    account: Option<AliyunId>,
    plans: Vec<BackupPlanId>,
    instances: Vec<InstanceId>,
}

impl Policy {
    /// Limits the policy to the plans and instances of a region. Repeated calls add regions.
    pub fn in_region(mut self, region: Region) -> Self {
        self.regions.push(region);
        self
    }

    /// Limits the policy to the plans and instances of an account.
    pub fn of_account(mut self, account: AliyunId) -> Self {
        self.account = Some(account);
        self
    }

    /// Limits the policy to a plan. Repeated calls add plans.
    ///
    /// The vendor lists two operations of advanced download with a plan as their resource, although
    /// their requests have none:
    /// [`DescribeDownloadSupport`](crate::v2021_01_01::operations::DescribeDownloadSupport) and
    /// [`DescribeDownloadBackupSetStorageInfo`](crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo).
    /// Give them a policy of their own, which covers all plans.
    pub fn for_plan(mut self, plan: BackupPlanId) -> Self {
        self.plans.push(plan);
        self
    }

    /// Limits the policy to an instance. Repeated calls add instances.
    ///
    /// Only for the operations of advanced download that have an instance as their resource.
    pub fn for_instance(mut self, instance: InstanceId) -> Self {
        self.instances.push(instance);
        self
    }

    /// Returns the resources for a pattern of the vendor's pages.
    fn resources(&self, pattern: &str) -> Vec<String> {
        let account = self.account.as_ref().map_or("*", AliyunId::as_str);
        let or_any =
            |given: Vec<String>| if given.is_empty() { vec!["*".to_owned()] } else { given };
        let plans = or_any(self.plans.iter().map(ToString::to_string).collect());
        let instances = or_any(self.instances.iter().map(ToString::to_string).collect());
        let regions = or_any(self.regions.iter().map(ToString::to_string).collect());
        let mut resources: Vec<_> = regions
            .iter()
            .flat_map(|region| plans.iter().map(move |plan| (region, plan)))
            .flat_map(|(region, plan)| instances.iter().map(move |id| (region, plan, id)))
            .map(|(region, plan, instance)| {
                pattern
                    .replace("{#regionId}", region)
                    .replace("{#accountId}", account)
                    .replace("{#BackupPlanId}", plan)
                    .replace("{#DbInstanceId}", instance)
            })
            .collect();
        resources.sort_unstable();
        resources.dedup();
        resources
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    action: Vec<String>,
    resource: Vec<String>,
}

impl Policy {
    fn document(&self) -> Document {
        let mut by_resource: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for action in &self.actions {
            by_resource.entry(action.resource).or_default().push(action.to_string());
        }
        let statement = by_resource
            .into_iter()
            .map(|(pattern, action)| Statement {
                effect: "Allow",
                action,
                resource: self.resources(pattern),
            })
            .collect();
        Document { version: "1", statement }
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string_pretty(&self.document()).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::operation::Operation;
    use crate::v2019_03_06::operations::{ALL, CreateBackupPlan, StartBackupPlan};

    #[test]
    fn policy_names_regions_account_and_plans() {
        let policy = policy([StartBackupPlan::RAM, CreateBackupPlan::RAM, StartBackupPlan::RAM])
            .in_region(Region::Hangzhou)
            .in_region(Region::Beijing)
            .of_account("1234567890123456".parse().unwrap())
            .for_plan("dbs1".parse().unwrap());
        let json = serde_json::to_value(&policy).unwrap();
        assert_eq!(json["Statement"][0]["Action"], serde_json::json!(["dbs:CreateBackupPlan"]));
        assert_eq!(json["Statement"][0]["Resource"], serde_json::json!(["*"]));
        assert_eq!(json["Statement"][1]["Action"], serde_json::json!(["dbs:StartBackupPlan"]));
        assert_eq!(
            json["Statement"][1]["Resource"],
            serde_json::json!([
                "acs:dbs:cn-beijing:1234567890123456:backupplan/dbs1",
                "acs:dbs:cn-hangzhou:1234567890123456:backupplan/dbs1",
            ])
        );
    }

    #[test]
    fn all_actions_are_allowed_without_placeholders() {
        let text = policy(ALL.iter().map(|info| info.ram)).to_string();
        for info in ALL {
            assert_eq!(text.matches(&format!("\"{}\"", info.ram)).count(), 1);
        }
        assert!(!text.contains('#'), "{text}");
    }
}
