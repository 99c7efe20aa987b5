//! Adds instances, and creates and retries their advanced downloads.

use time::{Duration, OffsetDateTime};

use crate::fake::world::advanced_download::{AdvancedDownload, DownloadOrder, REPEAT_TIME};
use crate::fake::world::instance::{Instance, InstanceEngine, InstanceSet};
use crate::fake::world::state::World;
use crate::fake::world::times::since;
use crate::fake::world::world_error::WorldError;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::types::{
    AddressSelection, AdvancedDownloadState, DownloadSource, DownloadTarget, DownloadTaskId,
};

impl World {
    /// Adds an instance with two backup sets, or replaces the one with this id.
    pub(crate) fn add_instance(
        &mut self,
        region: Region,
        id: InstanceId,
        engine: InstanceEngine,
        now: OffsetDateTime,
    ) -> &Instance {
        let mut random = self.ids.fork();
        // Whole seconds, so that a caller can name the time of a set in milliseconds.
        let now = now.replace_nanosecond(0).unwrap_or(now);
        let set = |days: i64| {
            let created_at = now.saturating_sub(Duration::days(days));
            let id = self.ids.digits(10)?;
            Some(InstanceSet { id, created_at, size: random.u64(1 << 28..1 << 34) })
        };
        let sets = [2, 1].into_iter().filter_map(set).collect();
        self.instances.retain(|instance| instance.id != id);
        self.instances.push(Instance { id, region, engine, sets });
        &self.instances[self.instances.len() - 1]
    }

    pub(crate) fn instance(
        &self,
        id: &InstanceId,
        region: Region,
    ) -> Result<&Instance, WorldError> {
        let mut instances = self.instances.iter();
        instances
            .find(|instance| instance.id == *id && instance.region == region)
            .ok_or_else(|| WorldError::InstanceNotFound(id.clone()))
    }

    pub(crate) fn create_download(
        &mut self,
        order: DownloadOrder,
        now: OffsetDateTime,
    ) -> Result<&AdvancedDownload, WorldError> {
        let instance = self.instance(&order.instance, order.region)?;
        if instance.engine.formats().is_empty() {
            return Err(WorldError::InstanceUnsupported(instance.id.clone()));
        }
        if !instance.engine.formats().contains(&order.format) {
            return Err(WorldError::FormatUnsupported(order.format));
        }
        let (set, data_time) = match &order.source {
            DownloadSource::BackupSet { id, .. } => {
                let set = instance.sets.iter().find(|set| set.id == *id);
                let set = set.ok_or_else(|| WorldError::InstanceSetNotFound(id.clone()))?;
                (set, set.created_at)
            }
            &DownloadSource::Moment(at) => {
                let before = instance.sets.iter().filter(|set| set.created_at <= at);
                let set = before.max_by_key(|set| set.created_at).filter(|_| at <= now);
                (set.ok_or(WorldError::MomentOutOfRange)?, at)
            }
        };
        let size = set.size;
        let is_repeated = |other: &AdvancedDownload| {
            since(other.created_at, now) < REPEAT_TIME && other.order.is_same(&order)
        };
        if self.advanced_downloads.iter().any(is_repeated) {
            return Err(WorldError::SameDownload);
        }
        self.check_unblocked(&order.instance, order.region, None, now)?;
        let id: DownloadTaskId = self.ids.string("dt-", 12)?;
        self.advanced_downloads.push(AdvancedDownload {
            id,
            order,
            data_time,
            size,
            created_at: now,
            attempted_at: now,
            fails: self.failures.take_download(),
        });
        Ok(&self.advanced_downloads[self.advanced_downloads.len() - 1])
    }

    /// Returns an error if another download of the instance waits, runs or has failed.
    ///
    /// That a failed one blocks is inferred from the name of the code; its published meaning has
    /// only active ones.
    fn check_unblocked(
        &self,
        instance: &InstanceId,
        region: Region,
        retried: Option<&DownloadTaskId>,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let mut tasks = self.advanced_downloads.iter();
        let blocks = |task: &&AdvancedDownload| {
            task.order.is_of(instance, region)
                && retried != Some(&task.id)
                && (task.is_active(now) || task.status(now) == AdvancedDownloadState::Failed)
        };
        match tasks.find(blocks) {
            Some(task) => Err(WorldError::DownloadBlocked(task.id.clone(), task.status(now))),
            None => Ok(()),
        }
    }

    pub(crate) fn retry_download(
        &mut self,
        region: Region,
        instance: &InstanceId,
        id: &DownloadTaskId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let mut tasks = self.advanced_downloads.iter();
        let found = tasks.position(|task| task.id == *id && task.order.is_of(instance, region));
        let index = found.ok_or_else(|| WorldError::TaskNotFound(id.to_string()))?;
        let status = self.advanced_downloads[index].status(now);
        if status != AdvancedDownloadState::Failed {
            return Err(WorldError::TaskNotFailed(status));
        }
        self.check_unblocked(instance, region, Some(id), now)?;
        let fails = self.failures.take_download();
        let task = &mut self.advanced_downloads[index];
        (task.attempted_at, task.fails) = (now, fails);
        Ok(())
    }

    /// Returns a finished download to URLs.
    pub(crate) fn finished_download(
        &self,
        region: Region,
        selection: &AddressSelection,
        now: OffsetDateTime,
    ) -> Result<&AdvancedDownload, WorldError> {
        use AdvancedDownloadState::{Expired, Finished};
        let task = match selection {
            AddressSelection::Task(id) => {
                let mut tasks = self.advanced_downloads.iter();
                let task = tasks.find(|task| task.id == *id && task.order.region == region);
                task.ok_or_else(|| WorldError::TaskNotFound(id.to_string()))?
            }
            AddressSelection::BackupSet { instance_name, backup_set_id } => {
                let is_of_set = |task: &&AdvancedDownload| {
                    task.order.is_of(instance_name, region)
                        && task.order.set_id() == Some(backup_set_id)
                        && task.order.target == DownloadTarget::Url
                        && task.status(now) == Finished
                };
                let task = self.advanced_downloads.iter().rev().find(is_of_set);
                task.ok_or_else(|| WorldError::TaskNotFound(backup_set_id.to_string()))?
            }
        };
        match task.status(now) {
            Finished if task.order.target == DownloadTarget::Url => Ok(task),
            Finished | Expired => Err(WorldError::TaskNotFound(task.id.to_string())),
            status => Err(WorldError::TaskNotFinished(status)),
        }
    }
}
