//! `Port`: the TCP port of a database.

use crate::rpc::value::bounded::bounded;

bounded! {
    /// The TCP port of a database, 1 to 65535.
    ///
    /// Wire names: `SourceEndpointPort`, `DestinationEndpointPort`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "SourceEndpointPort")]
    #[doc(alias = "DestinationEndpointPort")]
    pub struct Port(u16) is "Port", "a port" from 1 to 65535;
    constant port = __port, $ "aliyun_dbs::types" types::Port
}

impl Port {
    /// The default port of MySQL, 3306.
    pub const MYSQL: Self = Self(3306);
    /// The default port of SQL Server, 1433.
    pub const SQL_SERVER: Self = Self(1433);
    /// The default port of Oracle, 1521.
    pub const ORACLE: Self = Self(1521);
    /// The default port of PostgreSQL, 5432.
    pub const POSTGRESQL: Self = Self(5432);
    /// The default port of MongoDB, 27017.
    pub const MONGODB: Self = Self(27017);
    /// The default port of Redis, 6379.
    pub const REDIS: Self = Self(6379);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_read_from_numbers_and_strings() {
        for port in [port!(3306), "3306".parse().unwrap(), " 3306 ".parse().unwrap()] {
            assert_eq!(port, Port::MYSQL);
        }
        assert_eq!(Port::try_from(3306), Ok(Port::MYSQL));
        assert_eq!(u16::from(Port::MYSQL), 3306);
        assert_eq!(format!("{:>6}", Port::MYSQL), "  3306");
        assert_eq!((Port::MIN.get(), Port::MAX.get()), (1, 65535));
    }

    #[test]
    fn errors_name_the_bounds() {
        let read = |json| serde_json::from_str::<Port>(json).unwrap_err().to_string();
        for error in [
            Port::new(0).unwrap_err().to_string(),
            "65536".parse::<Port>().unwrap_err().to_string(),
            "-1".parse::<Port>().unwrap_err().to_string(),
            "http".parse::<Port>().unwrap_err().to_string(),
            read("0"),
            read("99999999999"),
            read("[]"),
        ] {
            assert!(error.contains("a port from 1 to 65535"), "{error}");
        }
    }
}
