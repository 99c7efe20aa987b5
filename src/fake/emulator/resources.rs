//! Adds instances and sandboxes, for the control API.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fake::dbs::FakeDbs;
use crate::fake::world::instance::InstanceEngine;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupPlanId, InstanceId};

/// The most instances, and the most sandboxes.
const MAX_RESOURCES: usize = 1000;
/// The most bytes of the id of an instance.
const MAX_ID: usize = 256;

/// The name of an engine in JSON.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EngineName {
    RdsMysql,
    RdsPostgresql,
    PolardbMysql,
    Mongodb,
    RdsSqlserver,
}

impl From<EngineName> for InstanceEngine {
    fn from(name: EngineName) -> Self {
        match name {
            EngineName::RdsMysql => Self::RdsMySql,
            EngineName::RdsPostgresql => Self::RdsPostgreSql,
            EngineName::PolardbMysql => Self::PolarDbMySql,
            EngineName::Mongodb => Self::MongoDb,
            EngineName::RdsSqlserver => Self::RdsSqlServer,
        }
    }
}

impl From<InstanceEngine> for EngineName {
    fn from(engine: InstanceEngine) -> Self {
        match engine {
            InstanceEngine::RdsMySql => Self::RdsMysql,
            InstanceEngine::RdsPostgreSql => Self::RdsPostgresql,
            InstanceEngine::PolarDbMySql => Self::PolardbMysql,
            InstanceEngine::MongoDb => Self::Mongodb,
            InstanceEngine::RdsSqlServer => Self::RdsSqlserver,
        }
    }
}

/// The body of `POST /_emulator/instances`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInstance {
    region: String,
    instance_name: String,
    engine: EngineName,
}

impl NewInstance {
    /// Adds the instance, and returns the ids of its backup sets.
    ///
    /// # Errors
    ///
    /// When a field is invalid, or there are too many instances.
    pub(super) fn add(self, dbs: &FakeDbs) -> Result<Value, String> {
        let region = self.region.parse::<Region>().map_err(|error| error.to_string())?;
        if self.instance_name.len() > MAX_ID {
            let message = format!(
                "invalid field `instance_name`: it is too long; send at most {MAX_ID} bytes"
            );
            return Err(message);
        }
        let id = InstanceId::new(self.instance_name)
            .map_err(|error| format!("invalid field `instance_name`: {error}"))?;
        let instances = dbs.instances();
        let is_new = instances.iter().all(|instance| instance.instance_name != id);
        check_count("instances", instances.len() + usize::from(is_new))?;
        let instance = dbs.add_instance(region, id, self.engine.into());
        let sets: Vec<_> = instance.backup_sets.into_iter().map(|set| set.id).collect();
        Ok(json!({ "instance_name": instance.instance_name, "backup_sets": sets }))
    }
}

/// The body of `POST /_emulator/sandboxes`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSandbox {
    backup_plan_id: String,
}

impl NewSandbox {
    /// Adds the sandbox, and returns its id.
    ///
    /// # Errors
    ///
    /// When the plan cannot have a sandbox, or there are too many.
    pub(super) fn add(self, dbs: &FakeDbs) -> Result<Value, String> {
        let plan = BackupPlanId::new(self.backup_plan_id)
            .map_err(|error| format!("invalid field `backup_plan_id`: {error}"))?;
        check_count("sandboxes", dbs.sandboxes().len() + 1)?;
        let id = dbs.add_sandbox(&plan).ok_or_else(|| {
            format!(
                "cannot add a sandbox of plan `{plan}`: expected a MySQL plan with a finished full \
                 backup"
            )
        })?;
        Ok(json!({ "instance_id": id }))
    }
}

fn check_count(what: &str, count: usize) -> Result<(), String> {
    if count <= MAX_RESOURCES {
        return Ok(());
    }
    Err(format!(
        "too many {what}: at most {MAX_RESOURCES} are kept; remove them with `POST /_emulator/reset`"
    ))
}
