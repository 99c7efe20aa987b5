//! `RetentionDays`: how long the service keeps backups.

use crate::rpc::value::bounded::bounded;

bounded! {
    /// How long the service keeps backups, 0 to 1825 days (five years).
    ///
    /// The service defaults to 730 days. Wire name: `BackupRetentionPeriod`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::{RetentionDays, retention_days};
    ///
    /// assert_eq!(retention_days!(365), RetentionDays::new(365)?);
    /// assert!(RetentionDays::new(1826).is_err());
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    #[doc(alias = "BackupRetentionPeriod")]
    pub struct RetentionDays(u16) is "BackupRetentionPeriod", "a number of days" from 0 to 1825;
    constant retention_days = __retention_days, $ "aliyun_dbs::types" types::RetentionDays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_1825_days_are_rejected() {
        assert_eq!(serde_json::from_str::<RetentionDays>("\"1825\"").unwrap(), RetentionDays::MAX);
        for days in ["1826", "99999"] {
            let error = serde_json::from_str::<RetentionDays>(days).unwrap_err().to_string();
            assert!(error.contains("0 to 1825"), "{error}");
        }
        assert_eq!(retention_days!(0).get(), 0);
    }
}
