//! What is bought: the value sets of a plan's order.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Kind of database that a plan backs up, `DatabaseType`.
    ///
    /// Source: `CreateBackupPlan`; the first four stand on its 2020 page.
    pub enum DatabaseType {
        /// MySQL.
        MySql = "MySQL",
        /// Oracle Database.
        Oracle = "Oracle",
        /// MongoDB.
        MongoDb = "MongoDB",
        /// Redis.
        Redis = "Redis",
        /// SQL Server.
        SqlServer = "MSSQL",
        /// MariaDB.
        MariaDb = "MariaDB",
        /// PostgreSQL.
        PostgreSql = "PostgreSQL",
        /// DRDS, distributed MySQL.
        Drds = "DRDS",
    }
}

wire_enum! {
    /// Size of a plan, `InstanceClass`: how much it can back up, and what it costs.
    ///
    /// Source: `CreateBackupPlan`, `UpgradeBackupPlan`.
    pub enum InstanceClass {
        /// Entry class.
        Micro = "micro",
        /// Small class.
        Small = "small",
        /// Medium class.
        Medium = "medium",
        /// Large class.
        Large = "large",
        /// Large class with unlimited traffic.
        Xlarge = "xlarge",
    }
}

wire_enum! {
    /// How data is taken out of the database, `BackupMethod`.
    ///
    /// Source: `CreateBackupPlan`.
    pub enum BackupMethod {
        /// Logical backup: statements and rows.
        Logical = "logical",
        /// Physical backup: files.
        Physical = "physical",
        /// Dump (replica) backup. It left the request pages in spring 2025 and still stands in
        /// answers; the service may refuse it.
        Duplication = "duplication",
    }
}

wire_enum! {
    /// How a plan is paid, `PayType`. Answers call it [`ChargeType`].
    ///
    /// Source: `CreateBackupPlan`. See [`Billing`](super::Billing), which pairs it with the term.
    pub enum PayType {
        /// Subscription for a [`Period`](super::Period).
        Prepay = "prepay",
        /// Pay as you go. It left the pages in spring 2025, and was for duplication plans only.
        Postpay = "postpay",
    }
}

wire_enum! {
    /// How a plan is paid, as answers say it: `InstanceChargeType`, `BuyChargeType`.
    ///
    /// Source: `DescribeBackupPlanList`, `DescribeBackupPlanBilling`.
    pub enum ChargeType {
        /// Subscription.
        Prepay = "PREPAY",
        /// Pay as you go.
        Postpay = "POSTPAY",
    }
}

wire_enum! {
    /// Product that the source database runs in, `InstanceType` of a purchase.
    ///
    /// Not the same set as [`EndpointInstanceType`](super::EndpointInstanceType).
    /// Source: `CreateBackupPlan`.
    pub enum SourceInstanceProduct {
        /// ApsaraDB RDS.
        Rds = "RDS",
        /// PolarDB cluster.
        PolarDb = "PolarDB",
        /// Cloud MongoDB.
        Dds = "DDS",
        /// Cloud Redis.
        Kvstore = "Kvstore",
        /// A database reached by address and port.
        Other = "Other",
        /// A database reached through Database Gateway.
        DatabaseGateway = "dg",
    }
}
