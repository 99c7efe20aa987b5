//! `SourceEndpoint`: the database that a plan backs up.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::endpoint_kinds::endpoint_kinds;
use super::endpoint_parts::{
    EXPECTED_KINDS, EndpointFieldNames, EndpointFields, RequiredFields, SOURCE, WireSource,
};
use super::endpoint_type::EndpointInstanceType;
use super::identifier::{DatabaseHost, InstanceId};
use super::number_identifier::BackupGatewayId;
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::secret::Secret;
use crate::v2019_03_06::region::Region;

endpoint_kinds! {
    /// The database that a plan backs up, with the fields that its kind requires.
    ///
    /// There is one variant per value of `SourceEndpointInstanceType`. Serialization leaves the
    /// password out, so deserialization fails until the caller adds it to the JSON.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    ///
    /// # Examples
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
    pub enum SourceEndpoint from {
        "SourceEndpointInstanceType", "SourceEndpointRegion", "SourceEndpointInstanceID",
        "SourceEndpointIP", "SourceEndpointPort", "SourceEndpointPassword",
    }
    every {}
    agent {}
}

impl From<SourceEndpoint> for WireSource {
    fn from(endpoint: SourceEndpoint) -> Self {
        EndpointFields::from(endpoint).into()
    }
}

impl TryFrom<WireSource> for SourceEndpoint {
    type Error = InvalidValue;

    fn try_from(wire: WireSource) -> Result<Self, InvalidValue> {
        Self::from_fields(wire.into(), &SOURCE, || Ok(()), ())
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
    fn every_kind_round_trips_with_its_password() {
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
    fn error_names_the_missing_field() {
        for endpoint in endpoints() {
            let full = serde_json::to_value(&endpoint).unwrap();
            let password = endpoint.password().map(|password| password.expose().to_owned());
            for field in [
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
                if json.as_object_mut().unwrap().remove(field).is_some() {
                    let error = serde_json::from_value::<SourceEndpoint>(json).unwrap_err();
                    assert!(error.to_string().contains(field), "{field}: {error}");
                }
            }
        }
    }

    #[test]
    fn a_user_without_password_is_rejected() {
        let json = serde_json::to_value(&endpoints()[0]).unwrap();
        let error = serde_json::from_value::<SourceEndpoint>(json).unwrap_err().to_string();
        assert!(error.contains("never written to files"), "{error}");
    }
}
