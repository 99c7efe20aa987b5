//! `FakeDbs`: the service in memory, for the tests of services that use this crate.
//!
//! It is a [`Transport`]: it reads the same signed HTTP requests that the real service gets,
//! checks signature, nonce, time, parameters and client token, and keeps plans that live by a
//! [`FakeClock`]. Faults are injected by rules ([`Faults`]).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aliyun_dbs::Error> {
//! use aliyun_dbs::fake::FakeDbs;
//! use aliyun_dbs::operations::CreateBackupPlan;
//! use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
//! use aliyun_dbs::{Client, Period, Region};
//!
//! let dbs = FakeDbs::new();
//! dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
//! let client = Client::builder()
//!     .region(Region::Hangzhou)
//!     .credentials(dbs.credentials())
//!     .transport(dbs.clone())
//!     .build()?;
//! let plan = client
//!     .send(
//!         CreateBackupPlan::builder()
//!             .region(Region::Hangzhou)
//!             .database_type(DatabaseType::MySql)
//!             .instance_class(InstanceClass::Small)
//!             .backup_method(BackupMethod::Logical)
//!             .period(Period::years::<3>())
//!             .build(),
//!     )
//!     .await?;
//! assert_eq!(plan.attempts(), 3);
//! assert_eq!(dbs.plans().len(), 1); // sent three times, bought once
//! # Ok(()) }
//! ```

mod answer;
mod clock;
mod faults;
mod gate;
mod plans;
mod service;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;

pub use clock::FakeClock;
pub use faults::{FaultRule, Faults};
pub use plans::FakePlan;

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::transport::{RecordedRequest, Transport, TransportError};
use faults::Effect;
use service::Service;

/// The Database Backup Service in memory. Clones share one service.
#[derive(Clone)]
pub struct FakeDbs {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<FakeClock>,
    faults: Faults,
    service: Mutex<Service>,
}

impl FakeDbs {
    /// An empty service with one access key, whose clock starts at the machine's time.
    pub fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                clock: Arc::new(FakeClock::new()),
                faults: Faults::default(),
                service: Mutex::new(Service::new()),
            }),
        }
    }

    /// The access key that the service knows from the start.
    pub fn credentials(&self) -> Credentials {
        service::default_credentials()
    }

    /// Makes the service know another access key. One with an
    /// [expiration](Credentials::with_expiration) is refused after it.
    pub fn add_credentials(&self, credentials: Credentials) {
        self.service().add_credentials(credentials);
    }

    /// The clock that the service lives by; clients on this transport live by it as well.
    pub fn clock(&self) -> &Arc<FakeClock> {
        &self.shared.clock
    }

    /// Rules for what goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// The plans, in the order they were bought.
    pub fn plans(&self) -> Vec<FakePlan> {
        self.service().plans(self.shared.clock.now())
    }

    /// Every request that reached the service or was lost on the way, in order.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service().requests.clone()
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.shared.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the request in, and answers it.
    fn process(&self, request: &RecordedRequest) -> Response<Bytes> {
        self.service().answer(request, self.shared.clock.now())
    }
}

impl Default for FakeDbs {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakeDbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service();
        f.debug_struct("FakeDbs")
            .field("now", &self.shared.clock.now())
            .field("requests", &service.requests.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for FakeDbs {
    async fn send(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = RecordedRequest::new(request);
        let effect = self.shared.faults.next(request.operation());
        self.service().requests.push(request.clone());
        match effect {
            None => Ok(self.process(&request)),
            Some(Effect::RefuseConnection) => {
                Err(TransportError::not_sent("no connection: connection refused"))
            }
            Some(Effect::DropBeforeProcessing) => {
                Err(TransportError::ambiguous("the connection broke: connection reset"))
            }
            Some(Effect::DropAfterProcessing) => {
                self.process(&request);
                Err(TransportError::ambiguous("the connection broke: connection reset"))
            }
            Some(Effect::Slow(delay)) => {
                let response = self.process(&request);
                self.shared.clock.sleep(delay).await;
                Ok(response)
            }
            Some(Effect::Answer(response)) => Ok(response),
            Some(Effect::Truncate) => {
                let response = self.process(&request);
                Ok(response.map(|body| body.slice(..body.len() / 2)))
            }
            Some(Effect::Replace(body)) => Ok(self.process(&request).map(|_| body)),
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.shared.clock.clone())
    }
}
