//! `DownloadFormat`, and the formats of each engine.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The format of the files of an advanced download.
    ///
    /// The formats that the vendor documents for one engine are a type each, which converts into
    /// this one: [`MySqlFormat`], [`PostgreSqlFormat`], [`PolarDbFormat`] and [`MongoDbFormat`].
    /// Wire name: `FormatType`.
    /// Source: [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload), and for `Bson`
    /// and `qp.xb` the vendor's package `ros-cdk-dbs`.
    #[doc(alias = "FormatType")]
    pub enum DownloadFormat {
        /// CSV files.
        Csv = "CSV",
        /// SQL statements.
        Sql = "SQL",
        /// Parquet files.
        Parquet = "Parquet",
        /// BSON files.
        Bson = "Bson",
        /// A physical backup of MySQL, as `XtraBackup` writes and `qpress` compresses it.
        #[doc(alias = "qp.xb")]
        QpXb = "qp.xb",
    }
}

macro_rules! engine_formats {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident),+ })+) => {$(
        $(#[$meta])*
        ///
        /// Converts into [`DownloadFormat`], which also has the formats of other engines. Source:
        /// [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("The format [`DownloadFormat::", stringify!($variant), "`].")]
                $variant,
            )+
        }

        impl From<$name> for DownloadFormat {
            fn from(format: $name) -> Self {
                match format {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }
    )+};
}

engine_formats! {
    /// The formats of downloads from RDS for MySQL.
    MySqlFormat { Csv, Sql, Parquet, QpXb }
    /// The formats of downloads from RDS for PostgreSQL.
    PostgreSqlFormat { Csv, Sql, Parquet }
    /// The formats of downloads from PolarDB for MySQL.
    PolarDbFormat { Csv, Sql, Parquet }
    /// The formats of downloads from MongoDB.
    ///
    /// The vendor does not publish whether the service also accepts other formats for MongoDB;
    /// [`DownloadFormat`] sends any.
    MongoDbFormat { Bson }
}
