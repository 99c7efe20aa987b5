//! `KilobytesPerSecond`: the unit of throughput limits.

use crate::rpc::value::number::numbers;

numbers! {
    /// A throughput limit in kilobytes per second (KB/s).
    ///
    /// Wire names: `BackupRateLimit` for network traffic, whose maximum is 10 GB per second, and
    /// `BackupSpeedLimit` for disk I/O. Both apply to physical MySQL backups only.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "BackupRateLimit")]
    #[doc(alias = "BackupSpeedLimit")]
    KilobytesPerSecond in " KB/s";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_and_from_str_round_trip() {
        let throughput = KilobytesPerSecond::new(1024);
        assert_eq!(throughput.to_string(), "1024 KB/s");
        for text in ["1024 KB/s", "1024"] {
            assert_eq!(text.parse(), Ok(throughput), "{text}");
        }
        assert!("fast".parse::<KilobytesPerSecond>().is_err());
    }
}
