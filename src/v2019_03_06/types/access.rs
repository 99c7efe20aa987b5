//! `DatabaseAccess`: the login of a database, per database engine.

use crate::rpc::value::secret::Secret;

/// The login that DBS uses for a database, with one constructor per engine.
///
/// Each constructor takes exactly the values that its engine needs. The password is a
/// [`Secret`]: it is neither printed nor serialized, and the client sends it in the body of the
/// request.
///
/// Wire names: `SourceEndpointUserName`, `SourceEndpointPassword`, `SourceEndpointDatabaseName`
/// and `SourceEndpointOracleSID`; for a restore the same with `DestinationEndpoint`.
/// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan),
/// [`CreateRestoreTask`](crate::operations::CreateRestoreTask).
///
/// # Examples
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

    /// Returns a login for MySQL, MariaDB or DRDS.
    pub fn mysql(user_name: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::login(user_name, password)
    }

    /// Returns a login for SQL Server with a user name and a password.
    pub fn sql_server(user_name: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::login(user_name, password)
    }

    /// Returns the access to a SQL Server that a gateway reads with its account.
    ///
    /// It has no user name and no password, only the database to connect to, which
    /// [`ModifyBackupSourceEndpoint`](crate::operations::ModifyBackupSourceEndpoint) requires.
    pub fn sql_server_by_gateway(database_name: impl Into<String>) -> Self {
        Self { database_name: Some(database_name.into()), ..Self::none() }
    }

    /// Returns a login for PostgreSQL, which needs the database to connect to.
    pub fn postgresql(
        user_name: impl Into<String>,
        password: impl Into<Secret>,
        database_name: impl Into<String>,
    ) -> Self {
        let database_name = Some(database_name.into());
        Self { database_name, ..Self::login(user_name, password) }
    }

    /// Returns a login for MongoDB, which needs the database that holds the user.
    pub fn mongodb(
        user_name: impl Into<String>,
        password: impl Into<Secret>,
        database_name: impl Into<String>,
    ) -> Self {
        Self::postgresql(user_name, password, database_name)
    }

    /// Returns a login for Oracle, which needs the SID of the instance.
    pub fn oracle(
        user_name: impl Into<String>,
        password: impl Into<Secret>,
        sid: impl Into<String>,
    ) -> Self {
        Self { oracle_sid: Some(sid.into()), ..Self::login(user_name, password) }
    }

    /// Returns a login for Redis with a password.
    pub fn redis(password: impl Into<Secret>) -> Self {
        Self { password: Some(password.into()), ..Self::none() }
    }

    /// Returns the access to a Redis without a password.
    pub const fn redis_without_password() -> Self {
        Self::none()
    }

    pub(super) const fn none() -> Self {
        Self { user_name: None, password: None, database_name: None, oracle_sid: None }
    }

    /// Returns the user name, or `None` if the engine or the gateway needs none.
    ///
    /// Wire names: `SourceEndpointUserName`, `DestinationEndpointUserName`.
    #[doc(alias = "SourceEndpointUserName")]
    #[doc(alias = "DestinationEndpointUserName")]
    pub fn user_name(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    /// Returns the password, or `None` for a login without one.
    ///
    /// Wire names: `SourceEndpointPassword`, `DestinationEndpointPassword`.
    #[doc(alias = "SourceEndpointPassword")]
    #[doc(alias = "DestinationEndpointPassword")]
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// Returns the database to connect to, or `None` if the engine needs none.
    ///
    /// Wire names: `SourceEndpointDatabaseName`, `DestinationEndpointDatabaseName`.
    #[doc(alias = "SourceEndpointDatabaseName")]
    #[doc(alias = "DestinationEndpointDatabaseName")]
    pub fn database_name(&self) -> Option<&str> {
        self.database_name.as_deref()
    }

    /// Returns the SID of an Oracle instance, or `None` for other engines.
    ///
    /// Wire names: `SourceEndpointOracleSID`, `DestinationEndpointOracleSID`.
    #[doc(alias = "SourceEndpointOracleSID")]
    #[doc(alias = "DestinationEndpointOracleSID")]
    pub fn oracle_sid(&self) -> Option<&str> {
        self.oracle_sid.as_deref()
    }
}
