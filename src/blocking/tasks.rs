//! Blocking `Waiter` and `Provision`: run for the result, or iterate over the steps.

use std::error::Error as StdError;
use std::fmt;
use std::future::{IntoFuture, ready};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::worker::Worker;
use super::worker_error;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::{self, Condition, Observation, WaitError};
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::{self, CreatedPlan, ProvisionError, ProvisionStep, Provisioned};

/// A prepared wait, made by [`Client::wait_for`](super::Client::wait_for).
///
/// [`wait`](Self::wait) returns the final state. As an iterator, it yields an [`Observation`] for
/// each poll.
#[must_use = "a waiter does nothing until `wait` is called or it is iterated"]
pub struct Waiter<C: Condition> {
    waiter: Option<wait::Waiter<C>>,
    worker: Arc<Worker>,
}

impl<C: Condition> Waiter<C> {
    pub(super) fn new(waiter: wait::Waiter<C>, worker: Arc<Worker>) -> Self {
        Self { waiter: Some(waiter), worker }
    }

    /// Sets the longest time to wait; see [`wait::Waiter::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.waiter = self.waiter.map(|waiter| waiter.timeout(timeout));
        self
    }

    /// Sets how long the resource may be missing before the wait fails.
    ///
    /// See [`wait::Waiter::missing_timeout`].
    pub fn missing_timeout(mut self, timeout: Duration) -> Self {
        self.waiter = self.waiter.map(|waiter| waiter.missing_timeout(timeout));
        self
    }

    /// Sets the interval between the first two polls, and the longest interval.
    ///
    /// See [`wait::Waiter::poll_interval`].
    pub fn poll_interval(mut self, initial: Duration, max: Duration) -> Self {
        self.waiter = self.waiter.map(|waiter| waiter.poll_interval(initial, max));
        self
    }

    /// Waits until the condition holds.
    ///
    /// # Errors
    ///
    /// Returns an error if the timeout expires, if the resource fails or stays missing, or if a
    /// call fails with an error that is not retryable.
    pub fn wait(self) -> Result<C::State, WaitError> {
        match self.waiter {
            Some(waiter) => self
                .worker
                .run(waiter.into_future())
                .map_err(|error| WaitError::not_started(worker_error(error)))?,
            None => Err(WaitError::ended()),
        }
    }
}

impl<C: Condition + Unpin> Iterator for Waiter<C> {
    type Item = Result<Observation<C::State>, WaitError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut waiter = self.waiter.take()?;
        let task = async move {
            let observation = waiter.next().await;
            (waiter, observation)
        };
        match self.worker.run(task) {
            Ok((waiter, observation)) => {
                self.waiter = Some(waiter);
                observation
            }
            Err(error) => Some(Err(WaitError::not_started(worker_error(error)))),
        }
    }
}

impl<C: Condition> fmt::Debug for Waiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Waiter").field(&self.waiter).finish()
    }
}

/// A prepared provisioning, made by [`Client::provision`](super::Client::provision).
///
/// [`run`](Self::run) returns the running plan. As an iterator, it yields a [`ProvisionStep`] for
/// each step and each poll. An option that is set after the first step stops the run, and is an error.
#[must_use = "a provisioning does nothing until `run` is called or it is iterated"]
pub struct Provision {
    provision: Option<workflows::Provision>,
    worker: Arc<Worker>,
}

impl Provision {
    pub(super) fn new(provision: workflows::Provision, worker: Arc<Worker>) -> Self {
        Self { provision: Some(provision), worker }
    }

    /// Sets the client token of the provisioning, with which a later run finds the plan.
    ///
    /// See [`workflows::Provision::client_token`].
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.provision = self.provision.map(|provision| provision.client_token(token));
        self
    }

    /// Sets the timeout of the whole provisioning. Defaults to 30 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.provision = self.provision.map(|provision| provision.timeout(timeout));
        self
    }

    /// Continues with a plan that was bought earlier, and sends no purchase.
    ///
    /// After an [unresolved purchase](ProvisionError::unresolved), call it on a new provisioning
    /// with one of the candidates. See [`workflows::Provision::resume`].
    pub fn resume(mut self, plan: BackupPlanId) -> Self {
        self.provision = self.provision.map(|provision| provision.resume(plan));
        self
    }

    /// Sets a hook that records the bought plan before the next step.
    ///
    /// It runs on the client's background thread, so it must not make calls with this client. See
    /// [`workflows::Provision::record`].
    pub fn record<F, E>(mut self, record: F) -> Self
    where
        F: Fn(CreatedPlan) -> Result<(), E> + Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let record = move |plan| {
            let recorded: Result<(), Box<dyn StdError + Send + Sync>> =
                record(plan).map_err(Into::into);
            ready(recorded)
        };
        self.provision = self.provision.map(|provision| provision.record(record));
        self
    }

    /// Sets when the client token was first used. Defaults to the purchase of this run.
    ///
    /// See [`workflows::Provision::token_since`].
    pub fn token_since(mut self, since: OffsetDateTime) -> Self {
        self.provision = self.provision.map(|provision| provision.token_since(since));
        self
    }

    /// Sets how long the client relies on the service to remember a token. Defaults to 10 minutes.
    ///
    /// See [`workflows::Provision::token_memory`].
    pub fn token_memory(mut self, memory: Duration) -> Self {
        self.provision = self.provision.map(|provision| provision.token_memory(memory));
        self
    }

    /// Buys even if an earlier purchase with the token may have been executed and forgotten.
    ///
    /// See [`workflows::Provision::buy_anyway`].
    pub fn buy_anyway(mut self) -> Self {
        self.provision = self.provision.map(workflows::Provision::buy_anyway);
        self
    }

    /// Buys, configures and starts the plan.
    ///
    /// # Errors
    ///
    /// Returns an error if a stage fails. It names the stage and the plan, if one was bought, and
    /// says how to continue.
    pub fn run(self) -> Result<Provisioned, ProvisionError> {
        match self.provision {
            Some(provision) => self
                .worker
                .run(provision.into_future())
                .map_err(|error| ProvisionError::not_started(worker_error(error)))?,
            None => Err(ProvisionError::ended()),
        }
    }
}

impl Iterator for Provision {
    type Item = Result<ProvisionStep, ProvisionError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut provision = self.provision.take()?;
        let task = async move {
            let step = provision.next().await;
            (provision, step)
        };
        match self.worker.run(task) {
            Ok((provision, step)) => {
                self.provision = Some(provision);
                step
            }
            Err(error) => Some(Err(ProvisionError::not_started(worker_error(error)))),
        }
    }
}

impl fmt::Debug for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Provision").field(&self.provision).finish()
    }
}
