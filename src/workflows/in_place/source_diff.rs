//! Compares where a database is: a row has more fields than a location needs.

use super::fields::returned;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::EndpointInstanceType;
use crate::workflows::plan_spec::DatabaseLocation;

/// Where a database is, with the parts that are known.
#[derive(Debug, Default)]
struct Place {
    kind: Option<String>,
    region: Option<String>,
    instance: Option<String>,
    gateway: Option<String>,
    host: Option<String>,
    port: Option<String>,
}

/// The result of a comparison with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Equal,
    /// With the present value.
    Different(String),
    /// The service did not return it.
    Unknown,
}

const fn kind(kind: EndpointInstanceType) -> &'static str {
    match kind {
        EndpointInstanceType::Rds => "rds",
        EndpointInstanceType::Ecs => "ecs",
        EndpointInstanceType::Express => "express",
        EndpointInstanceType::Agent => "gateway",
        EndpointInstanceType::Dds => "dds",
        EndpointInstanceType::Other => "address",
        _ => "dg",
    }
}

impl Place {
    fn of_location(location: &DatabaseLocation) -> Self {
        use DatabaseLocation::{Address, Dds, Ecs, Express, Gateway, Rds};
        let text = Some;
        let mut place =
            Self { region: location.region().map(|it| it.to_string()), ..Self::default() };
        let (name, instance, address) = match location {
            Rds { instance, .. } => ("rds", Some(instance), (None, None)),
            Dds { instance, .. } => ("dds", Some(instance), (None, None)),
            Ecs { instance, port, .. } => ("ecs", Some(instance), (None, Some(port))),
            Express { vpc, host, port, .. } => ("express", Some(vpc), (Some(host), Some(port))),
            Gateway { gateway, host, port, .. } => {
                place.gateway = Some(gateway.to_string());
                ("gateway", None, (Some(host), Some(port)))
            }
            Address { host, port } => ("address", None, (Some(host), Some(port))),
        };
        place.kind = text(name.to_owned());
        place.instance = instance.map(ToString::to_string);
        place.host = address.0.map(|host| host.to_string().to_ascii_lowercase());
        place.port = address.1.map(ToString::to_string);
        place
    }

    fn of_row(row: &BackupPlanDetail) -> Self {
        let known = row.source_endpoint_instance_type.as_ref();
        let address = row.source_endpoint_ip_port.as_deref().and_then(|text| text.rsplit_once(':'));
        let host = row.source_endpoint_host.as_deref().or(address.map(|(host, _)| host));
        let port = row.source_endpoint_port.map(|port| port.to_string());
        Self {
            kind: known.and_then(|known| match known.known() {
                Some(known) => Some(kind(*known).to_owned()),
                None => returned(known),
            }),
            region: row.source_endpoint_region.as_ref().and_then(returned),
            instance: row.source_endpoint_instance_id.as_ref().map(ToString::to_string),
            gateway: row.backup_gateway_id.map(|id| id.to_string()),
            host: host.map(str::to_ascii_lowercase),
            port: port.or(address.map(|(_, port)| port.to_owned())),
        }
    }

    /// Returns the parts that identify a database of this kind.
    fn describe(&self) -> String {
        let has_address = !matches!(self.kind.as_deref(), Some("rds" | "dds" | "ecs"));
        let host = self.host.as_ref().filter(|_| has_address);
        let has_port = has_address || self.kind.as_deref() == Some("ecs");
        let port = self.port.as_ref().filter(|_| has_port);
        let address = match (host, port) {
            (Some(host), Some(port)) => Some(format!("{host}:{port}")),
            (Some(host), None) => Some(host.clone()),
            (None, port) => port.map(|port| format!("port {port}")),
        };
        let gateway = self.gateway.clone().filter(|_| self.kind.as_deref() == Some("gateway"));
        let parts = [&self.kind, &self.region, &self.instance, &gateway, &address];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(" ")
    }
}

/// Returns a location as a diff shows it, such as `rds cn-hangzhou rm-1`.
pub(super) fn place(location: &DatabaseLocation) -> String {
    Place::of_location(location).describe()
}

/// Compares a location with a row.
pub(super) fn compare(location: &DatabaseLocation, row: &BackupPlanDetail) -> Compared {
    let (wanted, present) = (Place::of_location(location), Place::of_row(row));
    let parts = [
        (&wanted.kind, &present.kind),
        (&wanted.region, &present.region),
        (&wanted.instance, &present.instance),
        (&wanted.gateway, &present.gateway),
        (&wanted.host, &present.host),
        (&wanted.port, &present.port),
    ];
    let mut managed = parts.into_iter().filter(|(wanted, _)| wanted.is_some());
    if managed.clone().any(|(wanted, present)| present.is_some() && wanted != present) {
        return Compared::Different(present.describe());
    }
    if managed.any(|(_, present)| present.is_none()) {
        return Compared::Unknown;
    }
    Compared::Equal
}
