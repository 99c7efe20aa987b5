//! Tests of RAM policies for the operations of both API versions.

use aliyun_dbs::operations::ram;
use aliyun_dbs::{RamAction, Region};
use serde_json::Value;

use crate::support::published::VERSIONS;

/// Returns the resources of a policy, and its actions.
fn parts(policy: &ram::Policy) -> (Vec<String>, Vec<String>) {
    let document: Value = serde_json::from_str(&policy.to_string()).unwrap();
    let collect = |field: &str| {
        let statements = document["Statement"].as_array().unwrap().iter();
        let values = statements.flat_map(|statement| statement[field].as_array().unwrap());
        values.map(|value| value.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    (collect("Resource"), collect("Action"))
}

fn all_actions() -> impl Iterator<Item = RamAction> {
    VERSIONS.iter().flat_map(|version| version.all.iter().map(|info| info.ram))
}

#[test]
fn policies_have_no_placeholders() {
    let whole = ram::policy(all_actions());
    let limited = ram::policy(all_actions())
        .in_region(Region::Hangzhou)
        .of_account("123456789012".parse().unwrap())
        .for_plan("dbs1h".parse().unwrap())
        .for_instance("rm-1".parse().unwrap());
    for policy in [&whole, &limited] {
        let (resources, actions) = parts(policy);
        assert_eq!(actions.len(), all_actions().count());
        assert!(resources.iter().all(|resource| !resource.contains(['{', '#'])), "{resources:?}");
    }
    let (resources, _) = parts(&limited);
    assert_eq!(
        resources,
        [
            "*",
            "acs:dbs:cn-hangzhou:123456789012:backupplan/dbs1h",
            "acs:rds:cn-hangzhou:123456789012:dbinstance/rm-1",
        ]
    );
}
