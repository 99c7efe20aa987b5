//! The control API.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::rules::{self, NewRule};
use super::shared::Shared;
use super::snapshot;
use crate::fake::clock::FakeClock;
use crate::fake::dbs::FakeDbs;
use crate::rpc::clock::Clock;
use crate::v2019_03_06::region::Region;

/// Further than this the clock is not moved, since years have four digits.
const LAST_YEAR: i32 = 2200;

/// What is asked of the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: Option<f64>,
    speed: Option<f64>,
}

/// A backup gateway that is to be added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGateway {
    region: String,
    name: String,
    #[serde(default)]
    databases: Vec<String>,
}

/// Why it was not done.
enum ControlError {
    NotFound,
    Method(&'static str),
    Invalid(String),
}

impl From<String> for ControlError {
    fn from(why: String) -> Self {
        Self::Invalid(why)
    }
}

/// Does what a request under `/_emulator/` asks for.
pub(super) fn answer(shared: &Shared, method: &Method, what: &str, body: &[u8]) -> Response<Bytes> {
    match perform(shared, method, what, body) {
        Ok(answer) => json(200, &answer),
        Err(ControlError::NotFound) => error(404, "there is no such thing to look at or to steer"),
        Err(ControlError::Invalid(why)) => error(400, &why),
        Err(ControlError::Method(allowed)) => {
            let mut response = error(405, &format!("use {allowed}"));
            response.headers_mut().insert("allow", HeaderValue::from_static(allowed));
            response
        }
    }
}

fn perform(
    shared: &Shared,
    method: &Method,
    what: &str,
    body: &[u8],
) -> Result<Value, ControlError> {
    let dbs = &shared.dbs;
    match (what, method.as_str()) {
        ("state", "GET") => Ok(snapshot::all(dbs)),
        ("requests", "GET") => Ok(json!({ "requests": shared.journal().entries() })),
        ("faults", "GET") => Ok(json!({ "faults": rules::list(dbs) })),
        ("faults", "POST") => {
            read::<NewRule>(body)?.add(dbs)?;
            Ok(json!({ "faults": rules::list(dbs) }))
        }
        ("faults", "DELETE") => {
            dbs.faults().clear();
            Ok(json!({ "faults": [] }))
        }
        ("clock", "GET") => Ok(snapshot::clock(dbs)),
        ("clock", "POST") => {
            change_clock(dbs.clock(), &read(body)?)?;
            Ok(snapshot::clock(dbs))
        }
        ("gateways", "POST") => add_gateway(dbs, read(body)?),
        ("reset", "POST") => {
            dbs.reset();
            shared.journal().clear();
            Ok(json!({}))
        }
        ("state" | "requests", _) => Err(ControlError::Method("GET")),
        ("faults", _) => Err(ControlError::Method("GET, POST, DELETE")),
        ("clock", _) => Err(ControlError::Method("GET, POST")),
        ("gateways" | "reset", _) => Err(ControlError::Method("POST")),
        _ => Err(ControlError::NotFound),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("the body does not fit: {error}"))
}

fn change_clock(clock: &FakeClock, change: &ClockChange) -> Result<(), String> {
    if change.speed.is_some_and(|speed| !(0.0..=FakeClock::MAX_SPEED).contains(&speed)) {
        return Err(format!("speed is a number from 0 to {}", FakeClock::MAX_SPEED));
    }
    if let Some(seconds) = change.advance_seconds {
        let by = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
        let after = |now: OffsetDateTime| now.checked_add(by.try_into().ok()?);
        if after(clock.now()).is_none_or(|after| after.year() > LAST_YEAR) {
            return Err(format!("the clock ends with the year {LAST_YEAR}"));
        }
        clock.advance(by);
    }
    if let Some(speed) = change.speed {
        clock.run(speed);
    }
    Ok(())
}

fn add_gateway(dbs: &FakeDbs, new: NewGateway) -> Result<Value, ControlError> {
    let region: Region = new.region.parse().map_err(|_| format!("{} is no region", new.region))?;
    let id = dbs.add_gateway(region, new.name);
    dbs.add_gateway_databases(id, new.databases);
    Ok(json!({ "backup_gateway_id": id }))
}

/// A refusal of the control API.
pub(super) fn error(status: u16, message: &str) -> Response<Bytes> {
    json(status, &json!({ "error": message }))
}

fn json(status: u16, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(format!("{body:#}\n")));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
