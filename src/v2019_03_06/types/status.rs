//! The states of plans, pre-checks, backups, restores, downloads and gateways.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The state of a plan.
    ///
    /// Source: [`DescribeBackupPlanList`](crate::operations::DescribeBackupPlanList).
    pub enum BackupPlanStatus {
        /// The plan is bought and not configured yet.
        Wait = "wait",
        /// The plan is configured, and its pre-check has not passed.
        Init = "init",
        /// The plan runs on its schedule.
        Running = "running",
        /// The plan failed.
        ///
        /// A plan that [`StopBackupPlan`](crate::operations::StopBackupPlan) stopped is in the state
        /// [`Pause`](Self::Pause).
        Stop = "stop",
        /// The plan is paused.
        Pause = "pause",
        /// The plan is locked, because its order expired or is unpaid.
        Locked = "locked",
        /// The pre-check passed, and the plan can start.
        CheckPass = "check_pass",
    }
}

wire_enum! {
    /// The state of a pre-check as a whole.
    ///
    /// Wire name: `Status`. Source:
    /// [`DescribePreCheckProgressList`](crate::operations::DescribePreCheckProgressList).
    #[doc(alias = "Status")]
    pub enum PreCheckStatus {
        /// The checks are running.
        Running = "running",
        /// At least one check failed. The items of the response say which.
        Failed = "failed",
        /// All checks are done, and none failed.
        Finish = "finish",
    }
}

wire_enum! {
    /// The state of one check of a pre-check.
    ///
    /// Wire name: `State`. Source:
    /// [`DescribePreCheckProgressList`](crate::operations::DescribePreCheckProgressList).
    #[doc(alias = "State")]
    pub enum PreCheckItemState {
        /// The check has not started.
        Init = "init",
        /// The check passed with a warning.
        Warning = "warning",
        /// The check ended with an exception.
        #[doc(alias = "catched")]
        Exception = "catched",
        /// The check is running.
        Running = "running",
        /// The check failed.
        Failed = "failed",
        /// The check passed.
        Finish = "finish",
    }
}

wire_enum! {
    /// The state of a full backup.
    ///
    /// Wire name: `BackupStatus`.
    /// Source: [`DescribeFullBackupList`](crate::operations::DescribeFullBackupList).
    #[doc(alias = "BackupStatus")]
    pub enum FullBackupStatus {
        /// The service prepares the backup.
        Schedule = "schedule",
        /// The backup is running.
        Running = "running",
        /// The backup is finished.
        Finish = "finish",
        /// The backup failed.
        Stop = "stop",
        /// The backup is paused.
        Pause = "pause",
    }
}

wire_enum! {
    /// The state of an incremental backup.
    ///
    /// Unlike the state of full backups, it is upper case on the wire. Wire name: `BackupStatus`.
    /// Source: [`DescribeIncrementBackupList`](crate::operations::DescribeIncrementBackupList).
    #[doc(alias = "BackupStatus")]
    pub enum IncrementBackupStatus {
        /// The backup has not started.
        Init = "INIT",
        /// The backup is in progress.
        Filling = "FILLING",
        /// The backup is complete.
        Completed = "COMPLETED",
        /// The backup ended before it was complete.
        Uncompleted = "UNCOMPLETED",
    }
}

wire_enum! {
    /// The state of a restore task.
    ///
    /// The vendor publishes no value for a finished task: a task is finished when it has a finish
    /// time. [`RestoreFinished`](crate::wait::RestoreFinished) waits for it.
    /// Source: [`DescribeRestoreTaskList`](crate::operations::DescribeRestoreTaskList).
    pub enum RestoreStatus {
        /// The task has not started, because its pre-check is running or failed.
        Init = "init",
        /// The task is running.
        Running = "running",
        /// The task failed.
        Stop = "stop",
        /// The task is paused.
        Pause = "pause",
        /// The pre-check passed, and the task can start.
        CheckPass = "check_pass",
    }
}

wire_enum! {
    /// The state of a download task.
    ///
    /// Wire name: `BackupSetDownloadStatus`. Source:
    /// [`DescribeBackupSetDownloadTaskList`](crate::operations::DescribeBackupSetDownloadTaskList).
    #[doc(alias = "BackupSetDownloadStatus")]
    pub enum DownloadTaskStatus {
        /// The pre-check is running.
        Checking = "checking",
        /// The task has not started, because its pre-check failed.
        Init = "init",
        /// The pre-check passed.
        CheckPass = "check_pass",
        /// The task is paused.
        Pause = "pause",
        /// The task waits for a free slot.
        Schedule = "schedule",
        /// The task is running.
        Running = "running",
        /// The task failed.
        Stop = "stop",
        /// The download is ready.
        Finish = "finish",
    }
}

wire_enum! {
    /// The state of a backup gateway.
    ///
    /// Source: [`DescribeBackupGatewayList`](crate::operations::DescribeBackupGatewayList).
    pub enum BackupGatewayStatus {
        /// The gateway is connected.
        Online = "ONLINE",
        /// The gateway is not connected.
        Offline = "OFFLINE",
        /// The gateway is stopped.
        Stopped = "STOPPED",
        /// The gateway is being upgraded.
        Upgrading = "UPGRADING",
    }
}

wire_enum! {
    /// The state of data-lake analytics (DLA) for a plan.
    ///
    /// Wire name: `State`. Source: [`DescribeDLAService`](crate::operations::DescribeDLAService).
    #[doc(alias = "State")]
    pub enum DlaServiceState {
        /// Data-lake analytics is on.
        Running = "Running",
        /// Data-lake analytics is being turned off.
        Closing = "Closing",
        /// Data-lake analytics is off.
        Closed = "Closed",
    }
}
