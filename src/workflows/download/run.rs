//! One run of a download.

use std::time::Duration;

use time::OffsetDateTime;

use super::blocked::CreationError;
use super::create::create_once;
use super::download_error::DownloadError;
use super::progress::{DownloadStep, Downloaded};
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::wait::WaitError;
use crate::rpc::wait::run_handle::Run;
use crate::rpc::wait::task_stream::EventSink;
use crate::v2021_01_01::conditions::DownloadFinished;
use crate::v2021_01_01::operations::{
    CreateDownload, DescribeDownloadBackupSetStorageInfo, DescribeDownloadSupport,
    DownloadAddresses, DownloadTask,
};
use crate::v2021_01_01::types::{
    AddressLifetime, DownloadTarget, DownloadTargetKind, DownloadTaskId,
};

/// One run of a download, with its options.
pub(super) struct DownloadRun {
    pub(super) client: Client,
    pub(super) request: CreateDownload,
    pub(super) resumed: Option<DownloadTaskId>,
    pub(super) since: Option<OffsetDateTime>,
    pub(super) timeout: Duration,
    pub(super) lifetime: AddressLifetime,
}

impl Run for DownloadRun {
    type Step = DownloadStep;
    type Output = Downloaded;
    type Error = DownloadError;
    type Known = Option<DownloadTaskId>;

    fn known(&self) -> Option<DownloadTaskId> {
        self.resumed.clone()
    }

    fn learn(known: &mut Option<DownloadTaskId>, step: &DownloadStep) {
        if let DownloadStep::Created { task, .. } = step {
            *known = Some(task.clone());
        }
    }

    fn late_option(task: Option<DownloadTaskId>) -> DownloadError {
        DownloadError::LateOption { task }
    }

    async fn run(
        self,
        steps: Option<EventSink<DownloadStep>>,
    ) -> Result<Downloaded, DownloadError> {
        let deadline = self.client.clock().elapsed().saturating_add(self.timeout);
        let running = Running { run: &self, steps, deadline };
        let (id, found) = match &self.resumed {
            Some(id) => (id.clone(), true),
            None => running.create().await?,
        };
        let task = running
            .finished(id.clone())
            .await
            .map_err(|error| DownloadError::Wait { task: id.clone(), error })?;
        running.emit(DownloadStep::Finished);
        let addresses = if running.is_to_url(&task) {
            let addresses = running.addresses(id.clone()).await;
            let addresses =
                addresses.map_err(|error| DownloadError::Call { task: Some(id.clone()), error })?;
            if addresses.public_url.is_none() && addresses.private_url.is_none() {
                return Err(DownloadError::NoAddress { task: id });
            }
            running.emit(DownloadStep::Signed);
            Some(addresses)
        } else {
            None
        };
        Ok(Downloaded { task, addresses, found })
    }
}

/// A run in progress.
struct Running<'r> {
    run: &'r DownloadRun,
    steps: Option<EventSink<DownloadStep>>,
    /// By the client's clock.
    deadline: Duration,
}

impl Running<'_> {
    fn emit(&self, step: DownloadStep) {
        if let Some(steps) = &self.steps {
            steps.send(step);
        }
    }

    fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.run.client.clock().elapsed())
    }

    /// Returns the client's timeout of a call, or the remaining time if that is shorter.
    fn call_timeout(&self) -> Duration {
        self.run.client.call_timeout().min(self.remaining())
    }

    /// Creates the download, and returns its id and whether it was found.
    async fn create(&self) -> Result<(DownloadTaskId, bool), DownloadError> {
        let DownloadRun { client, request, since, .. } = self.run;
        let instance = &request.instance_name;
        let failed = |error| DownloadError::Call { task: None, error };
        let support = DescribeDownloadSupport::builder()
            .region_code(request.region_code)
            .instance_name(instance.clone())
            .maybe_cluster_name(request.cluster_name.clone())
            .build();
        let support = client.send(support).timeout(self.call_timeout()).await.map_err(failed)?;
        match support.supported {
            Some(true) => self.emit(DownloadStep::Supported),
            Some(false) => return Err(DownloadError::Unsupported { instance: instance.clone() }),
            None => return Err(DownloadError::SupportUnknown { instance: instance.clone() }),
        }
        let created = create_once(client, request, *since, Some(self.deadline)).await;
        let created = created.map_err(|CreationError { error, blocked_by }| match blocked_by {
            Some(task) => DownloadError::Blocked { by: Box::new(task), error },
            None => failed(error),
        })?;
        let (task, found) = (created.task.task_id, created.found);
        self.emit(DownloadStep::Created { task: task.clone(), found });
        Ok((task, found))
    }

    /// Waits until the download is finished, and emits a step for each poll.
    async fn finished(&self, task: DownloadTaskId) -> Result<DownloadTask, WaitError> {
        let CreateDownload { region_code, instance_name, cluster_name, .. } = &self.run.request;
        let mut condition = DownloadFinished::new(*region_code, instance_name.clone(), task);
        if let Some(cluster) = cluster_name {
            condition = condition.cluster_name(cluster);
        }
        let mut waiter = self.run.client.wait_for(condition).timeout(self.remaining());
        // That a download to resume exists is known when the service lists it.
        let mut unlisted = self.run.resumed.clone();
        while let Some(observation) = waiter.next().await {
            let observation = observation?;
            if let Some(task) = unlisted.take_if(|_| observation.state.is_some()) {
                self.emit(DownloadStep::Created { task, found: true });
            }
            self.emit(DownloadStep::Waiting {
                summary: observation.summary,
                progress: observation.progress,
            });
        }
        waiter.await
    }

    /// Returns whether the files are in the storage of the service. A resumed task can have another
    /// target than the request.
    fn is_to_url(&self, task: &DownloadTask) -> bool {
        match task.target_type.as_ref().and_then(|kind| kind.known()) {
            Some(kind) => *kind == DownloadTargetKind::Url,
            None => self.run.request.target == DownloadTarget::Url,
        }
    }

    async fn addresses(&self, task: DownloadTaskId) -> Result<DownloadAddresses, Error> {
        let CreateDownload { region_code, cluster_name, .. } = &self.run.request;
        let request = DescribeDownloadBackupSetStorageInfo::builder()
            .region_code(*region_code)
            .duration(self.run.lifetime)
            .selection(task)
            .maybe_cluster_name(cluster_name.clone())
            .build();
        let response = self.run.client.send(request).timeout(self.call_timeout()).await?;
        Ok(response.into_inner().into_inner())
    }
}
