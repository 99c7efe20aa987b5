//! `Waiter` and `Provision`: called they give the end, as iterators what happens on the way.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use super::no_output;
use super::worker::Worker;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::{self, Condition, Observation, WaitError};
use crate::workflows::{self, ProvisionError, ProvisionStep, Provisioned};

/// A wait that has been prepared; made by [`Client::wait_for`](super::Client::wait_for).
///
/// [`wait`](Self::wait) returns the final state; as an iterator it gives an [`Observation`] for each
/// look.
#[must_use = "a waiter does nothing until `call`, or until it is iterated"]
pub struct Waiter<C: Condition> {
    waiter: Option<wait::Waiter<C>>,
    worker: Arc<Worker>,
}

impl<C: Condition> Waiter<C> {
    pub(super) fn new(waiter: wait::Waiter<C>, worker: Arc<Worker>) -> Self {
        Self { waiter: Some(waiter), worker }
    }

    /// How long to wait at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.waiter = self.waiter.map(|waiter| waiter.timeout(timeout));
        self
    }

    /// How long what is waited for may not be there; see [`wait::Waiter::missing_timeout`].
    pub fn missing_timeout(mut self, timeout: Duration) -> Self {
        self.waiter = self.waiter.map(|waiter| waiter.missing_timeout(timeout));
        self
    }

    /// How long to wait between looks; see [`wait::Waiter::poll_interval`].
    pub fn poll_interval(mut self, initial: Duration, max: Duration) -> Self {
        self.waiter = self.waiter.map(|waiter| waiter.poll_interval(initial, max));
        self
    }

    /// Waits until the condition holds.
    ///
    /// # Errors
    ///
    /// When the time is out, when what is waited for has failed, or when looking fails for good.
    pub fn wait(self) -> Result<C::State, WaitError> {
        match self.waiter {
            Some(waiter) => self
                .worker
                .run(waiter.into_future())
                .map_err(|why| WaitError::not_begun(no_output(why)))?,
            None => Err(WaitError::ended()),
        }
    }
}

impl<C: Condition + Unpin> Iterator for Waiter<C> {
    type Item = Result<Observation<C::State>, WaitError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut waiter = self.waiter.take()?;
        let job = async move {
            let seen = waiter.next().await;
            (waiter, seen)
        };
        match self.worker.run(job) {
            Ok((waiter, seen)) => {
                self.waiter = Some(waiter);
                seen
            }
            Err(why) => Some(Err(WaitError::not_begun(no_output(why)))),
        }
    }
}

impl<C: Condition> fmt::Debug for Waiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Waiter").field(&self.waiter).finish()
    }
}

/// A provisioning that has been prepared; made by [`Client::provision`](super::Client::provision).
///
/// [`run`](Self::run) returns the running plan; as an iterator it gives a [`ProvisionStep`] for
/// everything that happens.
#[must_use = "nothing is bought until `call`, or until it is iterated"]
pub struct Provision {
    provision: Option<workflows::Provision>,
    worker: Arc<Worker>,
}

impl Provision {
    pub(super) fn new(provision: workflows::Provision, worker: Arc<Worker>) -> Self {
        Self { provision: Some(provision), worker }
    }

    /// The first token, which is how a later run finds the plan; see
    /// [`workflows::Provision::client_token`].
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.provision = self.provision.map(|provision| provision.client_token(token));
        self
    }

    /// How long all of it may take; half an hour if nothing else is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.provision = self.provision.map(|provision| provision.timeout(timeout));
        self
    }

    /// Buys, configures and starts the plan.
    ///
    /// # Errors
    ///
    /// When a stage fails; the error says which, what exists by now, and what to do.
    pub fn run(self) -> Result<Provisioned, ProvisionError> {
        match self.provision {
            Some(provision) => self
                .worker
                .run(provision.into_future())
                .map_err(|why| ProvisionError::not_begun(no_output(why)))?,
            None => Err(ProvisionError::ended()),
        }
    }
}

impl Iterator for Provision {
    type Item = Result<ProvisionStep, ProvisionError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut provision = self.provision.take()?;
        let job = async move {
            let step = provision.next().await;
            (provision, step)
        };
        match self.worker.run(job) {
            Ok((provision, step)) => {
                self.provision = Some(provision);
                step
            }
            Err(why) => Some(Err(ProvisionError::not_begun(no_output(why)))),
        }
    }
}

impl fmt::Debug for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Provision").field(&self.provision).finish()
    }
}
