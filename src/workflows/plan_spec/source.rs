//! `PlanSpecSource`: the database of a plan, with the login that its engine takes.

use bon::Builder;
use serde::{Deserialize, Serialize};
use serde_with::serde_as;

use super::location::DatabaseLocation;
use super::object::ObjectForm;
use super::one_key::OneKey;
use super::secret::{SecretError, SecretRef, SecretStore};
use crate::v2019_03_06::types::{
    BackupObject, BackupObjects, DatabaseAccess, DatabaseType, SourceEndpoint,
};

/// The database of a plan: its engine, and the login that this engine takes.
///
/// In a file it is a map with one key: `mysql`, `mariadb`, `drds`, `sql_server`, `postgresql`,
/// `ppas`, `mongodb`, `oracle` or `redis`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum PlanSpecSource {
    /// MySQL.
    #[serde(rename = "mysql")]
    MySql(LoginSource),
    /// MariaDB.
    #[serde(rename = "mariadb")]
    MariaDb(LoginSource),
    /// DRDS, now PolarDB-X.
    #[serde(rename = "drds")]
    Drds(LoginSource),
    /// SQL Server. Not behind a backup gateway.
    #[serde(rename = "sql_server")]
    SqlServer(LoginSource),
    /// PostgreSQL.
    #[serde(rename = "postgresql")]
    PostgreSql(NamedSource),
    /// PPAS, now PolarDB for PostgreSQL compatible with Oracle.
    #[serde(rename = "ppas")]
    Ppas(NamedSource),
    /// MongoDB.
    #[serde(rename = "mongodb")]
    MongoDb(NamedSource),
    /// Oracle.
    #[serde(rename = "oracle")]
    Oracle(OracleSource),
    /// Redis.
    #[serde(rename = "redis")]
    Redis(RedisSource),
}

/// A login with user name and password.
#[serde_as]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct LoginSource {
    /// Where the database is.
    #[serde_as(as = "OneKey")]
    #[cfg_attr(feature = "schemars", schemars(with = "DatabaseLocation"))]
    pub at: DatabaseLocation,
    /// The user of the database.
    pub user: String,
    /// Where the password of the user is.
    pub password: SecretRef,
    /// The databases and tables to back up. At least one.
    #[serde_as(as = "Vec<ObjectForm>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<ObjectForm>", length(min = 1)))]
    #[builder(with = FromIterator::from_iter)]
    pub objects: Vec<BackupObject>,
}

/// A login that also needs the database to connect to.
#[serde_as]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct NamedSource {
    /// Where the database is.
    #[serde_as(as = "OneKey")]
    #[cfg_attr(feature = "schemars", schemars(with = "DatabaseLocation"))]
    pub at: DatabaseLocation,
    /// The user of the database.
    pub user: String,
    /// Where the password of the user is.
    pub password: SecretRef,
    /// The database that the service connects to, such as `postgres` or `admin`.
    pub database: String,
    /// The databases and tables to back up. At least one.
    #[serde_as(as = "Vec<ObjectForm>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<ObjectForm>", length(min = 1)))]
    #[builder(with = FromIterator::from_iter)]
    pub objects: Vec<BackupObject>,
}

/// A login of Oracle.
#[serde_as]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct OracleSource {
    /// Where the database is.
    #[serde_as(as = "OneKey")]
    #[cfg_attr(feature = "schemars", schemars(with = "DatabaseLocation"))]
    pub at: DatabaseLocation,
    /// The user of the database.
    pub user: String,
    /// Where the password of the user is.
    pub password: SecretRef,
    /// The system identifier (SID) of the database.
    pub sid: String,
    /// The schemas and tables to back up. At least one.
    #[serde_as(as = "Vec<ObjectForm>")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<ObjectForm>", length(min = 1)))]
    #[builder(with = FromIterator::from_iter)]
    pub objects: Vec<BackupObject>,
}

/// A login of Redis, which has no user.
#[serde_as]
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RedisSource {
    /// Where the database is.
    #[serde_as(as = "OneKey")]
    #[cfg_attr(feature = "schemars", schemars(with = "DatabaseLocation"))]
    pub at: DatabaseLocation,
    /// Where the password is. Optional; defaults to a login without password.
    pub password: Option<SecretRef>,
    /// The databases to back up. Optional; defaults to all.
    #[serde_as(as = "Vec<ObjectForm>")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<ObjectForm>"))]
    #[builder(default, with = FromIterator::from_iter)]
    pub objects: Vec<BackupObject>,
}

/// The parts that all logins have.
struct Parts<'s> {
    at: &'s DatabaseLocation,
    user: Option<&'s str>,
    password: Option<&'s SecretRef>,
    objects: &'s [BackupObject],
}

impl PlanSpecSource {
    /// Returns the engine.
    pub const fn database_type(&self) -> DatabaseType {
        match self {
            Self::MySql(_) => DatabaseType::MySql,
            Self::MariaDb(_) => DatabaseType::MariaDb,
            Self::Drds(_) => DatabaseType::Drds,
            Self::SqlServer(_) => DatabaseType::SqlServer,
            Self::PostgreSql(_) => DatabaseType::PostgreSql,
            Self::Ppas(_) => DatabaseType::Ppas,
            Self::MongoDb(_) => DatabaseType::MongoDb,
            Self::Oracle(_) => DatabaseType::Oracle,
            Self::Redis(_) => DatabaseType::Redis,
        }
    }

    /// Returns where the database is.
    pub fn location(&self) -> &DatabaseLocation {
        self.parts().at
    }

    /// Returns the user of the database. `None` for Redis.
    pub fn user(&self) -> Option<&str> {
        self.parts().user
    }

    /// Returns where the password is. `None` for a Redis without password.
    pub fn password(&self) -> Option<&SecretRef> {
        self.parts().password
    }

    /// Returns the database to connect to. Only PostgreSQL, PPAS and MongoDB have one.
    pub fn database(&self) -> Option<&str> {
        match self {
            Self::PostgreSql(source) | Self::Ppas(source) | Self::MongoDb(source) => {
                Some(&source.database)
            }
            _ => None,
        }
    }

    /// Returns the system identifier (SID). Only Oracle has one.
    pub fn sid(&self) -> Option<&str> {
        match self {
            Self::Oracle(source) => Some(&source.sid),
            _ => None,
        }
    }

    /// Returns the databases and tables to back up, or `None` if the list is empty.
    pub fn objects(&self) -> Option<BackupObjects> {
        BackupObjects::new(self.parts().objects.iter().cloned()).ok()
    }

    /// Returns the endpoint, with the password.
    pub(in crate::workflows) fn endpoint(
        &self,
        secrets: &dyn SecretStore,
    ) -> Result<SourceEndpoint, SecretError> {
        let access = match self {
            Self::MySql(s) | Self::MariaDb(s) | Self::Drds(s) => {
                DatabaseAccess::mysql(&s.user, secrets.read(&s.password)?)
            }
            Self::SqlServer(s) => DatabaseAccess::sql_server(&s.user, secrets.read(&s.password)?),
            Self::PostgreSql(s) | Self::Ppas(s) => {
                DatabaseAccess::postgresql(&s.user, secrets.read(&s.password)?, &s.database)
            }
            Self::MongoDb(s) => {
                DatabaseAccess::mongodb(&s.user, secrets.read(&s.password)?, &s.database)
            }
            Self::Oracle(s) => DatabaseAccess::oracle(&s.user, secrets.read(&s.password)?, &s.sid),
            Self::Redis(RedisSource { password: None, .. }) => {
                DatabaseAccess::redis_without_password()
            }
            Self::Redis(RedisSource { password: Some(password), .. }) => {
                DatabaseAccess::redis(secrets.read(password)?)
            }
        };
        Ok(self.location().endpoint(access))
    }

    /// Returns the key of the engine in a file.
    pub(super) const fn key(&self) -> &'static str {
        match self {
            Self::MySql(_) => "mysql",
            Self::MariaDb(_) => "mariadb",
            Self::Drds(_) => "drds",
            Self::SqlServer(_) => "sql_server",
            Self::PostgreSql(_) => "postgresql",
            Self::Ppas(_) => "ppas",
            Self::MongoDb(_) => "mongodb",
            Self::Oracle(_) => "oracle",
            Self::Redis(_) => "redis",
        }
    }

    pub(super) fn object_list(&self) -> &[BackupObject] {
        self.parts().objects
    }

    fn parts(&self) -> Parts<'_> {
        macro_rules! with_user {
            ($source:ident) => {
                Parts {
                    at: &$source.at,
                    user: Some(&$source.user),
                    password: Some(&$source.password),
                    objects: &$source.objects,
                }
            };
        }
        match self {
            Self::MySql(s) | Self::MariaDb(s) | Self::Drds(s) | Self::SqlServer(s) => with_user!(s),
            Self::PostgreSql(s) | Self::Ppas(s) | Self::MongoDb(s) => with_user!(s),
            Self::Oracle(s) => with_user!(s),
            Self::Redis(s) => {
                Parts { at: &s.at, user: None, password: s.password.as_ref(), objects: &s.objects }
            }
        }
    }
}
