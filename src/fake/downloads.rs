//! Instances and their advanced downloads, on the handle for tests.

use time::OffsetDateTime;

use super::dbs::FakeDbs;
use super::world::advanced_download::{AdvancedDownload, TABLES};
use super::world::instance::{Instance, InstanceEngine};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupSetId, InstanceId};
use crate::v2021_01_01::types::{
    AdvancedDownloadState, DownloadFormat, DownloadTarget, DownloadTaskId,
};

impl FakeDbs {
    /// Adds a database instance with two backup sets, which can be downloaded.
    ///
    /// The sets are two days and one day old. Replaces an instance of the same id; its downloads
    /// stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::Region;
    /// use aliyun_dbs::fake::{FakeDbs, InstanceEngine};
    ///
    /// let dbs = FakeDbs::new();
    /// let id = "rm-orders".parse()?;
    /// let instance = dbs.add_instance(Region::Hangzhou, id, InstanceEngine::RdsMySql);
    /// assert_eq!(instance.backup_sets.len(), 2);
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    pub fn add_instance(
        &self,
        region: Region,
        id: InstanceId,
        engine: InstanceEngine,
    ) -> FakeInstance {
        self.with_world(|world, now| FakeInstance::new(world.add_instance(region, id, engine, now)))
    }

    /// Makes the next advanced download fail after 30 seconds of running.
    ///
    /// Further calls apply to the downloads after it, one each. A retried download is one of them. A
    /// failed download blocks others of its instance until it is retried.
    pub fn fail_next_download(&self) {
        self.with_world(|world, _| world.failures.downloads += 1);
    }

    /// Returns the instances in the order they were added.
    pub fn instances(&self) -> Vec<FakeInstance> {
        self.with_world(|world, _| world.instances.iter().map(FakeInstance::new).collect())
    }

    /// Returns the advanced downloads in the order they were created.
    ///
    /// [`downloads`](Self::downloads) returns those of plans.
    pub fn advanced_downloads(&self) -> Vec<FakeAdvancedDownload> {
        self.with_world(|world, now| {
            let tasks = world.advanced_downloads.iter();
            tasks.map(|task| FakeAdvancedDownload::new(task, now)).collect()
        })
    }
}

/// A database instance in a [`FakeDbs`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeInstance {
    /// The id of the instance.
    pub instance_name: InstanceId,
    /// The region of the instance.
    pub region: Region,
    /// The database engine.
    pub engine: InstanceEngine,
    /// The backup sets, oldest first.
    pub backup_sets: Vec<FakeInstanceSet>,
}

/// A backup set of a [`FakeInstance`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeInstanceSet {
    /// The id of the backup set.
    pub id: BackupSetId,
    /// When the backup set was created.
    pub created_at: OffsetDateTime,
    /// The size in bytes.
    pub size: u64,
}

impl FakeInstance {
    fn new(instance: &Instance) -> Self {
        let sets = instance.sets.iter().map(|set| FakeInstanceSet {
            id: set.id.clone(),
            created_at: set.created_at,
            size: set.size,
        });
        Self {
            instance_name: instance.id.clone(),
            region: instance.region,
            engine: instance.engine,
            backup_sets: sets.collect(),
        }
    }
}

/// The state of an advanced download in a [`FakeDbs`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeAdvancedDownload {
    /// The id of the download.
    pub task_id: DownloadTaskId,
    /// The instance whose backup is downloaded.
    pub instance_name: InstanceId,
    /// The backup set. `None` for a moment.
    pub backup_set_id: Option<BackupSetId>,
    /// The format of the files.
    pub format: DownloadFormat,
    /// Where the files are written to.
    pub target: DownloadTarget,
    /// The present state.
    pub status: AdvancedDownloadState,
    /// The progress in percent.
    pub progress: u8,
    /// When the download was created.
    pub created_at: OffsetDateTime,
    /// When the download finished. `None` before that, and if it failed.
    pub finished_at: Option<OffsetDateTime>,
    /// When the service deletes the files. `None` before they are complete, and in a bucket.
    pub expires_at: Option<OffsetDateTime>,
}

impl FakeAdvancedDownload {
    fn new(task: &AdvancedDownload, now: OffsetDateTime) -> Self {
        let percent = task.finished_tables(now).unwrap_or(0) * 100 / TABLES;
        Self {
            task_id: task.id.clone(),
            instance_name: task.order.instance.clone(),
            backup_set_id: task.order.set_id().cloned(),
            format: task.order.format,
            target: task.order.target.clone(),
            status: task.status(now),
            progress: u8::try_from(percent).unwrap_or(100),
            created_at: task.created_at,
            finished_at: task.finished_at(now),
            expires_at: task.expires_after(now),
        }
    }
}
