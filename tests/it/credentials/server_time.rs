//! Tests with a wrong clock of this machine, and with sources that are late at the start.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::credentials::{
    Cached, CliProfileProvider, Credentials, CredentialsProvider, DefaultChain, Io,
    RamRoleProvider, RoleSession, UriProvider,
};
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::{Client, Clock, Region};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Duration as Span, OffsetDateTime};

use super::environment::{io, keys, sts_response};

/// How a server writes its `Date`.
#[derive(Clone, Copy, Debug)]
enum DateForm {
    ImfFixdate,
    Rfc850,
    Asctime,
}

impl DateForm {
    fn write(self, at: OffsetDateTime) -> String {
        let (month, weekday) = (&at.month().to_string()[..3], at.weekday().to_string());
        let (day, year) = (at.day(), at.year());
        let time = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
        match self {
            Self::ImfFixdate => at.format(&Rfc2822).unwrap().replace("+0000", "GMT"),
            Self::Rfc850 => format!("{weekday}, {day:02}-{month}-{:02} {time} GMT", year % 100),
            Self::Asctime => format!("{} {month} {day:2} {time} {year}", &weekday[..3]),
        }
    }
}

/// STS and a credentials URI with a clock that differs from the client's.
#[derive(Clone, Debug)]
struct Sts {
    clock: Arc<FakeClock>,
    ahead: Span,
    form: DateForm,
    requests: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Sts {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let now = self.clock.now() + self.ahead;
        let signed = request.headers().get("x-acs-date");
        let signed =
            signed.map(|at| OffsetDateTime::parse(at.to_str().unwrap(), &Rfc3339).unwrap());
        let until = (now + Span::HOUR).replace_nanosecond(0).unwrap().format(&Rfc3339).unwrap();
        let (status, body) = match signed {
            Some(at) if (now - at).abs() > Span::minutes(15) => {
                let body = r#"{"RequestId":"R","Code":"InvalidTimeStamp.Expired","Message":"m"}"#;
                (400, body.to_owned())
            }
            Some(_) => (200, sts_response("STS.role", &until)),
            None => (200, keys("Success", &until)),
        };
        let response = Response::builder().status(status).header("date", self.form.write(now));
        Ok(response.body(Bytes::from(body)).unwrap())
    }
}

fn world(ahead: Span, form: DateForm) -> (Sts, Io) {
    let clock = Arc::new(FakeClock::seeded(1));
    let sts = Sts { clock: clock.clone(), ahead, form, requests: Arc::default() };
    let config = r#"{"profiles":[{"name":"default","mode":"RamRoleArn","access_key_id":"LTAI",
        "access_key_secret":"s","ram_role_arn":"acs:ram::1:role/r"}]}"#;
    let io = io(&[], &[("/home/u/.aliyun/config.json", config)])
        .with_transport(sts.clone())
        .with_clock(clock);
    (sts, io)
}

#[tokio::test]
async fn expiry_of_a_session_follows_the_servers_clock() {
    for form in [DateForm::ImfFixdate, DateForm::Rfc850, DateForm::Asctime] {
        for ahead in [Span::hours(2), Span::hours(-2), Span::days(-400), Span::ZERO] {
            let (sts, io) = world(ahead, form);
            let profile = CliProfileProvider::new(None, io.clone());
            let cached = Cached::new(profile, sts.clock.clone());
            let first = cached.credentials().await.unwrap();
            assert_eq!(first.access_key_id(), "STS.role");
            let requests = sts.requests.load(Ordering::SeqCst);
            assert_eq!(requests, if ahead.is_zero() { 1 } else { 2 }, "{form:?}, {ahead}");
            sts.clock.advance(Duration::from_secs(40 * 60));
            assert_eq!(cached.credentials().await.unwrap(), first, "it is still valid");
            assert_eq!(sts.requests.load(Ordering::SeqCst), requests);
            sts.clock.advance(Duration::from_secs(19 * 60));
            assert_ne!(cached.credentials().await.unwrap(), first, "it is about to expire");
            let later = sts.requests.load(Ordering::SeqCst);
            assert_eq!(later, requests + 1, "the correction of the clock was kept");
        }
    }
}

#[tokio::test]
async fn expiry_of_fetched_keys_follows_the_servers_clock() {
    for ahead in [Span::hours(2), Span::hours(-2)] {
        let (sts, io) = world(ahead, DateForm::Asctime);
        let uri = UriProvider::new("http://127.0.0.1/keys", io.clone());
        let cached = Cached::new(uri, sts.clock.clone());
        let first = cached.credentials().await.unwrap();
        sts.clock.advance(Duration::from_secs(59 * 60));
        assert_ne!(cached.credentials().await.unwrap(), first, "{ahead}");
        // The role below signs with keys of the URI.
        let uri = Cached::new(UriProvider::new("http://127.0.0.1/keys", io.clone()), sts.clock);
        let role = RamRoleProvider::new(uri, RoleSession::new("acs:ram::1:role/r"), io);
        assert_eq!(role.credentials().await.unwrap().access_key_id(), "STS.role");
    }
}

/// A metadata service that is late for its first requests.
#[derive(Clone, Debug)]
struct LateMetadata {
    clock: Arc<FakeClock>,
    late: Arc<Mutex<u32>>,
    delay: Duration,
    key: Credentials,
}

#[async_trait]
impl Transport for LateMetadata {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let is_late = {
            let mut late = self.late.lock().unwrap();
            let is_late = *late > 0;
            *late = late.saturating_sub(1);
            is_late
        };
        if is_late {
            self.clock.sleep(self.delay).await;
        }
        let until = (self.clock.now() + Span::HOUR).format(&Rfc3339).unwrap();
        let body = match request.uri().path() {
            "/latest/api/token" => "token".to_owned(),
            path if path.ends_with('/') => "role".to_owned(),
            _ => format!(
                r#"{{"Code":"Success","AccessKeyId":"{}","AccessKeySecret":"{}",
                    "SecurityToken":"t","Expiration":"{until}"}}"#,
                self.key.access_key_id(),
                self.key.access_key_secret().expose()
            ),
        };
        Ok(Response::new(Bytes::from(body)))
    }
}

#[tokio::test]
async fn call_waits_for_a_late_metadata_service() {
    for delay in [1500, 30_000].map(Duration::from_millis) {
        let dbs = FakeDbs::new();
        let key = Credentials::new("STS.late", "s");
        dbs.add_credentials(key.clone().with_security_token("t"));
        let clock: Arc<FakeClock> = dbs.clock().clone();
        let late = Arc::new(Mutex::new(4));
        let metadata = LateMetadata { clock: clock.clone(), late, delay, key };
        let world = io(&[], &[]).with_transport(metadata).with_clock(clock);
        let chain = DefaultChain::builder().io(world).build();
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(chain)
            .transport(dbs.clone())
            .build()
            .unwrap();
        client.send(DescribeRegions::builder().build()).await.unwrap();
    }
}

#[tokio::test]
async fn unreachable_metadata_service_fails_at_once() {
    let world = io(&[], &[]).with_transport(
        aliyun_dbs::transport::ScriptedTransport::new()
            .fail(TransportError::not_sent("no route"))
            .fail(TransportError::not_sent("no route")),
    );
    let error = DefaultChain::builder().io(world).build().credentials().await.unwrap_err();
    assert!(!error.is_transient() && !error.is_not_configured(), "{error}");
}
