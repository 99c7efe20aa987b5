//! The control API, under `/_emulator/`.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::access_keys::NewAccessKey;
use super::resources::{NewInstance, NewSandbox};
use super::rules::{self, NewRule};
use super::shared::Shared;
use super::tokens::{self, TokenChange};
use super::{capabilities, snapshot};
use crate::fake::clock::FakeClock;
use crate::fake::dbs::FakeDbs;
use crate::rpc::clock::Clock;
use crate::v2019_03_06::region::Region;

/// The last year that the control API advances the clock to: RFC 3339 has years of four digits.
const LAST_YEAR: i32 = 2200;

/// The most gateways, and the most bytes of their names and databases.
const MAX_GATEWAYS: usize = 1000;
const MAX_GATEWAY_BYTES: usize = 16 << 20;
/// The most bytes of the name of a gateway or database.
const MAX_NAME: usize = 256;

/// The body of `POST /_emulator/clock`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: Option<f64>,
    speed: Option<f64>,
}

/// The body of `POST /_emulator/gateways`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGateway {
    region: String,
    name: String,
    #[serde(default)]
    databases: Vec<String>,
}

/// A request of the control API, and what it does.
struct Route {
    method: &'static str,
    resource: &'static str,
    run: fn(&Shared, &[u8]) -> Result<Value, String>,
}

const fn route(
    method: &'static str,
    resource: &'static str,
    run: fn(&Shared, &[u8]) -> Result<Value, String>,
) -> Route {
    Route { method, resource, run }
}

/// All requests of the control API.
static ROUTES: [Route; 15] = [
    route("GET", "capabilities", |_, _| Ok(capabilities())),
    route("GET", "state", |shared, _| Ok(snapshot::all(&shared.dbs))),
    route("GET", "requests", |shared, _| Ok(json!({ "requests": shared.call_log().calls() }))),
    route("GET", "faults", |shared, _| Ok(json!({ "faults": rules::list(&shared.dbs) }))),
    route("POST", "faults", |shared, body| {
        read::<NewRule>(body)?.add(&shared.dbs)?;
        Ok(json!({ "faults": rules::list(&shared.dbs) }))
    }),
    route("DELETE", "faults", |shared, _| {
        shared.dbs.faults().clear();
        Ok(json!({ "faults": [] }))
    }),
    route("GET", "clock", |shared, _| Ok(snapshot::clock(&shared.dbs))),
    route("POST", "clock", |shared, body| {
        change_clock(shared.dbs.clock(), &read(body)?)?;
        Ok(snapshot::clock(&shared.dbs))
    }),
    route("POST", "gateways", |shared, body| add_gateway(&shared.dbs, read(body)?)),
    route("POST", "instances", |shared, body| read::<NewInstance>(body)?.add(&shared.dbs)),
    route("POST", "sandboxes", |shared, body| read::<NewSandbox>(body)?.add(&shared.dbs)),
    route("GET", "tokens", |shared, _| Ok(tokens::state(&shared.dbs))),
    route("POST", "tokens", |shared, body| {
        read::<TokenChange>(body)?.apply(&shared.dbs)?;
        Ok(tokens::state(&shared.dbs))
    }),
    route("POST", "access_keys", |shared, body| read::<NewAccessKey>(body)?.add(&shared.dbs)),
    route("POST", "reset", |shared, _| {
        shared.dbs.reset();
        shared.call_log().clear();
        Ok(json!({}))
    }),
];

fn capabilities() -> Value {
    let control = ROUTES.iter().map(|route| format!("{} {}", route.method, route.resource));
    capabilities::all(&control.collect::<Vec<_>>())
}

/// Handles a request of a resource under `/_emulator/`.
pub(super) fn handle(
    shared: &Shared,
    method: &Method,
    resource: &str,
    body: &[u8],
) -> Response<Bytes> {
    let routes: Vec<_> = ROUTES.iter().filter(|route| route.resource == resource).collect();
    if routes.is_empty() {
        return error(404, &unknown(resource));
    }
    let Some(route) = routes.iter().find(|route| route.method == method.as_str()) else {
        let allowed = routes.iter().map(|route| route.method).collect::<Vec<_>>().join(", ");
        let mut response =
            error(405, &format!("method `{method}` is not allowed: expected `{allowed}`"));
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        return response;
    };
    match (route.run)(shared, body) {
        Ok(body) => json(200, &body),
        Err(message) => error(400, &message),
    }
}

/// Returns the message for a resource that does not exist.
fn unknown(resource: &str) -> String {
    let mut known: Vec<_> = ROUTES.iter().map(|route| format!("`{}`", route.resource)).collect();
    // The methods of a resource are neighbours.
    known.dedup();
    let last = known.pop().unwrap_or_default();
    format!("unknown resource `{resource}`: expected {} or {last}", known.join(", "))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("invalid body: {error}"))
}

fn change_clock(clock: &FakeClock, change: &ClockChange) -> Result<(), String> {
    if let Some(speed) = change.speed.filter(|s| !(0.0..=FakeClock::MAX_SPEED).contains(s)) {
        return Err(format!(
            "invalid `speed` {speed:?}: expected a number from 0 to {}",
            FakeClock::MAX_SPEED
        ));
    }
    if let Some(seconds) = change.advance_seconds {
        let by = Duration::try_from_secs_f64(seconds)
            .map_err(|error| format!("invalid `advance_seconds` {seconds:?}: {error}"))?;
        let after = |now: OffsetDateTime| now.checked_add(by.try_into().ok()?);
        if after(clock.now()).is_none_or(|after| after.year() > LAST_YEAR) {
            return Err(format!(
                "invalid `advance_seconds` {seconds:?}: the clock ends with the year {LAST_YEAR}; send \
                 a smaller number"
            ));
        }
        clock.advance(by);
    }
    if let Some(speed) = change.speed {
        clock.run(speed);
    }
    Ok(())
}

fn add_gateway(dbs: &FakeDbs, new: NewGateway) -> Result<Value, String> {
    let region = new.region.parse::<Region>().map_err(|error| error.to_string())?;
    if [&new.name].into_iter().chain(&new.databases).any(|name| name.len() > MAX_NAME) {
        let message = format!("invalid gateway: a name is too long; send at most {MAX_NAME} bytes");
        return Err(message);
    }
    let (gateways, bytes) = dbs.gateway_sizes();
    if gateways >= MAX_GATEWAYS || bytes >= MAX_GATEWAY_BYTES {
        let message = format!(
            "too many gateways: at most {MAX_GATEWAYS} with 16 MiB of names are kept; remove them \
             with `POST /_emulator/reset`"
        );
        return Err(message);
    }
    let id = dbs.add_gateway(region, new.name);
    dbs.add_gateway_databases(id, new.databases);
    Ok(json!({ "backup_gateway_id": id }))
}

/// Returns an error response of the control API.
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
