//! Tests of what users write: regions, values in files, names of other tools, requests as YAML.

use std::fmt::Debug;
use std::str::FromStr;

use aliyun_dbs::operations::{
    CreateAndStartBackupPlan, CreateBackupPlan, DescribeBackupPlanList, ModifyBackupObjects,
    from_deserializer, from_json,
};
use aliyun_dbs::types::*;
use aliyun_dbs::{
    ApiRequest, Client, Config, Error, ErrorKind, Period, Region, RegionId, RetryPolicy,
};
use serde::de::DeserializeOwned;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};

fn yaml<O: aliyun_dbs::operations::NamedOperation>(text: &str) -> Result<O, Error> {
    from_deserializer(serde_yaml_ng::Deserializer::from_str(text))
}

fn build(region: RegionId) -> Result<Client, Error> {
    let transport = ScriptedTransport::new()
        .fail(TransportError::not_sent("dns error: no such host").permanent());
    let builder = Client::builder().region(region).credentials(Credentials::new("id", "secret"));
    builder.transport(transport).retry(RetryPolicy::never()).build()
}

/// Returns the configuration of an environment with only `ALIYUN_DBS_REGION`.
fn variable(region: &'static str) -> Config {
    Config::from_env_with(|name| (name == "ALIYUN_DBS_REGION").then(|| region.to_owned())).unwrap()
}

#[tokio::test]
async fn misspelled_region_is_rejected_everywhere() {
    let says = |error: &dyn std::fmt::Display| {
        let error = error.to_string();
        assert!(error.contains("did you mean `cn-hangzhou`?"), "{error}");
    };
    says(&"cn-hangzou".parse::<Region>().unwrap_err());
    says(&build(RegionId::new("cn-hangzou").unwrap()).unwrap_err());
    says(&build("cn-hangzhuo".parse().unwrap()).unwrap_err());
    says(&from_json::<DescribeBackupPlanList>(r#"{"Region":"cn-hangzou"}"#).unwrap_err());
    says(&yaml::<DescribeBackupPlanList>("Region: cn-hangzou").unwrap_err());
    let file: Config = serde_yaml_ng::from_str("region: cn-hangzou").unwrap();
    for config in [file, variable("cn-hangzou")] {
        let builder = Client::builder().config(config).credentials(Credentials::new("id", "s"));
        says(&builder.build().unwrap_err());
    }

    // A region that really has such an id.
    let region = RegionId::new("cn-hangzou").unwrap();
    assert_eq!(Region::from(&region).as_str(), "cn-hangzou");
    let builder = Client::builder().region(region).credentials(Credentials::new("id", "s"));
    builder.endpoint("https://dbs-api.cn-hangzou.aliyuncs.com").build().unwrap();
}

#[tokio::test]
async fn unknown_region_is_accepted_everywhere() {
    for id in ["cn-guangzhou", "cn-nanjing", "ap-southeast-7"] {
        let region: Region = id.parse().unwrap();
        let json = format!(r#"{{"Region":"{id}"}}"#);
        let list: DescribeBackupPlanList = from_json(&json).unwrap();
        assert_eq!(list.region, Some(region));
        assert_eq!(yaml::<DescribeBackupPlanList>(&json).unwrap().region, Some(region));
        let file: Config = serde_yaml_ng::from_str(&format!("region: {id}")).unwrap();
        for config in [file, variable(id)] {
            let builder = Client::builder().config(config).credentials(Credentials::new("id", "s"));
            assert!(builder.build().unwrap().endpoint().authority().contains(id));
        }

        let error = build(region.into()).unwrap().send(list).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        let text = error.to_string();
        let host = format!("`dbs-api.{id}.aliyuncs.com` of region `{id}`");
        assert!(text.contains(&host), "{text}");
    }
}

#[track_caller]
fn reads<T: FromStr<Err: Debug> + DeserializeOwned + PartialEq + Debug>(text: &str) {
    let parsed: T = text.parse().unwrap();
    let json = serde_json::to_string(text).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), parsed, "JSON {text}");
    let from_yaml: T = serde_yaml_ng::from_str(&json).unwrap();
    assert_eq!(from_yaml, parsed, "YAML {text}");
    let [field] = serde_yaml_ng::from_str::<[T; 1]>(&format!("[{json}]")).unwrap();
    assert_eq!(field, parsed);
}

#[test]
fn every_type_with_a_text_form_reads_it_by_serde() {
    reads::<Period>("1 year");
    reads::<Period>("11 months");
    reads::<PeriodUnit>("month");
    reads::<Region>("cn-nanjing");
    reads::<RegionId>("cn-nanjing");
    reads::<StartTime>("02:00");
    reads::<Weekday>("monday");
    reads::<Weekdays>("Monday, Friday");
    reads::<PageSize>("50");
    reads::<PageSizeChoice>("100");
    reads::<RetentionDays>("365");
    reads::<Port>("3306");
    reads::<KilobytesPerSecond>("1024");
    reads::<BackupGatewayId>("7");
    reads::<AgentTaskId>("7");
    reads::<ClientToken>("order-1");
    reads::<BackupPlanId>("dbs1");
    reads::<OrderId>("20710");
    reads::<BackupSetId>("s1");
    reads::<BackupSetJobId>("j1");
    reads::<BackupSetDownloadTaskId>("d1");
    reads::<RestoreTaskId>("r1");
    reads::<JobId>("j1");
    reads::<BackupGatewayIdentifier>("g1");
    reads::<InstanceId>("rm-1");
    reads::<OssBucketName>("bucket");
    reads::<ResourceGroupId>("rg-1");
    reads::<RamRoleName>("role");
    reads::<AliyunId>("12345");
    reads::<DatabaseHost>("db.internal");
    reads::<BackupObjects>(r#"[{"DBName":"orders"}]"#);
    reads::<RestoreObjects>(r#"[{"DBName":"orders"}]"#);
    reads::<DatabaseType>("mssql");
    reads::<InstanceClass>("Small");
    reads::<BackupMethod>("LOGICAL");
    reads::<ErrorCode>("Param.NotFound");
}

#[test]
fn setters_of_lists_take_arrays() {
    let request = ModifyBackupObjects::builder()
        .backup_plan_id("dbs1".parse().unwrap())
        .backup_objects([BackupObject::database("crm"), BackupObject::database("orders")])
        .build();
    let sent = request.parameters().unwrap();
    assert_eq!(sent.get("BackupObjects"), Some(r#"[{"DBName":"crm"},{"DBName":"orders"}]"#));
}

#[test]
fn term_in_a_file_is_read_as_text_or_parameters() {
    #[derive(serde::Deserialize)]
    struct Plan {
        period: Period,
    }
    for text in ["period: 1 year", "period: {Period: Year, UsedTime: 1}"] {
        let plan: Plan = serde_yaml_ng::from_str(text).unwrap();
        assert_eq!(plan.period, Period::years::<1>(), "{text}");
    }
    for (text, says) in [
        ("12 months", "for 12 months use 1 year"),
        ("3 weeks", "expected a term such as `3 years`"),
        ("7", "a term such as `3 years`"),
    ] {
        let error = serde_yaml_ng::from_str::<Period>(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn misspelled_parameter_of_any_format_is_rejected() {
    for text in ["PagSize: 100", "PageSize: 100\nregion: cn-hangzhou"] {
        let error = yaml::<DescribeBackupPlanList>(text).unwrap_err();
        let name = if text.contains("PagSize") { "`PagSize`" } else { "`region`" };
        assert!(error.to_string().contains(name), "{error}");
    }
    let list: DescribeBackupPlanList = yaml("PageSize: '100'\nPageNum: 2").unwrap();
    assert_eq!((list.page_size, list.page_num), (Some(PageSize::MAX), Some(2)));
    for text in ["[1]", "x", "", "a: [", "\"hunter2: 1"] {
        let error = yaml::<DescribeBackupPlanList>(text).unwrap_err().to_string();
        assert!(error.contains("parameters by name") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn deserializer_errors_quote_no_password() {
    use aliyun_dbs::operations::ConfigureBackupPlan;
    for text in [
        "SourceEndpointPassword: 84739201",
        "SourceEndpointPassword: *hunter2",
        "SourceEndpointPassword: x\nSourceEndpointPassword: hunter2",
        "? [hunter2]\n: 1",
        "SourceEndpointPassword: 'hunter2",
    ] {
        let error = yaml::<ConfigureBackupPlan>(text).unwrap_err();
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("hunter2") && !shown.contains("84739201"), "{shown}");
    }
}

#[test]
fn names_of_other_tools_are_suggested() {
    #[track_caller]
    fn suggests<T: WireEnum + FromStr<Err = InvalidValue> + Debug>(text: &str, value: T) {
        let error = text.parse::<T>().unwrap_err();
        let hint = format!("did you mean `{}`?", value.as_str());
        assert!(error.to_string().ends_with(&hint), "{error}");
    }
    for text in ["sqlserver", "SQL Server", "sql-server", "SqlServer"] {
        suggests(text, DatabaseType::SqlServer);
    }
    for text in ["postgres", "Postgres", "pgsql"] {
        suggests(text, DatabaseType::PostgreSql);
    }
    suggests("mongo", DatabaseType::MongoDb);
    suggests("Mongo DB", DatabaseType::MongoDb);
    suggests("maria", DatabaseType::MariaDb);
    suggests("x-large", InstanceClass::Xlarge);
    suggests("dump", BackupMethod::Duplication);
    suggests("PayAsYouGo", PayType::Postpay);
    suggests("Subscription", PayType::Prepay);
    suggests("years", PeriodUnit::Year);
    suggests("weekly", BackupStrategyType::Simple);
    suggests("on-demand", BackupStrategyType::Manual);
    suggests("redis", SourceInstanceProduct::Kvstore);
    suggests("mongodb", EndpointInstanceType::Dds);
    assert!(!"mars".parse::<DatabaseType>().unwrap_err().to_string().contains("did you mean"));
}

const PLAN: &str = r#""Region":"cn-hangzhou","DatabaseType":"MySQL","InstanceClass":"xlarge",
    "BackupPlanName":"orders","SourceEndpointInstanceType":"RDS",
    "SourceEndpointRegion":"cn-hangzhou","SourceEndpointInstanceID":"rm-1",
    "SourceEndpointUserName":"dbs","SourceEndpointPassword":"hunter2""#;

/// Returns the parameters that a request sends, made from what the Terraform provider sends.
fn sent(more: &str) -> Result<aliyun_dbs::Parameters, Error> {
    let request: CreateAndStartBackupPlan = from_json(&format!("{{{PLAN},{more}}}"))?;
    Ok(ApiRequest::parameters(&request).unwrap())
}

#[test]
fn request_of_terraform_is_sent_unchanged() {
    let weekly = r#""BackupMethod":"logical","PayType":"postpay",
        "BackupPeriod":"Monday","BackupStartTime":"02:00""#;
    let parameters = sent(weekly).unwrap();
    assert_eq!(parameters.get("BackupStrategyType"), None, "it was not requested");
    assert_eq!(parameters.get("BackupPeriod"), Some("Monday"));
    assert_eq!(parameters.get("PayType"), Some("postpay"));
    let simple = format!(r#"{weekly},"BackupStrategyType":"simple""#);
    assert_eq!(sent(&simple).unwrap().get("BackupStrategyType"), Some("simple"));
    let none = r#""BackupMethod":"logical","PayType":"postpay""#;
    assert_eq!(sent(none).unwrap().get("BackupStrategyType"), None);
}

#[test]
fn contradictory_purchase_is_rejected() {
    for (more, says) in [
        (r#""BackupMethod":"physical","PayType":"postpay""#, "BackupLogIntervalSeconds"),
        (
            r#""BackupMethod":"logical","PayType":"postpay","BackupPeriod":"Monday""#,
            "missing `BackupStartTime`",
        ),
        (
            r#""BackupMethod":"logical","PayType":"postpay","Period":"Year","UsedTime":1"#,
            "pay-as-you-go has no term",
        ),
        (r#""BackupMethod":"logical""#, "missing `Period`"),
    ] {
        let error = sent(more).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn values_of_the_terraform_provider_are_known() {
    for (text, value) in [("PPAS", DatabaseType::Ppas), ("FIle", DatabaseType::File)] {
        assert_eq!((text.parse(), value.as_str()), (Ok(value), text));
    }
    assert_eq!("File".parse(), Ok(DatabaseType::File));
    assert_eq!("failure".parse(), Ok(DuplicateConflict::Failure));
    let purchase = r#"{"Region":"cn-hangzhou","DatabaseType":"PPAS","InstanceClass":"micro",
        "BackupMethod":"logical","Period":"Year","UsedTime":1}"#;
    let request: CreateBackupPlan = from_json(purchase).unwrap();
    assert_eq!(ApiRequest::parameters(&request).unwrap().get("PayType"), Some("prepay"));
}
