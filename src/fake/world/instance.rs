//! `Instance`: a database instance whose backups can be downloaded.

use time::OffsetDateTime;

use crate::rpc::value::labels::labels;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupSetId, InstanceId};
use crate::v2021_01_01::types::DownloadFormat;

/// The database engine of an instance of the fake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InstanceEngine {
    /// RDS for MySQL.
    RdsMySql,
    /// RDS for PostgreSQL.
    RdsPostgreSql,
    /// PolarDB for MySQL.
    PolarDbMySql,
    /// ApsaraDB for MongoDB.
    MongoDb,
    /// RDS for SQL Server, which cannot use advanced download.
    RdsSqlServer,
}

labels! {
    InstanceEngine:
    RdsMySql = "rds_mysql",
    RdsPostgreSql = "rds_postgresql",
    PolarDbMySql = "polardb_mysql",
    MongoDb = "mongodb",
    RdsSqlServer = "rds_sqlserver",
}

impl InstanceEngine {
    /// Returns the formats of advanced downloads. The list is empty if the engine cannot use them.
    pub(crate) const fn formats(self) -> &'static [DownloadFormat] {
        use DownloadFormat::{Bson, Csv, Parquet, QpXb, Sql};
        match self {
            Self::RdsMySql => &[Csv, Sql, Parquet, QpXb],
            Self::RdsPostgreSql | Self::PolarDbMySql => &[Csv, Sql, Parquet],
            Self::MongoDb => &[Bson],
            Self::RdsSqlServer => &[],
        }
    }
}

/// A database instance, with the backup sets that its engine keeps.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: InstanceId,
    pub(crate) region: Region,
    pub(crate) engine: InstanceEngine,
    pub(crate) sets: Vec<InstanceSet>,
}

/// A backup set of an instance.
#[derive(Clone, Debug)]
pub(crate) struct InstanceSet {
    pub(crate) id: BackupSetId,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) size: u64,
}
