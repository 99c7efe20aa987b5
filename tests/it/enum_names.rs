//! Names of enums without data, and the properties that all errors of workflows have.

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};

use aliyun_dbs::fake::{
    ErrorBuilder, FakeDbs, InstanceEngine, provision_error, wait_error, wait_error_of,
};
use aliyun_dbs::observe::AttemptOutcome;
use aliyun_dbs::types::{DatabaseAccess, RestoreDestination, RestoreObject};
use aliyun_dbs::wait::WaitErrorKind;
use aliyun_dbs::workflows::drill::DrillStage;
use aliyun_dbs::workflows::fleet::{FleetError, JournalError, JournalErrorKind};
use aliyun_dbs::workflows::reconcile::ReconcileError;
use aliyun_dbs::workflows::report::WindowKind;
use aliyun_dbs::workflows::{DownloadError, ProvisionCause, ProvisionError, ProvisionStage};
use aliyun_dbs::{
    Client, Config, Endpoint, Error, ErrorKind, Network, Region, RetryPolicy, Safety,
    SignatureVersion,
};

/// Asserts the names, and that `Display` pads them.
#[track_caller]
fn assert_names<T: Copy + Display + Debug>(
    name: fn(T) -> &'static str,
    values: &[T],
    expected: &[&str],
) {
    let names: Vec<_> = values.iter().map(|value| name(*value)).collect();
    assert_eq!(names, expected);
    for value in values {
        assert_eq!(format!("{value:>20}"), format!("{:>20}", name(*value)));
    }
}

#[test]
fn every_enum_has_names_for_metric_labels() {
    assert_names(
        Safety::as_str,
        &[Safety::ReadOnly, Safety::IdempotentByToken, Safety::Mutating],
        &["read_only", "idempotent_by_token", "mutating"],
    );
    assert_names(Network::as_str, &[Network::Public, Network::Vpc], &["public", "vpc"]);
    assert_names(
        SignatureVersion::as_str,
        &[SignatureVersion::Acs3, SignatureVersion::RpcV1],
        &["acs3", "rpc-v1"],
    );
    {
        use WaitErrorKind::{Call, Failed, TimedOut};
        assert_names(
            WaitErrorKind::as_str,
            &[TimedOut, Failed, Call],
            &["timed_out", "failed", "call"],
        );
    }
    {
        use JournalErrorKind::{Conflict, Corrupt, Full, Held, NotEntered, Other, Unavailable};
        assert_names(
            JournalErrorKind::as_str,
            &[Unavailable, Held, Corrupt, Full, Conflict, NotEntered, Other],
            &["unavailable", "held", "corrupt", "full", "conflict", "not_entered", "other"],
        );
    }
    assert_names(WindowKind::as_str, &[WindowKind::Backup, WindowKind::Logs], &["backup", "logs"]);
    assert_names(
        DrillStage::as_str,
        &[DrillStage::PreCheck, DrillStage::Restore],
        &["pre-check", "restore"],
    );
    let stages = ["prepare", "create", "settle", "configure", "pre-check", "start", "run"];
    assert_names(ProvisionStage::as_str, ProvisionStage::ALL, &stages);
    {
        use InstanceEngine::{MongoDb, PolarDbMySql, RdsMySql, RdsPostgreSql, RdsSqlServer};
        assert_names(
            InstanceEngine::as_str,
            &[RdsMySql, RdsPostgreSql, PolarDbMySql, MongoDb, RdsSqlServer],
            &["rds_mysql", "rds_postgresql", "polardb_mysql", "mongodb", "rds_sqlserver"],
        );
    }
    // Labels are kept in sets.
    let outcomes = [AttemptOutcome::Succeeded, AttemptOutcome::Abandoned];
    assert_eq!(outcomes.into_iter().collect::<std::collections::HashSet<_>>().len(), 2);
}

#[test]
fn settings_are_parsed_as_in_files() {
    for text in ["vpc", "VPC", " Vpc "] {
        assert_eq!(text.parse(), Ok(Network::Vpc), "{text}");
    }
    for text in ["rpc-v1", "RPC_V1"] {
        assert_eq!(text.parse(), Ok(SignatureVersion::RpcV1), "{text}");
        let file: SignatureVersion = serde_yaml_ng::from_str(text).unwrap();
        assert_eq!(file, SignatureVersion::RpcV1);
    }
    let error = "inner".parse::<Network>().unwrap_err().to_string();
    assert_eq!(error, "invalid network `inner`: expected `public` or `vpc`");
    let config = serde_yaml_ng::from_str::<Config>("network: inner").unwrap_err().to_string();
    assert!(config.contains(&error), "{config}");
    let endpoint: Endpoint = serde_json::from_str(r#""127.0.0.1:8080""#).unwrap();
    assert_eq!(serde_json::to_string(&endpoint).unwrap(), r#""https://127.0.0.1:8080""#);
    let sorted: BTreeSet<_> = [Network::Vpc, Network::Public].into_iter().collect();
    assert_eq!(sorted.first(), Some(&Network::Public));
}

fn provision(cause: impl Into<ProvisionCause>) -> ProvisionError {
    provision_error(ProvisionStage::Create, None, cause)
}

#[test]
fn errors_of_workflows_have_the_call_and_its_outcome() {
    for (builder, executed) in
        [(ErrorBuilder::interrupted(), true), (ErrorBuilder::connect(), false)]
    {
        let call = || builder.clone().build();
        let check = |found: Option<&Error>, may_have_executed: bool| {
            assert_eq!(found.unwrap().kind(), call().kind());
            assert_eq!(may_have_executed, executed);
        };
        let error = wait_error_of(call());
        check(error.call(), error.may_have_executed());
        let error = provision(call());
        check(error.call(), error.may_have_executed());
        let error = DownloadError::Call { task: None, error: call() };
        check(error.call(), error.may_have_executed());
        let error = ReconcileError::from(wait_error_of(call()));
        check(error.call(), error.may_have_executed());
        let error = FleetError::from(provision(call()));
        check(error.call(), error.may_have_executed());
        let error = FleetError::Reconcile(provision(call()).into());
        check(error.call(), error.may_have_executed());
    }
    assert!(!wait_error(WaitErrorKind::TimedOut, "the plan").may_have_executed());
    assert!(ReconcileError::LateOption.may_have_executed());
    let journal = FleetError::Journal(JournalError::held("another process has it"));
    assert!(journal.call().is_none() && !journal.may_have_executed());
}

#[tokio::test]
async fn error_of_a_drill_has_the_call_and_its_outcome() {
    let dbs = FakeDbs::with_seed(1);
    let client = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = client.transport(dbs.clone()).retry(RetryPolicy::never()).build().unwrap();
    let destination = RestoreDestination::Rds {
        region: Region::Hangzhou,
        instance_id: "rm-2".parse().unwrap(),
        access: DatabaseAccess::mysql("dbs", "hunter2"),
        objects: RestoreObject::database("orders").into(),
    };
    let drill = || client.drill("dbs1".parse().unwrap()).restore_to(destination.clone());
    for (executed, kind) in [(true, ErrorKind::Interrupted), (false, ErrorKind::Connect)] {
        dbs.faults().clear();
        if executed {
            dbs.faults().drop_after_processing("*").always();
        } else {
            dbs.faults().refuse_connection("*").always();
        }
        let error = drill().await.unwrap_err();
        assert_eq!(error.call().unwrap().kind(), kind);
        assert_eq!(error.may_have_executed(), executed, "{error}");
    }
    dbs.faults().clear();
    let error = drill().await.unwrap_err();
    assert!(!error.may_have_executed(), "{error}");
}
