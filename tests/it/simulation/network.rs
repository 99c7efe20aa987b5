//! The simulated network: the seed determines how it handles a request.

use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::Clock;
use aliyun_dbs::transport::{Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::world::SimulatedWorld;

/// A planted bug that the simulation must detect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// An operator repeats a purchase with a new token.
    NewTokenForEachRun,
    /// The transport reports a connection that broke after sending as never connected.
    DroppedIsReportedUnsent,
    /// The client repeats nonces.
    NonceIsReused,
    /// Calls exceed their timeout.
    DeadlineIsIgnored,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    Delivered,
    Refused,
    LostOnTheWay,
    ResponseLost,
    Delayed(u64),
    /// It arrives after the client has timed out.
    Late(u64),
    /// It arrives twice.
    Twice(u64),
    Throttled,
    Unavailable,
    FailedBefore,
    FailedAfter,
    CutShort,
    Garbled,
}

/// The network of one operator.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) world: Arc<SimulatedWorld>,
    pub(crate) operator: usize,
}

impl Network {
    fn next_delivery(&self) -> Delivery {
        let mut random = self.world.random();
        let roll = random.u32(0..100);
        match roll {
            0..4 => Delivery::Refused,
            4..8 => Delivery::LostOnTheWay,
            8..14 => Delivery::ResponseLost,
            14..18 => Delivery::Delayed(random.u64(1..15)),
            18..22 => Delivery::Late(random.u64(1..90)),
            22..26 => Delivery::Twice(random.u64(0..90)),
            26..30 => Delivery::Throttled,
            30..33 => Delivery::Unavailable,
            33..35 => Delivery::FailedBefore,
            35..37 => Delivery::FailedAfter,
            37..39 => Delivery::CutShort,
            39..41 => Delivery::Garbled,
            _ => Delivery::Delivered,
        }
    }

    fn broken(&self) -> TransportError {
        if self.world.flaw == Some(Flaw::DroppedIsReportedUnsent) {
            return TransportError::not_sent("no connection: connection reset");
        }
        TransportError::interrupted("the connection broke: connection reset")
    }
}

fn respond(status: u16, body: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

#[async_trait::async_trait]
impl Transport for Network {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let world = &self.world;
        let entry = world.log(self.operator, &request);
        let clock = world.dbs.clock().clone();
        let seconds = Duration::from_secs;
        match self.next_delivery() {
            Delivery::Delivered => Ok(world.deliver(entry, request).await),
            Delivery::Refused => Err(TransportError::not_sent("connection refused")),
            Delivery::LostOnTheWay => Err(self.broken()),
            Delivery::ResponseLost => {
                world.deliver(entry, request).await;
                Err(self.broken())
            }
            Delivery::Delayed(time) => {
                clock.sleep(seconds(time)).await;
                Ok(world.deliver(entry, request).await)
            }
            Delivery::Late(time) => {
                world.deliver_later(entry, request, seconds(time));
                clock.sleep(seconds(120)).await;
                Err(self.broken())
            }
            Delivery::Twice(time) => {
                world.deliver_later(entry, request.clone(), seconds(time));
                Ok(world.deliver(entry, request).await)
            }
            Delivery::Throttled => {
                let body = r#"{"Code":"Throttling.User","Message":"slow down","RequestId":"R"}"#;
                let mut response = respond(400, body);
                let wait = world.random().u64(0..3000);
                response.headers_mut().insert("x-acs-retry-after", wait.into());
                Ok(response)
            }
            Delivery::Unavailable => Ok(respond(503, "<html>unavailable</html>")),
            Delivery::FailedBefore => {
                Ok(respond(500, r#"{"Code":"InternalError","Message":"sorry","RequestId":"R"}"#))
            }
            Delivery::FailedAfter => {
                world.deliver(entry, request).await;
                Ok(respond(504, "<html>gateway timeout</html>"))
            }
            Delivery::CutShort => {
                let response = world.deliver(entry, request).await;
                Ok(response.map(|body| body.slice(..body.len() / 2)))
            }
            Delivery::Garbled => {
                let response = world.deliver(entry, request).await;
                Ok(response.map(|_| Bytes::from_static(b"\xff\xfe garbage")))
            }
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.world.clock())
    }
}
