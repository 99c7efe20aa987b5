//! The plans of a fleet, read from a file or generated.

use std::path::Path;

use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupPlanId, BackupSchedule, DatabaseAccess, DatabaseHost,
    DatabaseType, InstanceClass, Port, SourceEndpoint, Weekdays, start_time,
};
use aliyun_dbs::workflows::fleet::FleetSpec;
use aliyun_dbs::{Period, Region};
use serde::Deserialize;

use crate::support::BoxError;

/// One plan: a MySQL-like database at an address, backed up every night.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    /// The name of the plan, unique in the fleet.
    name: String,
    region: Region,
    database_type: DatabaseType,
    instance_class: InstanceClass,
    /// Such as `1 year`.
    period: Period,
    host: DatabaseHost,
    port: Port,
    user_name: String,
    database: String,
    #[serde(skip)]
    password: String,
}

impl Spec {
    fn purchase(&self) -> CreateBackupPlan {
        CreateBackupPlan::builder()
            .region(self.region)
            .database_type(self.database_type)
            .instance_class(self.instance_class)
            .backup_method(BackupMethod::Logical)
            .billing(self.period)
            .build()
    }

    fn configuration(&self, plan: BackupPlanId) -> ConfigureBackupPlan {
        ConfigureBackupPlan::builder()
            .backup_plan_id(plan)
            .backup_plan_name(self.name.clone())
            .source_endpoint(SourceEndpoint::Other {
                host: self.host.clone(),
                port: self.port,
                access: DatabaseAccess::mysql(self.user_name.clone(), self.password.clone()),
            })
            .backup_objects(BackupObject::database(&self.database))
            .schedule(BackupSchedule::weekly(Weekdays::EVERY_DAY, start_time!("02:00")))
            .build()
    }
}

impl From<Spec> for FleetSpec {
    fn from(spec: Spec) -> Self {
        Self::new(spec.name.clone(), spec.purchase(), move |plan| spec.configuration(plan))
    }
}

/// The plans of a fleet.
pub(crate) enum Specs {
    Generated(usize),
    Read(std::vec::IntoIter<Spec>),
}

impl Specs {
    /// Reads a list of plans from a YAML or JSON file.
    pub(crate) fn read(file: &Path) -> Result<Self, BoxError> {
        let password = std::env::var("DBS_PASSWORD").unwrap_or_default();
        if password.is_empty() {
            return Err("DBS_PASSWORD is not set: set it to the password of the databases".into());
        }
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let mut specs: Vec<Spec> = serde_yaml_ng::from_str(&text)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let mut names = std::collections::HashSet::new();
        if let Some(spec) = specs.iter().find(|spec| !names.insert(spec.name.clone())) {
            return Err(format!(
                "{}: duplicate plan `{}`: give each plan its own name",
                file.display(),
                spec.name
            )
            .into());
        }
        for spec in &mut specs {
            password.clone_into(&mut spec.password);
        }
        Ok(Self::Read(specs.into_iter()))
    }
}

impl IntoIterator for Specs {
    type Item = Spec;
    type IntoIter = Box<dyn Iterator<Item = Spec> + Send>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            Self::Read(specs) => Box::new(specs),
            Self::Generated(count) => Box::new((0..count).map(generated)),
        }
    }
}

fn generated(number: usize) -> Spec {
    let host = std::net::IpAddr::from([192, 0, 2, u8::try_from(number % 250).unwrap_or(0) + 1]);
    Spec {
        name: format!("fleet-{number:05}"),
        region: Region::Hangzhou,
        database_type: DatabaseType::MySql,
        instance_class: InstanceClass::Micro,
        period: Period::years::<1>(),
        host: host.into(),
        port: Port::MYSQL,
        user_name: "dbs".to_owned(),
        database: format!("shard_{number}"),
        password: "correct horse".to_owned(),
    }
}
