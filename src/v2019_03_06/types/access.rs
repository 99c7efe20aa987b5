//! `DatabaseAccess`: what DBS needs to log in to a database, per kind of database.

use crate::rpc::value::secret::Secret;

/// How DBS logs in to a database: one constructor per kind of database, each with exactly what
/// that kind needs.
///
/// Wire: `SourceEndpointUserName`, `SourceEndpointPassword`, `SourceEndpointDatabaseName`,
/// `SourceEndpointOracleSID`, and the same with `DestinationEndpoint…` for a restore.
/// Source: `ConfigureBackupPlan`, `CreateRestoreTask`.
///
/// The password is a [`Secret`]: it is not shown, not serialised, and travels in the body of the
/// request.
///
/// ```
/// use aliyun_dbs::types::DatabaseAccess;
///
/// let access = DatabaseAccess::postgresql("dbs_backup", "correct horse", "orders");
/// assert_eq!(access.database_name(), Some("orders"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseAccess {
    pub(super) user_name: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) database_name: Option<String>,
    pub(super) oracle_sid: Option<String>,
}

impl DatabaseAccess {
    fn login(user_name: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            user_name: Some(user_name.into()),
            password: Some(password.into()),
            database_name: None,
            oracle_sid: None,
        }
    }

    /// For MySQL, MariaDB and DRDS.
    pub fn mysql(user_name: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::login(user_name, password)
    }

    /// For SQL Server with a login of its own.
    pub fn sql_server(user_name: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::login(user_name, password)
    }

    /// For SQL Server behind a backup gateway whose own account may read it: no login, and the
    /// database to connect to, which `ModifyBackupSourceEndpoint` needs.
    pub fn sql_server_by_gateway(database_name: impl Into<String>) -> Self {
        Self { database_name: Some(database_name.into()), ..Self::none() }
    }

    /// For PostgreSQL, which also needs the name of the database to connect to.
    pub fn postgresql(
        user_name: impl Into<String>,
        password: impl Into<Secret>,
        database_name: impl Into<String>,
    ) -> Self {
        let database_name = Some(database_name.into());
        Self { database_name, ..Self::login(user_name, password) }
    }

    /// For MongoDB, which also needs the name of the database that holds the user.
    pub fn mongodb(
        user_name: impl Into<String>,
        password: impl Into<Secret>,
        database_name: impl Into<String>,
    ) -> Self {
        Self::postgresql(user_name, password, database_name)
    }

    /// For Oracle, which also needs the SID of the instance.
    pub fn oracle(
        user_name: impl Into<String>,
        password: impl Into<Secret>,
        sid: impl Into<String>,
    ) -> Self {
        Self { oracle_sid: Some(sid.into()), ..Self::login(user_name, password) }
    }

    /// For Redis with a password.
    pub fn redis(password: impl Into<Secret>) -> Self {
        Self { password: Some(password.into()), ..Self::none() }
    }

    /// For Redis without a password.
    pub const fn redis_without_password() -> Self {
        Self::none()
    }

    pub(super) const fn none() -> Self {
        Self { user_name: None, password: None, database_name: None, oracle_sid: None }
    }

    /// The user name, `SourceEndpointUserName`.
    pub fn user_name(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    /// The password, `SourceEndpointPassword`.
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// The database to connect to, `SourceEndpointDatabaseName`.
    pub fn database_name(&self) -> Option<&str> {
        self.database_name.as_deref()
    }

    /// The SID of an Oracle instance, `SourceEndpointOracleSID`.
    pub fn oracle_sid(&self) -> Option<&str> {
        self.oracle_sid.as_deref()
    }
}
