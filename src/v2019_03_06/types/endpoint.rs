//! `SourceEndpoint`: where a database is and how DBS reaches it.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::endpoint_kinds::endpoint_kinds;
use super::endpoint_parts::{Names, Needed, Parts, SOURCE, WireSource};
use super::endpoint_type::EndpointInstanceType;
use super::identifier::{DatabaseHost, InstanceId};
use super::number_identifier::BackupGatewayId;
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::secret::Secret;
use crate::v2019_03_06::region::Region;

endpoint_kinds! {
    /// A database to back up: one variant per `SourceEndpointInstanceType`, with exactly what that
    /// type needs.
    ///
    /// Source: `ConfigureBackupPlan`. Serialised without its password; when it is read back, the
    /// password must be there again.
    ///
    /// ```
    /// use aliyun_dbs::types::{DatabaseAccess, SourceEndpoint};
    /// use aliyun_dbs::Region;
    ///
    /// let endpoint = SourceEndpoint::Rds {
    ///     region: Region::Hangzhou,
    ///     instance_id: "rm-bp1p8c2947exm".parse()?,
    ///     access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
    /// };
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(try_from = "WireSource", into = "WireSource")]
    pub enum SourceEndpoint from "SourceEndpoint";
    every {}
    agent {}
}

impl From<SourceEndpoint> for WireSource {
    fn from(endpoint: SourceEndpoint) -> Self {
        Parts::from(endpoint).into()
    }
}

impl TryFrom<WireSource> for SourceEndpoint {
    type Error = InvalidValue;

    fn try_from(wire: WireSource) -> Result<Self, InvalidValue> {
        Self::from_parts(wire.into(), &SOURCE, || Ok(()), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> Vec<SourceEndpoint> {
        let region = Region::Beijing;
        let access = || DatabaseAccess::mysql("u", "p w");
        let instance_id = || InstanceId::new("i-1").unwrap();
        let host = || DatabaseHost::new("db.internal").unwrap();
        let port = Port::MYSQL;
        let gateway_id = BackupGatewayId::new(7);
        vec![
            SourceEndpoint::Rds { region, instance_id: instance_id(), access: access() },
            SourceEndpoint::Ecs { region, instance_id: instance_id(), port, access: access() },
            SourceEndpoint::Express {
                region,
                instance_id: instance_id(),
                host: host(),
                port,
                access: DatabaseAccess::oracle("u", "p", "ORCL"),
            },
            SourceEndpoint::Agent { region, gateway_id, host: host(), port, access: None },
            SourceEndpoint::Agent {
                region,
                gateway_id,
                host: host(),
                port,
                access: Some(access()),
            },
            SourceEndpoint::Dds {
                region,
                instance_id: instance_id(),
                access: DatabaseAccess::mongodb("u", "p", "admin"),
            },
            SourceEndpoint::Other { host: host(), port, access: DatabaseAccess::redis("p") },
            SourceEndpoint::Other {
                host: host(),
                port: Port::REDIS,
                access: DatabaseAccess::redis_without_password(),
            },
        ]
    }

    #[test]
    fn every_kind_survives_the_wire_once_its_password_is_added_back() {
        for endpoint in endpoints() {
            let mut json = serde_json::to_value(&endpoint).unwrap();
            assert_eq!(json.get("SourceEndpointPassword"), None, "{json}");
            if let Some(password) = endpoint.password() {
                json["SourceEndpointPassword"] = password.expose().into();
            }
            assert_eq!(serde_json::from_value::<SourceEndpoint>(json).unwrap(), endpoint);
        }
    }

    #[test]
    fn what_a_kind_needs_is_named_when_it_is_missing() {
        for endpoint in endpoints() {
            let full = serde_json::to_value(&endpoint).unwrap();
            let password = endpoint.password().map(|password| password.expose().to_owned());
            for member in [
                "SourceEndpointRegion",
                "SourceEndpointInstanceID",
                "SourceEndpointIP",
                "SourceEndpointPort",
                "BackupGatewayId",
                "SourceEndpointInstanceType",
            ] {
                let mut json = full.clone();
                if let Some(password) = &password {
                    json["SourceEndpointPassword"] = password.clone().into();
                }
                if json.as_object_mut().unwrap().remove(member).is_some() {
                    let error = serde_json::from_value::<SourceEndpoint>(json).unwrap_err();
                    assert!(error.to_string().contains(member), "{member}: {error}");
                }
            }
        }
    }

    #[test]
    fn a_user_without_password_is_refused_with_the_reason() {
        let json = serde_json::to_value(&endpoints()[0]).unwrap();
        let error = serde_json::from_value::<SourceEndpoint>(json).unwrap_err().to_string();
        assert!(error.contains("never written to files"), "{error}");
    }
}
