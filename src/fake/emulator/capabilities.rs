//! What the emulator accepts, for programs that choose or check it.

use serde_json::{Value, json};

use super::fault_kinds;
use super::format::ResponseFormat;
use crate::fake::api_gateway::SCHEMES;
use crate::fake::clock::FakeClock;
use crate::fake::served_api::ServedApi;
use crate::rpc::sign::SignatureVersion;

/// Returns the capabilities, with the requests of the control API such as `GET state`.
///
/// Every list is made from the table that the emulator dispatches on.
pub(super) fn all(control: &[String]) -> Value {
    let apis = ServedApi::ALL.map(|api| {
        json!({
            "product": api.product(),
            "version": api.version(),
            "operations": api.executed().iter().map(|known| known.action).collect::<Vec<_>>(),
            "refused": api.refused().iter().map(|known| known.action).collect::<Vec<_>>(),
        })
    });
    let signatures = SCHEMES.iter().map(|scheme| match scheme.version {
        SignatureVersion::Acs3 => "v3",
        SignatureVersion::RpcV1 => "v1",
    });
    json!({
        "name": "aliyun-dbs emulator",
        "version": env!("CARGO_PKG_VERSION"),
        "apis": apis,
        "signatures": signatures.collect::<Vec<_>>(),
        "formats": ResponseFormat::ALL.map(ResponseFormat::name),
        "fault_kinds": fault_kinds::names(),
        "control": control,
        "clock": { "max_speed": FakeClock::MAX_SPEED },
    })
}
