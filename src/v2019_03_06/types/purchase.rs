//! The value sets of a purchase: database, class, backup method, payment.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The engine of the database that a plan backs up.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan); its 2020 page has only
    /// MySQL, Oracle, MongoDB and Redis. `PPAS` and `FIle` are in the vendor's Terraform provider only.
    pub enum DatabaseType {
        /// MySQL.
        MySql = "MySQL",
        /// Oracle Database.
        Oracle = "Oracle",
        /// MongoDB.
        MongoDb = "MongoDB" ~ "mongo",
        /// Redis.
        Redis = "Redis" ~ "kvstore",
        /// SQL Server.
        #[doc(alias = "MSSQL")]
        SqlServer = "MSSQL" ~ "sqlserver" ~ "microsoftsqlserver",
        /// MariaDB.
        MariaDb = "MariaDB" ~ "maria",
        /// PostgreSQL.
        PostgreSql = "PostgreSQL" ~ "postgres" ~ "pgsql" ~ "pg",
        /// DRDS, a distributed MySQL.
        Drds = "DRDS" ~ "polardbx",
        /// PPAS, a PostgreSQL that is compatible with Oracle.
        ///
        /// The vendor's Terraform provider accepts it; no page of the API lists it.
        Ppas = "PPAS" ~ "polardbo" ~ "enterprisedb",
        /// A file system.
        ///
        /// The vendor's Terraform provider accepts it, in this spelling; no page of the API lists
        /// it.
        #[doc(alias = "FIle")]
        File = "FIle" ~ "files" ~ "filesystem",
    }
}

wire_enum! {
    /// The size of a plan, which limits its throughput and sets its price.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan),
    /// [`UpgradeBackupPlan`](crate::operations::UpgradeBackupPlan).
    pub enum InstanceClass {
        /// The entry class.
        Micro = "micro",
        /// The small class.
        Small = "small",
        /// The medium class.
        Medium = "medium",
        /// The large class.
        Large = "large",
        /// The large class with unlimited traffic.
        Xlarge = "xlarge" ~ "extralarge",
    }
}

wire_enum! {
    /// How a plan reads the data from the database.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    pub enum BackupMethod {
        /// A logical backup: statements and rows.
        Logical = "logical" ~ "logicalbackup",
        /// A physical backup: files.
        Physical = "physical" ~ "physicalbackup",
        /// A dump (replica) backup, which the service may reject in requests.
        ///
        /// The vendor removed it from the pages of the requests in spring 2025; responses still
        /// list it.
        Duplication = "duplication" ~ "replica" ~ "dump",
    }
}

wire_enum! {
    /// How a plan is paid, as requests spell it.
    ///
    /// Requests use [`Billing`](super::Billing), which adds the term of a subscription. Responses
    /// have a [`ChargeType`]. The service defaults to `prepay`.
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    pub enum PayType {
        /// A subscription for a [`Period`](crate::Period).
        Prepay = "prepay" ~ "subscription",
        /// Pay-as-you-go.
        ///
        /// The vendor removed it from its pages in spring 2025, where it was for duplication plans.
        /// Its Terraform provider buys logical MySQL plans with it.
        Postpay = "postpay" ~ "payasyougo" ~ "payg",
    }
}

wire_enum! {
    /// How a plan is paid, as responses spell it.
    ///
    /// Wire names: `InstanceChargeType`, `BuyChargeType`.
    /// Source: [`DescribeBackupPlanList`](crate::operations::DescribeBackupPlanList),
    /// [`DescribeBackupPlanBilling`](crate::operations::DescribeBackupPlanBilling).
    #[doc(alias = "InstanceChargeType")]
    #[doc(alias = "BuyChargeType")]
    pub enum ChargeType {
        /// A subscription.
        Prepay = "PREPAY",
        /// Pay-as-you-go.
        Postpay = "POSTPAY",
    }
}

wire_enum! {
    /// The product that the source database runs in, as a purchase names it.
    ///
    /// Not the same set as [`EndpointInstanceType`](super::EndpointInstanceType).
    /// Wire name: `InstanceType`. Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    #[doc(alias = "InstanceType")]
    pub enum SourceInstanceProduct {
        /// An ApsaraDB RDS instance.
        Rds = "RDS",
        /// A PolarDB cluster.
        PolarDb = "PolarDB",
        /// A cloud MongoDB instance.
        Dds = "DDS" ~ "mongodb" ~ "mongo",
        /// A cloud Redis instance.
        Kvstore = "Kvstore" ~ "redis",
        /// A database that DBS reaches by address and port.
        Other = "Other",
        /// A database that DBS reaches through Database Gateway.
        #[doc(alias = "dg")]
        DatabaseGateway = "dg" ~ "databasegateway",
    }
}
