//! `ExploredTransport`: the transport of a process, whose exchanges are points.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::fault::Fault;
use super::session::{Process, Session};
use crate::rpc::clock::Clock;
use crate::rpc::transport::faults::apply::apply;
use crate::rpc::transport::{RecordedRequest, Transport, TransportError};

/// The transport of one process.
#[derive(Debug)]
pub(super) struct ExploredTransport {
    pub(super) session: Arc<Session>,
    pub(super) process: Arc<Process>,
}

#[async_trait]
impl Transport for ExploredTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let dbs = &self.session.dbs;
        let head = RecordedRequest::new(request.clone().map(|_| Bytes::new()));
        let Some(fault) = self.session.reach(&self.process, head.operation()).await else {
            return dbs.send(request).await;
        };
        if let Some(effect) = fault.effect() {
            return apply(Some(effect), request, dbs, &**dbs.clock()).await;
        }
        if fault != Fault::CrashBefore {
            // The process ends before it reads the response.
            let _ = dbs.send(request).await;
        }
        self.process.crash_by(fault).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.session.dbs)
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.session.dbs.clock().clone())
    }
}
