//! Units of throughput.

use crate::rpc::value::number::numbers;

numbers! {
    /// Kilobytes per second, the unit of `BackupRateLimit` and `BackupSpeedLimit`.
    ///
    /// Source: `ConfigureBackupPlan`.
    KilobytesPerSecond in " KB/s";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throughput_is_read_as_it_is_displayed() {
        let throughput = KilobytesPerSecond::new(1024);
        assert_eq!(throughput.to_string(), "1024 KB/s");
        for text in ["1024 KB/s", "1024"] {
            assert_eq!(text.parse(), Ok(throughput), "{text}");
        }
        assert!("fast".parse::<KilobytesPerSecond>().is_err());
    }
}
