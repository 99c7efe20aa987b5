//! Tests of the two forms of the id of a plan, which version 2021-01-01 distinguishes.

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::v2021_01_01::operations::{
    ChangeResourceGroup, DeleteSandboxInstance, DescribeSandboxBackupSets,
    DescribeSandboxInstances, DescribeSandboxRecoveryTime,
};
use aliyun_dbs::v2021_01_01::types::{BarePlanId, BilledItemId, PrefixedPlanId};
use aliyun_dbs::{ApiRequest, Operation};
use proptest::prelude::*;
use serde_json::json;

/// Ids in both forms, also those that begin with the prefix twice or are the prefix.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "(dbs)?[a-z0-9]{1,20}",
        4 => "(dbs){1,3}[0-9a-z]{0,3}",
        1 => Just("dbs".to_owned()),
        1 => "d|db|DBS1h|dbss|-dbs|[^\\s,\\p{C}]{1,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn forms_convert_into_each_other(id in id()) {
        let Ok(plan) = BackupPlanId::new(&id) else { return Ok(()) };
        let (bare, prefixed) = (plan.bare(), plan.prefixed());
        prop_assert_eq!(BackupPlanId::from(prefixed.clone()).bare(), bare.clone());
        prop_assert_eq!(BackupPlanId::from(bare.clone()).prefixed(), prefixed.clone());
        prop_assert_eq!(format!("dbs{bare}"), prefixed.to_string());
        // The form with the prefix is the same after any number of conversions.
        let whole = BackupPlanId::from(bare.clone());
        prop_assert_eq!(whole.as_str(), prefixed.as_str());
        prop_assert_eq!(whole.prefixed(), prefixed.clone());
        prop_assert_eq!(&whole.bare(), &bare);
        prop_assert!(id == bare.as_str() || id == prefixed.as_str(), "{}", id);
    }

    #[test]
    fn parsing_accepts_one_form(id in id()) {
        let Ok(plan) = BackupPlanId::new(&id) else { return Ok(()) };
        let has_prefix = id.len() > 3 && id.starts_with("dbs");
        match BarePlanId::new(&id) {
            Ok(bare) => prop_assert!(!has_prefix && bare == plan.bare() && bare.as_str() == id),
            Err(error) => {
                prop_assert!(has_prefix, "{}", error);
                prop_assert!(error.to_string().contains("`BackupPlanId::bare`"), "{}", error);
            }
        }
        match PrefixedPlanId::new(&id) {
            Ok(prefixed) => {
                prop_assert!(has_prefix && prefixed == plan.prefixed() && prefixed.as_str() == id);
            }
            Err(error) => {
                prop_assert!(!has_prefix, "{}", error);
                prop_assert!(error.to_string().contains("`BackupPlanId::prefixed`"), "{}", error);
            }
        }
        let text = json!(id).to_string();
        prop_assert_eq!(serde_json::from_str::<BarePlanId>(&text).is_ok(), !has_prefix);
        prop_assert_eq!(serde_json::from_str::<PrefixedPlanId>(&text).is_ok(), has_prefix);
    }
}

/// Returns a parameter that a request sends.
fn sent<O: Operation>(request: &O, name: &str) -> String {
    request.parameters().unwrap().get(name).unwrap_or_default().to_owned()
}

#[test]
fn every_operation_sends_the_form_it_needs() {
    for id in ["dbs1h", "1h"] {
        let plan = || BackupPlanId::new(id).unwrap();
        let group = ChangeResourceGroup::builder()
            .new_resource_group_id("rg-1".parse().unwrap())
            .backup_plan_id(plan())
            .build();
        assert_eq!(sent(&group, "ResourceId"), "dbs1h");
        assert_eq!(BilledItemId::from(plan()).as_str(), "dbs1h");
        let delete = DeleteSandboxInstance::builder()
            .backup_plan_id(plan())
            .instance_id("1j".parse().unwrap())
            .build();
        let sets = DescribeSandboxBackupSets::builder().backup_plan_id(plan()).build();
        let sandboxes = DescribeSandboxInstances::builder().backup_plan_id(plan()).build();
        let times = DescribeSandboxRecoveryTime::builder().backup_plan_id(plan()).build();
        let name = "BackupPlanId";
        let bare =
            [sent(&delete, name), sent(&sets, name), sent(&sandboxes, name), sent(&times, name)];
        assert_eq!(bare, ["1h"; 4], "{id}");
    }
}

#[test]
fn requests_from_json_reject_the_other_form() {
    let bare = json!({ "BackupPlanId": "dbs1h" });
    let error = serde_json::from_value::<DescribeSandboxRecoveryTime>(bare).unwrap_err();
    assert!(error.to_string().contains("`BackupPlanId::bare`"), "{error}");
    let prefixed = json!({ "NewResourceGroupId": "rg-1", "ResourceId": "1h" });
    let error = serde_json::from_value::<ChangeResourceGroup>(prefixed).unwrap_err();
    assert!(error.to_string().contains("`BackupPlanId::prefixed`"), "{error}");
}
