//! Whether a restore destination is another database than the source of a plan.

use std::net::IpAddr;

use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::{
    BackupGatewayId, DatabaseHost, EndpointInstanceType, InstanceId, Port, RestoreDestination,
};

/// Checks that a destination is not the source, and returns why that is not certain.
///
/// `verified` replaces a missing proof, but does not permit the source itself.
pub(super) fn check(
    source: Option<&BackupPlanDetail>,
    destination: &RestoreDestination,
    verified: bool,
) -> Result<(), String> {
    const REMEDY: &str = "verify that they differ, then call `Drill::destination_verified`";
    let destination = Place::of_destination(destination);
    let source = source.map(Place::of_source).unwrap_or_default();
    match source.compare(&destination) {
        Proof::Different => Ok(()),
        Proof::Same => Err(format!(
            "the destination {destination} is the database that the plan backs up; choose another"
        )),
        Proof::Unknown if verified => Ok(()),
        Proof::Unknown if source == Place::default() => Err(format!(
            "the service does not return the source of the plan, which may be the destination \
             {destination}; {REMEDY}"
        )),
        Proof::Unknown => {
            Err(format!("the destination {destination} may be the source {source}; {REMEDY}"))
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    Same,
    Different,
    Unknown,
}

/// Where a database is, as far as it is known.
#[derive(Debug, Default, PartialEq, Eq)]
struct Place {
    kind: Option<EndpointInstanceType>,
    /// The id of the instance; of the VPC for `Express`.
    instance: Option<String>,
    gateway: Option<BackupGatewayId>,
    host: Option<String>,
    port: Option<u16>,
}

impl Place {
    fn of_source(row: &BackupPlanDetail) -> Self {
        let joined = row.source_endpoint_ip_port.as_deref().and_then(|text| text.rsplit_once(':'));
        let host = row.source_endpoint_host.as_deref().filter(|host| !host.trim().is_empty());
        let host = host.or(joined.map(|(host, _)| host));
        let joined_port = joined.and_then(|(_, port)| port.parse().ok());
        Self {
            kind: row.source_endpoint_instance_type.as_ref().and_then(|kind| kind.known().copied()),
            instance: row.source_endpoint_instance_id.as_ref().map(lower_case),
            gateway: row.backup_gateway_id,
            host: host.map(normal_host),
            port: row.source_endpoint_port.or(joined_port),
        }
    }

    fn of_destination(destination: &RestoreDestination) -> Self {
        let kind = Some(destination.instance_type());
        let of =
            |instance: Option<&InstanceId>, host: Option<&DatabaseHost>, port: Option<Port>| Self {
                kind,
                instance: instance.map(lower_case),
                gateway: None,
                host: host.map(|host| normal_host(host.as_str())),
                port: port.map(Port::get),
            };
        match destination {
            RestoreDestination::Rds { instance_id, .. }
            | RestoreDestination::Dds { instance_id, .. } => of(Some(instance_id), None, None),
            RestoreDestination::Ecs { instance_id, port, .. } => {
                of(Some(instance_id), None, Some(*port))
            }
            RestoreDestination::Express { instance_id, host, port, .. } => {
                of(Some(instance_id), Some(host), Some(*port))
            }
            RestoreDestination::Agent { gateway_id, host, port, .. } => {
                Self { gateway: Some(*gateway_id), ..of(None, Some(host), Some(*port)) }
            }
            RestoreDestination::Other { host, port, .. } => of(None, Some(host), Some(*port)),
            RestoreDestination::DatabaseGateway { endpoint, .. } => {
                of(endpoint.instance_id.as_ref(), endpoint.host.as_ref(), endpoint.port)
            }
        }
    }

    fn compare(&self, other: &Self) -> Proof {
        if self.is_same(other) {
            Proof::Same
        } else if self.is_other_instance(other) || self.is_other_address(other) {
            Proof::Different
        } else {
            Proof::Unknown
        }
    }

    /// Returns the id of the instance that is the database itself.
    fn database_instance(&self) -> Option<&str> {
        let is_network = self.kind == Some(EndpointInstanceType::Express);
        self.instance.as_deref().filter(|_| !is_network)
    }

    fn is_same(&self, other: &Self) -> bool {
        let ports_differ = matches!((self.port, other.port), (Some(a), Some(b)) if a != b);
        let (instance, other_instance) = (self.database_instance(), other.database_instance());
        // One server can run several databases, at different ports.
        if instance.is_some() && instance == other_instance && !ports_differ {
            return true;
        }
        let has_name_of = |host: &Option<String>, instance: Option<&str>| {
            let host = host.as_deref();
            instance.is_some_and(|id| host.is_some_and(|host| host.starts_with(id)))
        };
        if has_name_of(&self.host, other_instance) || has_name_of(&other.host, instance) {
            return true;
        }
        let is_same_address =
            self.host.is_some() && self.host == other.host && self.port == other.port;
        is_same_address && !self.is_other_network(other)
    }

    /// Returns whether both are seen from networks, and these differ.
    fn is_other_network(&self, other: &Self) -> bool {
        let differ = |a: Option<&str>, b: Option<&str>| a.is_some() && b.is_some() && a != b;
        let is_express = |place: &Self| place.kind == Some(EndpointInstanceType::Express);
        matches!((self.gateway, other.gateway), (Some(a), Some(b)) if a != b)
            || is_express(self)
                && is_express(other)
                && differ(self.instance.as_deref(), other.instance.as_deref())
    }

    /// Returns whether both are instances of one kind, and differ.
    fn is_other_instance(&self, other: &Self) -> bool {
        use EndpointInstanceType::{Dds, Ecs, Rds};
        matches!(self.kind, Some(Rds | Dds | Ecs))
            && self.kind == other.kind
            && matches!(
                (&self.instance, &other.instance),
                (Some(a), Some(b)) if a != b && !is_read_only(a) && !is_read_only(b)
            )
    }

    /// Returns whether both are numeric addresses in one network, and of different machines.
    ///
    /// A port proves nothing: proxies, and additional ports of a server, lead to the same database.
    fn is_other_address(&self, other: &Self) -> bool {
        let in_one_network = self.kind == other.kind
            && match self.kind {
                Some(EndpointInstanceType::Other) => true,
                Some(EndpointInstanceType::Agent) => self.gateway == other.gateway,
                Some(EndpointInstanceType::Express) => self.instance == other.instance,
                _ => false,
            };
        in_one_network
            && match (self.address(), other.address()) {
                (Some(own), Some(others)) => {
                    own != others && scope(own).is_some() && scope(own) == scope(others)
                }
                _ => false,
            }
    }

    /// Returns the address, unless the host is a name.
    fn address(&self) -> Option<IpAddr> {
        self.host.as_ref()?.parse().ok()
    }
}

/// Whether an id is of a read-only RDS instance, whose data are those of another instance.
fn is_read_only(instance: &str) -> bool {
    instance.starts_with("rr-")
}

/// Where an address is valid. A machine can have an address of each scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    PublicV4,
    PrivateV4,
    SharedV4,
    PublicV6,
    PrivateV6,
}

/// Returns the scope of an address, or `None` if it can be of any machine, such as `127.0.0.1`.
fn scope(address: IpAddr) -> Option<Scope> {
    if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
        return None;
    }
    match address {
        IpAddr::V4(v4) if v4.is_link_local() || v4.is_broadcast() => None,
        IpAddr::V4(v4) if v4.is_private() => Some(Scope::PrivateV4),
        // 100.64.0.0/10 is shared address space, which Alibaba Cloud uses for its own services.
        IpAddr::V4(v4) if v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64 => {
            Some(Scope::SharedV4)
        }
        IpAddr::V4(_) => Some(Scope::PublicV4),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => None,
        IpAddr::V6(v6) if v6.is_unique_local() => Some(Scope::PrivateV6),
        IpAddr::V6(_) => Some(Scope::PublicV6),
    }
}

/// Writes the id of the instance, or `host:port`.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.database_instance(), &self.host, self.port) {
            (Some(instance), _, Some(port)) => write!(f, "`{instance}:{port}`"),
            (Some(instance), _, None) => write!(f, "`{instance}`"),
            (None, Some(host), Some(port)) => write!(f, "`{host}:{port}`"),
            (None, Some(host), None) => write!(f, "`{host}`"),
            (None, None, _) => f.write_str("of unknown address"),
        }
    }
}

fn lower_case(id: &InstanceId) -> String {
    id.as_str().to_ascii_lowercase()
}

/// Returns a host in the form in which equal hosts are equal strings.
fn normal_host(host: &str) -> String {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => host,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(mut fields: serde_json::Value) -> BackupPlanDetail {
        fields["BackupPlanId"] = "dbs1".into();
        serde_json::from_value(fields).unwrap()
    }

    fn destination(mut fields: serde_json::Value) -> RestoreDestination {
        fields["DestinationEndpointUserName"] = "u".into();
        fields["DestinationEndpointPassword"] = "hunter2".into();
        fields["DestinationEndpointRegion"] = "cn-hangzhou".into();
        fields["RestoreObjects"] = r#"[{"DBName":"orders"}]"#.into();
        serde_json::from_value(fields).unwrap()
    }

    fn compare(from: &serde_json::Value, to: &serde_json::Value) -> Proof {
        let renamed = |fields: &serde_json::Value, side: &str| {
            let fields = fields.as_object().unwrap().iter();
            let name = |name: &str| match name {
                "Gateway" => "BackupGatewayId".to_owned(),
                "Type" => format!("{side}EndpointInstanceType"),
                "Id" => format!("{side}EndpointInstanceID"),
                "IpPort" => format!("{side}EndpointIpPort"),
                "Host" if side == "Destination" => format!("{side}EndpointIP"),
                name => format!("{side}Endpoint{name}"),
            };
            fields.map(|(key, value)| (name(key), value.clone())).collect()
        };
        let from = Place::of_source(&source(renamed(from, "Source")));
        from.compare(&Place::of_destination(&destination(renamed(to, "Destination"))))
    }

    #[test]
    fn source_and_destination_are_compared() {
        let rds = |id: &str| json!({"Type": "RDS", "Id": id});
        let ecs = |id: &str, port: u16| json!({"Type": "ECS", "Id": id, "Port": port});
        let other = |host: &str, port: u16| json!({"Type": "Other", "Host": host, "Port": port});
        let joined = |text: &str| json!({"Type": "Other", "IpPort": text});
        let agent = |gateway: u64, host: &str| json!({"Type": "Agent", "Gateway": gateway, "Host": host, "Port": 3306});
        let vpc =
            |id: &str, host: &str| json!({"Type": "Express", "Id": id, "Host": host, "Port": 3306});
        for (from, to, expected) in [
            (rds("rm-1"), rds("rm-1"), Proof::Same),
            (rds("rm-1"), rds("RM-1"), Proof::Same),
            (rds("rm-1"), rds("rm-2"), Proof::Different),
            (rds("rr-1"), rds("rm-2"), Proof::Unknown),
            (rds("rm-1"), rds("rr-2"), Proof::Unknown),
            (rds("rr-1"), rds("RR-1"), Proof::Same),
            (rds("rm-1"), ecs("i-1", 3306), Proof::Unknown),
            (rds("rm-1"), json!({"Type": "DDS", "Id": "dds-1"}), Proof::Unknown),
            (json!({"Type": "RDS"}), rds("rm-2"), Proof::Unknown),
            (json!({"Id": "rm-1"}), rds("rm-2"), Proof::Unknown),
            (json!({"Id": "rm-1"}), rds("rm-1"), Proof::Same),
            (json!({}), rds("rm-2"), Proof::Unknown),
            (ecs("i-1", 3306), ecs("i-1", 3306), Proof::Same),
            (ecs("i-1", 3306), ecs("i-1", 3307), Proof::Unknown),
            (ecs("i-1", 3306), ecs("i-2", 3306), Proof::Different),
            (json!({"Type": "ECS", "Id": "i-1"}), ecs("i-1", 3307), Proof::Same),
            (rds("rm-1"), other("rm-1.mysql.rds.aliyuncs.com", 3306), Proof::Same),
            (rds("rm-1"), other("RM-1o.mysql.rds.aliyuncs.com", 3306), Proof::Same),
            (other("rm-1.mysql.rds.aliyuncs.com", 3306), rds("rm-1"), Proof::Same),
            (rds("rm-1"), other("10.0.0.7", 3306), Proof::Unknown),
            (other("db.internal", 3306), other("DB.internal.", 3306), Proof::Same),
            (other("db.internal", 3306), other("db.internal", 3307), Proof::Unknown),
            (other("db.internal", 3306), other("scratch.internal", 3306), Proof::Unknown),
            (other("db.internal", 3306), other("10.0.0.7", 3306), Proof::Unknown),
            (other("10.0.0.7", 3306), other("10.0.0.7", 3306), Proof::Same),
            (other("10.0.0.7", 3306), other("::ffff:10.0.0.7", 3306), Proof::Same),
            (other("10.0.0.7", 3306), other("10.0.0.7", 3307), Proof::Unknown),
            (other("10.0.0.7", 3306), other("10.0.0.8", 3306), Proof::Different),
            (other("10.0.0.7", 3306), other("192.168.0.8", 3306), Proof::Different),
            (other("8.8.8.8", 3306), other("9.9.9.9", 3306), Proof::Different),
            (other("8.8.8.8", 3306), other("10.0.0.7", 3306), Proof::Unknown),
            (other("8.8.8.8", 3306), other("100.64.0.7", 3306), Proof::Unknown),
            (other("10.0.0.7", 3306), other("fd00::7", 3306), Proof::Unknown),
            (other("fd00::7", 3306), other("fd00::8", 3306), Proof::Different),
            (other("fe80::7", 3306), other("fe80::8", 3306), Proof::Unknown),
            (other("10.0.0.7", 3306), other("127.0.0.1", 3306), Proof::Unknown),
            (agent(1, "127.0.0.1"), agent(1, "10.0.0.7"), Proof::Unknown),
            (agent(1, "127.0.0.1"), agent(1, "127.0.0.2"), Proof::Unknown),
            (agent(1, "10.0.0.7"), agent(1, "0.0.0.0"), Proof::Unknown),
            (joined("10.0.0.7:3306"), other("10.0.0.8", 3306), Proof::Different),
            (joined("10.0.0.7:3306"), other("10.0.0.7", 3306), Proof::Same),
            (json!({"Type": "Other", "Host": "10.0.0.7"}), other("10.0.0.8", 1), Proof::Different),
            (
                json!({"Type": "Other", "Host": "", "IpPort": "10.0.0.7:3306"}),
                other("10.0.0.7", 3306),
                Proof::Same,
            ),
            (agent(1, "10.0.0.7"), agent(1, "10.0.0.7"), Proof::Same),
            (agent(1, "10.0.0.7"), agent(1, "10.0.0.8"), Proof::Different),
            (agent(1, "10.0.0.7"), agent(2, "10.0.0.7"), Proof::Unknown),
            (agent(1, "10.0.0.7"), agent(2, "10.0.0.8"), Proof::Unknown),
            (agent(1, "10.0.0.7"), other("10.0.0.7", 3306), Proof::Same),
            (agent(1, "10.0.0.7"), other("10.0.0.8", 3306), Proof::Unknown),
            (vpc("vpc-1", "10.0.0.7"), vpc("vpc-1", "10.0.0.7"), Proof::Same),
            (vpc("vpc-1", "10.0.0.7"), vpc("vpc-1", "10.0.0.8"), Proof::Different),
            (vpc("vpc-1", "10.0.0.7"), vpc("vpc-2", "10.0.0.7"), Proof::Unknown),
        ] {
            assert_eq!(compare(&from, &to), expected, "{from} -> {to}");
        }
    }

    #[test]
    fn verification_replaces_only_a_missing_proof() {
        let row = source(json!({"SourceEndpointInstanceType": "RDS",
            "SourceEndpointInstanceID": "rm-1"}));
        let to = |id: &str| {
            destination(json!({"DestinationEndpointInstanceType": "RDS",
                "DestinationEndpointInstanceID": id}))
        };
        let by_name = destination(json!({"DestinationEndpointInstanceType": "Other",
            "DestinationEndpointIP": "scratch.internal", "DestinationEndpointPort": 3306}));
        assert_eq!(check(Some(&row), &to("rm-2"), false), Ok(()));
        for verified in [false, true] {
            let same = check(Some(&row), &to("rm-1"), verified).unwrap_err();
            assert_eq!(
                same,
                "the destination `rm-1` is the database that the plan backs up; choose another"
            );
        }
        assert_eq!(
            check(Some(&row), &by_name, false).unwrap_err(),
            "the destination `scratch.internal:3306` may be the source `rm-1`; verify that they \
             differ, then call `Drill::destination_verified`"
        );
        assert_eq!(check(Some(&row), &by_name, true), Ok(()));
        assert!(check(None, &to("rm-2"), false).unwrap_err().contains("does not return"));
        assert_eq!(check(None, &to("rm-2"), true), Ok(()));
    }
}
