//! `RetentionDays`: how long backups are kept.

use crate::rpc::value::bounded::bounded;

bounded! {
    /// How long backups are kept, in days: 0 to 1825 (five years), `BackupRetentionPeriod`.
    ///
    /// The service keeps them 730 days when it is left out. Source: `ConfigureBackupPlan`.
    ///
    /// ```
    /// use aliyun_dbs::types::{RetentionDays, retention_days};
    ///
    /// assert_eq!(retention_days!(365), RetentionDays::new(365)?);
    /// assert!(RetentionDays::new(1826).is_err());
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    pub struct RetentionDays(u16) is "BackupRetentionPeriod", "a number of days" from 0 to 1825;
    constant retention_days = __retention_days, $ "aliyun_dbs::types" types::RetentionDays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_ends_at_five_years() {
        assert_eq!(serde_json::from_str::<RetentionDays>("\"1825\"").unwrap(), RetentionDays::MAX);
        for days in ["1826", "99999"] {
            let error = serde_json::from_str::<RetentionDays>(days).unwrap_err().to_string();
            assert!(error.contains("0 to 1825"), "{error}");
        }
        assert_eq!(retention_days!(0).get(), 0);
    }
}
