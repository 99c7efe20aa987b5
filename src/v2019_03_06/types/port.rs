//! `Port`: where a database listens.

use crate::rpc::value::bounded::bounded;

bounded! {
    /// A TCP port, 1 to 65535, `SourceEndpointPort`.
    pub struct Port(u16) is "Port", "a port" from 1 to 65535;
    constant port = __port, $ "aliyun_dbs::types" types::Port
}

impl Port {
    /// 3306, where MySQL listens by default.
    pub const MYSQL: Self = Self(3306);
    /// 1433, where SQL Server listens by default.
    pub const SQL_SERVER: Self = Self(1433);
    /// 1521, where Oracle listens by default.
    pub const ORACLE: Self = Self(1521);
    /// 5432, where PostgreSQL listens by default.
    pub const POSTGRESQL: Self = Self(5432);
    /// 27017, where MongoDB listens by default.
    pub const MONGODB: Self = Self(27017);
    /// 6379, where Redis listens by default.
    pub const REDIS: Self = Self(6379);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_range_are_read_from_every_source() {
        for port in [port!(3306), "3306".parse().unwrap(), " 3306 ".parse().unwrap()] {
            assert_eq!(port, Port::MYSQL);
        }
        assert_eq!(Port::try_from(3306), Ok(Port::MYSQL));
        assert_eq!(u16::from(Port::MYSQL), 3306);
        assert_eq!(format!("{:>6}", Port::MYSQL), "  3306");
        assert_eq!((Port::MIN.get(), Port::MAX.get()), (1, 65535));
    }

    #[test]
    fn errors_name_the_bounds_of_the_type() {
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
