//! The network: what it does to a request follows from the seed.

use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::Clock;
use aliyun_dbs::transport::{Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::world::World;

/// A bug that is planted, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// An operator that sends a purchase again makes a new token for it.
    NewTokenForEachTry,
    /// A connection that broke after the request was sent is called one that never came about.
    DroppedIsCalledNotSent,
    /// The client makes the same nonces again and again.
    NonceIsReused,
    /// Calls take as long as they like.
    DeadlineIsIgnored,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Delivered,
    Refused,
    LostOnTheWay,
    AnswerLost,
    Delayed(u64),
    /// It arrives after the client has given up.
    Late(u64),
    /// It arrives, and arrives again.
    Twice(u64),
    Throttled,
    Unavailable,
    FailedBefore,
    FailedAfter,
    CutShort,
    Garbled,
}

/// The network as one operator has it.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) world: Arc<World>,
    pub(crate) operator: usize,
}

impl Network {
    fn fate(&self) -> Fate {
        let mut random = self.world.random();
        let roll = random.u32(0..100);
        match roll {
            0..4 => Fate::Refused,
            4..8 => Fate::LostOnTheWay,
            8..14 => Fate::AnswerLost,
            14..18 => Fate::Delayed(random.u64(1..15)),
            18..22 => Fate::Late(random.u64(1..90)),
            22..26 => Fate::Twice(random.u64(0..90)),
            26..30 => Fate::Throttled,
            30..33 => Fate::Unavailable,
            33..35 => Fate::FailedBefore,
            35..37 => Fate::FailedAfter,
            37..39 => Fate::CutShort,
            39..41 => Fate::Garbled,
            _ => Fate::Delivered,
        }
    }

    fn broken(&self) -> TransportError {
        if self.world.flaw == Some(Flaw::DroppedIsCalledNotSent) {
            return TransportError::not_sent("no connection: connection reset");
        }
        TransportError::ambiguous("the connection broke: connection reset")
    }
}

fn answer(status: u16, body: &'static str) -> Response<Bytes> {
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
        match self.fate() {
            Fate::Delivered => Ok(world.deliver(entry, request).await),
            Fate::Refused => Err(TransportError::not_sent("connection refused")),
            Fate::LostOnTheWay => Err(self.broken()),
            Fate::AnswerLost => {
                world.deliver(entry, request).await;
                Err(self.broken())
            }
            Fate::Delayed(time) => {
                clock.sleep(seconds(time)).await;
                Ok(world.deliver(entry, request).await)
            }
            Fate::Late(time) => {
                world.deliver_later(entry, request, seconds(time));
                clock.sleep(seconds(120)).await;
                Err(self.broken())
            }
            Fate::Twice(time) => {
                world.deliver_later(entry, request.clone(), seconds(time));
                Ok(world.deliver(entry, request).await)
            }
            Fate::Throttled => {
                let body = r#"{"Code":"Throttling.User","Message":"slow down","RequestId":"R"}"#;
                let mut response = answer(400, body);
                let wait = world.random().u64(0..3000);
                response.headers_mut().insert("x-acs-retry-after", wait.into());
                Ok(response)
            }
            Fate::Unavailable => Ok(answer(503, "<html>unavailable</html>")),
            Fate::FailedBefore => {
                Ok(answer(500, r#"{"Code":"InternalError","Message":"sorry","RequestId":"R"}"#))
            }
            Fate::FailedAfter => {
                world.deliver(entry, request).await;
                Ok(answer(504, "<html>gateway timeout</html>"))
            }
            Fate::CutShort => {
                let response = world.deliver(entry, request).await;
                Ok(response.map(|body| body.slice(..body.len() / 2)))
            }
            Fate::Garbled => {
                let response = world.deliver(entry, request).await;
                Ok(response.map(|_| Bytes::from_static(b"\xff\xfe garbage")))
            }
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.world.clock())
    }
}
