//! States of plans, pre-checks, backups, restores, downloads and gateways.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// State of a plan, `BackupPlanStatus`.
    ///
    /// Source: `DescribeBackupPlanList`.
    pub enum BackupPlanStatus {
        /// Bought, not configured.
        Wait = "wait",
        /// Configured, not started: the pre-check has not passed.
        Init = "init",
        /// Running on its schedule.
        Running = "running",
        /// Failed. A plan that was stopped on purpose reads [`Pause`](Self::Pause).
        Stop = "stop",
        /// Paused.
        Pause = "pause",
        /// Locked: its order expired or is unpaid.
        Locked = "locked",
        /// The pre-check passed; ready to start.
        CheckPass = "check_pass",
    }
}

wire_enum! {
    /// State of a pre-check as a whole, `Status`.
    ///
    /// Source: `DescribePreCheckProgressList`.
    pub enum PreCheckStatus {
        /// The checks are being made.
        Running = "running",
        /// A check failed; its item says which.
        Failed = "failed",
        /// All checks were made, and none failed.
        Finish = "finish",
    }
}

wire_enum! {
    /// State of one check of a pre-check, `State`.
    ///
    /// Source: `DescribePreCheckProgressList`.
    pub enum PreCheckItemState {
        /// Not begun.
        Init = "init",
        /// Passed with a warning.
        Warning = "warning",
        /// Broke off with an exception; the wire says `catched`.
        Exception = "catched",
        /// Being made.
        Running = "running",
        /// Failed.
        Failed = "failed",
        /// Passed.
        Finish = "finish",
    }
}

wire_enum! {
    /// State of a full backup, `BackupStatus`.
    ///
    /// Source: `DescribeFullBackupList`.
    pub enum FullBackupStatus {
        /// Being prepared.
        Schedule = "schedule",
        /// Running.
        Running = "running",
        /// Done.
        Finish = "finish",
        /// Failed.
        Stop = "stop",
        /// Paused.
        Pause = "pause",
    }
}

wire_enum! {
    /// State of an incremental backup, `BackupStatus`; upper case on the wire, unlike full backups.
    ///
    /// Source: `DescribeIncrementBackupList`.
    pub enum IncrementBackupStatus {
        /// Not started.
        Init = "INIT",
        /// Being written.
        Filling = "FILLING",
        /// Complete.
        Completed = "COMPLETED",
        /// Ended before it was complete.
        Uncompleted = "UNCOMPLETED",
    }
}

wire_enum! {
    /// State of a restore task, `RestoreStatus`.
    ///
    /// No value for a finished task is published: a task is done when it has a finish time.
    ///
    /// Source: `DescribeRestoreTaskList`.
    pub enum RestoreStatus {
        /// Not started: the pre-check runs or failed.
        Init = "init",
        /// Running.
        Running = "running",
        /// Failed.
        Stop = "stop",
        /// Paused.
        Pause = "pause",
        /// The pre-check passed; ready to start.
        CheckPass = "check_pass",
    }
}

wire_enum! {
    /// State of a download, `BackupSetDownloadStatus`.
    ///
    /// Source: `DescribeBackupSetDownloadTaskList`.
    pub enum DownloadTaskStatus {
        /// Its pre-check is running.
        Checking = "checking",
        /// Not started: the pre-check failed.
        Init = "init",
        /// The pre-check passed.
        CheckPass = "check_pass",
        /// Paused.
        Pause = "pause",
        /// Waiting for its turn.
        Schedule = "schedule",
        /// Running.
        Running = "running",
        /// Failed.
        Stop = "stop",
        /// Done.
        Finish = "finish",
    }
}

wire_enum! {
    /// State of a backup gateway, `BackupGatewayStatus`.
    ///
    /// Source: `DescribeBackupGatewayList`.
    pub enum BackupGatewayStatus {
        /// Connected.
        Online = "ONLINE",
        /// Not connected.
        Offline = "OFFLINE",
        /// Stopped.
        Stopped = "STOPPED",
        /// Being upgraded.
        Upgrading = "UPGRADING",
    }
}

wire_enum! {
    /// State of the data-lake analytics of a plan, `State`.
    ///
    /// Source: `DescribeDLAService`.
    pub enum DlaServiceState {
        /// Switched on.
        Running = "Running",
        /// Being switched off.
        Closing = "Closing",
        /// Switched off.
        Closed = "Closed",
    }
}
