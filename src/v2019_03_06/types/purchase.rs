//! The value sets of a purchase: database, class, backup method, payment.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The engine of the database that a plan backs up.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan); its 2020 page has only
    /// MySQL, Oracle, MongoDB and Redis.
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
        #[doc(alias = "MSSQL")]
        SqlServer = "MSSQL",
        /// MariaDB.
        MariaDb = "MariaDB",
        /// PostgreSQL.
        PostgreSql = "PostgreSQL",
        /// DRDS, a distributed MySQL.
        Drds = "DRDS",
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
        Xlarge = "xlarge",
    }
}

wire_enum! {
    /// How a plan reads the data from the database.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    pub enum BackupMethod {
        /// A logical backup: statements and rows.
        Logical = "logical",
        /// A physical backup: files.
        Physical = "physical",
        /// A dump (replica) backup, which the service may reject in requests.
        ///
        /// The vendor removed it from the pages of the requests in spring 2025; responses still
        /// list it.
        Duplication = "duplication",
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
        Prepay = "prepay",
        /// Pay-as-you-go, which was for duplication plans only.
        ///
        /// The vendor removed it from its pages in spring 2025.
        Postpay = "postpay",
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
        Dds = "DDS",
        /// A cloud Redis instance.
        Kvstore = "Kvstore",
        /// A database that DBS reaches by address and port.
        Other = "Other",
        /// A database that DBS reaches through Database Gateway.
        #[doc(alias = "dg")]
        DatabaseGateway = "dg",
    }
}
