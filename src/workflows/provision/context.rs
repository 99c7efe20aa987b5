//! `RunContext`: what every stage of a provisioning needs.

use std::future::Future;
use std::time::Duration;

use super::options::ProvisionOptions;
use super::progress::{ProvisionStage, ProvisionStep};
use super::provision_error::ProvisionCause;
use crate::rpc::client::Client;
use crate::rpc::clock::with_timeout;
use crate::rpc::error::Error;
use crate::rpc::sign::acs3;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::WaitError;
use crate::rpc::wait::task_stream::EventSink;

pub(super) type StageResult<T> = Result<T, (ProvisionStage, ProvisionCause)>;

/// What every stage of a run needs.
pub(super) struct RunContext<'r> {
    pub(super) options: &'r ProvisionOptions,
    pub(super) client: &'r Client,
    pub(super) token: &'r ClientToken,
    steps: Option<&'r EventSink<ProvisionStep>>,
    pub(super) timeout: Duration,
    /// By the client's clock.
    deadline: Duration,
}

impl<'r> RunContext<'r> {
    /// Starts the timeout of the run.
    pub(super) fn new(
        options: &'r ProvisionOptions,
        token: &'r ClientToken,
        steps: Option<&'r EventSink<ProvisionStep>>,
    ) -> Self {
        let ProvisionOptions { client, timeout, .. } = options;
        let deadline = client.clock().elapsed().saturating_add(*timeout);
        Self { options, client, token, steps, timeout: *timeout, deadline }
    }
}

impl RunContext<'_> {
    pub(super) fn emit(&self, step: ProvisionStep) {
        if let Some(steps) = self.steps {
            steps.send(step);
        }
    }

    pub(super) fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.client.clock().elapsed())
    }

    /// Returns the client's timeout of a call, or the remaining time if that is shorter.
    pub(super) fn call_timeout(&self) -> Duration {
        self.client.call_timeout().min(self.remaining())
    }

    /// Returns the output of a future, or an error if the run times out first.
    pub(super) async fn limited<F: Future + Unpin>(
        &self,
        subject: impl FnOnce() -> String,
        future: F,
    ) -> Result<F::Output, ProvisionCause> {
        let clock = self.client.clock();
        let remaining = self.remaining();
        let output = with_timeout(move || clock.deadline(remaining), future).await;
        output.ok_or_else(|| WaitError::timed_out(subject(), self.timeout, 0).into())
    }

    /// Derives the client token of a request from that of the provisioning.
    ///
    /// A run after a crash thus repeats the requests of the earlier one.
    pub(super) fn derive_token(
        &self,
        action: &str,
        salt: &str,
        attempt: u32,
    ) -> Result<ClientToken, Error> {
        let seed = format!("{}\n{action}\n{salt}\n{attempt}", self.token);
        let hash = acs3::payload_hash(seed.as_bytes());
        Ok(ClientToken::new(&hash[..32])?)
    }
}

pub(super) fn in_stage(
    stage: ProvisionStage,
) -> impl Fn(Error) -> (ProvisionStage, ProvisionCause) {
    move |error| (stage, error.into())
}
