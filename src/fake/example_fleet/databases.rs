//! The databases of the example fleet: names, engines, addresses and logins.

use std::net::IpAddr;
use std::str::FromStr;

use fastrand::Rng;

use crate::fake::world::ids;
use crate::fake::world::world_error::WorldError;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{DatabaseAccess, DatabaseType, Port, SourceEndpoint};

const TEAMS: [&str; 19] = [
    "payments",
    "search",
    "checkout",
    "logistics",
    "accounts",
    "marketing",
    "support",
    "pricing",
    "warehouse",
    "billing",
    "shop",
    "analytics",
    "identity",
    "delivery",
    "returns",
    "partners",
    "mobile",
    "media",
    "finance",
];

// The number of roles has no common factor with that of teams, so that the pairs differ.
const ROLES: [(&str, DatabaseType); 17] = [
    ("ledger", DatabaseType::MySql),
    ("index", DatabaseType::MongoDb),
    ("orders", DatabaseType::MySql),
    ("catalog", DatabaseType::PostgreSql),
    ("invoices", DatabaseType::MySql),
    ("sessions", DatabaseType::Redis),
    ("profiles", DatabaseType::PostgreSql),
    ("stock", DatabaseType::MySql),
    ("tickets", DatabaseType::MySql),
    ("reports", DatabaseType::SqlServer),
    ("prices", DatabaseType::MariaDb),
    ("events", DatabaseType::MongoDb),
    ("contracts", DatabaseType::PostgreSql),
    ("journal", DatabaseType::Oracle),
    ("campaigns", DatabaseType::MySql),
    ("routes", DatabaseType::MySql),
    ("audit", DatabaseType::PostgreSql),
];

/// Regions with the letters that the ids of their instances begin with.
const REGIONS: [(Region, &str); 5] = [
    (Region::Hangzhou, "bp1"),
    (Region::Shanghai, "uf6"),
    (Region::Hangzhou, "bp1"),
    (Region::Beijing, "2ze"),
    (Region::Shenzhen, "wz9"),
];

const USER: &str = "dbs_backup";
const PASSWORD: &str = "example-password";

/// A database that a plan of the example fleet backs up.
pub(super) struct ExampleDatabase {
    /// The name of the plan.
    pub(super) name: String,
    /// The name of the database in its engine.
    pub(super) schema: &'static str,
    pub(super) engine: DatabaseType,
    pub(super) region: Region,
    pub(super) endpoint: SourceEndpoint,
    /// The id of the instance, or `host:port`.
    pub(super) id: String,
}

impl ExampleDatabase {
    /// Returns a database at a new address. The name follows from the index.
    pub(super) fn new(index: usize, random: &mut Rng) -> Result<Self, WorldError> {
        let (role, engine) = ROLES[index % ROLES.len()];
        let mut name = format!("{}-{role}", TEAMS[index % TEAMS.len()]);
        let round = index / (TEAMS.len() * ROLES.len());
        if round > 0 {
            name = format!("{name}-{}", round + 1);
        }
        let (region, letters) = REGIONS[random.usize(..REGIONS.len())];
        let (endpoint, id) = endpoint(engine, role, (region, letters), random)?;
        Ok(Self { name, schema: role, engine, region, endpoint, id })
    }
}

/// Returns an endpoint, and the name of its database in an inventory.
fn endpoint(
    engine: DatabaseType,
    schema: &str,
    (region, letters): (Region, &str),
    random: &mut Rng,
) -> Result<(SourceEndpoint, String), WorldError> {
    let access = access(engine, schema);
    let is_self_managed = random.u8(..10) < 3;
    Ok(match engine {
        DatabaseType::Oracle => {
            let (instance_id, id) = instance("i", letters, random)?;
            (SourceEndpoint::Ecs { region, instance_id, port: Port::ORACLE, access }, id)
        }
        DatabaseType::MongoDb if !is_self_managed => {
            let (instance_id, id) = instance("dds", letters, random)?;
            (SourceEndpoint::Dds { region, instance_id, access }, id)
        }
        engine if is_self_managed || engine == DatabaseType::Redis => {
            let host = IpAddr::from([10, random.u8(20..60), random.u8(..), random.u8(2..)]);
            let port = default_port(engine);
            let id = format!("{host}:{}", port.get());
            (SourceEndpoint::Other { host: host.into(), port, access }, id)
        }
        engine => {
            let prefix = if engine == DatabaseType::PostgreSql { "pgm" } else { "rm" };
            let (instance_id, id) = instance(prefix, letters, random)?;
            (SourceEndpoint::Rds { region, instance_id, access }, id)
        }
    })
}

/// Returns the id of an instance, and the same as a string.
fn instance<T: FromStr + ToString>(
    prefix: &str,
    letters: &str,
    random: &mut Rng,
) -> Result<(T, String), WorldError> {
    let id: T = ids::string(random, &format!("{prefix}-{letters}"), 11)?;
    let name = id.to_string();
    Ok((id, name))
}

fn access(engine: DatabaseType, schema: &str) -> DatabaseAccess {
    match engine {
        DatabaseType::MongoDb => DatabaseAccess::mongodb(USER, PASSWORD, "admin"),
        DatabaseType::PostgreSql => DatabaseAccess::postgresql(USER, PASSWORD, schema),
        DatabaseType::Oracle => DatabaseAccess::oracle(USER, PASSWORD, "ORCL"),
        DatabaseType::Redis => DatabaseAccess::redis(PASSWORD),
        DatabaseType::SqlServer => DatabaseAccess::sql_server(USER, PASSWORD),
        _ => DatabaseAccess::mysql(USER, PASSWORD),
    }
}

const fn default_port(engine: DatabaseType) -> Port {
    match engine {
        DatabaseType::MongoDb => Port::MONGODB,
        DatabaseType::PostgreSql => Port::POSTGRESQL,
        DatabaseType::Oracle => Port::ORACLE,
        DatabaseType::Redis => Port::REDIS,
        DatabaseType::SqlServer => Port::SQL_SERVER,
        _ => Port::MYSQL,
    }
}

/// Returns the error of a database that rejects the login of the backups.
pub(super) const fn login_error(engine: DatabaseType) -> &'static str {
    match engine {
        DatabaseType::MongoDb => {
            "Authentication failed: user `dbs_backup` on database `admin` (code 18)"
        }
        DatabaseType::PostgreSql => {
            "FATAL: password authentication failed for user \"dbs_backup\" (SQLSTATE 28P01)"
        }
        DatabaseType::Oracle => "ORA-01017: invalid username/password; logon denied",
        DatabaseType::Redis => "WRONGPASS invalid username-password pair or user is disabled.",
        DatabaseType::SqlServer => "Login failed for user 'dbs_backup'. (error 18456)",
        _ => "Access denied for user 'dbs_backup'@'100.104.205.17' (using password: YES)",
    }
}

/// Returns the error of a database that removed a log before it was backed up.
pub(super) const fn lost_log_error(engine: DatabaseType) -> &'static str {
    match engine {
        DatabaseType::MongoDb => {
            "CollectionScan died due to position in capped collection being deleted: oplog.rs"
        }
        DatabaseType::PostgreSql => {
            "requested WAL segment 0000000100000A2F000000C4 has already been removed"
        }
        DatabaseType::Oracle => "ORA-00308: cannot open archived log '1_48213_1042376721.dbf'",
        DatabaseType::Redis => "the append-only file was rewritten before it was read",
        DatabaseType::SqlServer => {
            "The log in this backup set begins at a later LSN than the last backup (error 4305)"
        }
        _ => {
            "Got fatal error 1236 from master when reading data from binary log: 'Could not find \
             first log file name in binary log index file'"
        }
    }
}
