//! `DescribeBackupGatewayList`: lists the backup gateways of a region, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use serde_with::formats::CommaSeparator;
use serde_with::{StringWithSeparator, serde_as};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::list_name;
use crate::v2019_03_06::operations::Page;
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupGatewayId, BackupGatewayIdentifier, BackupGatewayStatus, PageSizeChoice,
};

/// Lists the backup gateways of a region, one page per call.
///
/// A backup gateway runs on a server and gives the service access to databases that it cannot reach
/// otherwise. Each item shows the status, the addresses and the last heartbeat of one gateway.
/// [`Client::items`] reads all pages as a stream.
///
/// To use a gateway, set [`SourceEndpoint::Agent`] in [`ConfigureBackupPlan`] for a backup, and
/// [`RestoreDestination::Agent`] in [`CreateRestoreTask`] for a restore.
/// [`CreateGetDBListFromAgentTask`] lists the databases that a gateway reaches.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 100 calls per 60 seconds and account.
///
/// # Permissions
///
/// `dbs:DescribeBackupGatewayList` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::DescribeBackupGatewayList;
///
/// let request = DescribeBackupGatewayList::builder().region(Region::Hangzhou).build();
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describebackupgatewaylist).
///
/// [`Client::items`]: crate::Client::items
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateGetDBListFromAgentTask`]: crate::operations::CreateGetDBListFromAgentTask
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`RestoreDestination::Agent`]: crate::types::RestoreDestination::Agent
/// [`SourceEndpoint::Agent`]: crate::types::SourceEndpoint::Agent
#[serde_as]
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupGatewayList {
    /// The region of the gateways. Required.
    ///
    /// The vendor's page lists ten regions and omits newer ones.
    pub region: Region,
    /// Returns only the gateways with these identifiers. Optional; defaults to all.
    ///
    /// Joined by commas on the wire. Wire name: `Identifier`.
    #[doc(alias = "Identifier")]
    #[serde(rename = "Identifier", default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(as = "StringWithSeparator::<CommaSeparator, BackupGatewayIdentifier>")]
    #[builder(default, with = |identifiers: impl IntoIterator<Item = BackupGatewayIdentifier>| {
        identifiers.into_iter().collect()
    })]
    pub identifiers: Vec<BackupGatewayIdentifier>,
    /// The page to return, counted from 0. Optional; defaults to 0.
    ///
    /// At most 2147483647.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// The number of items per page: 30, 50 or 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(BackupGateway);

/// The response to [`DescribeBackupGatewayList`]: one page.
pub type DescribeBackupGatewayListResponse = Page<BackupGateway>;

/// A backup gateway, as [`DescribeBackupGatewayList`] returns it.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupGateway {
    /// The numeric id of the gateway. A string on the wire here, a number in requests and other
    /// responses.
    #[serde(serialize_with = "lenient::display")]
    pub backup_gateway_id: BackupGatewayId,
    /// The name of the gateway.
    pub display_name: Option<String>,
    /// The identifier of the gateway, which is not its numeric id.
    pub identifier: Option<BackupGatewayIdentifier>,
    /// The region of the gateway.
    pub region: Option<Open<Region>>,
    /// The status of the gateway.
    pub backup_gateway_status: Open<BackupGatewayStatus>,
    /// When the gateway was created.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub backup_gateway_create_time: Option<OffsetDateTime>,
    /// When the service last received a heartbeat from the gateway.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub last_heartbeat_time: Option<OffsetDateTime>,
    /// The host name of the gateway's server.
    pub source_endpoint_hostname: Option<String>,
    /// The public IP address of the gateway's server.
    ///
    /// Wire name: `SourceEndpointInternetIP`.
    #[doc(alias = "SourceEndpointInternetIP")]
    #[serde(rename = "SourceEndpointInternetIP")]
    pub source_endpoint_internet_ip: Option<String>,
    /// The private IP address of the gateway's server.
    ///
    /// Wire name: `SourceEndpointIntranetIP`.
    #[doc(alias = "SourceEndpointIntranetIP")]
    #[serde(rename = "SourceEndpointIntranetIP")]
    pub source_endpoint_intranet_ip: Option<String>,
}

operation! {
    DescribeBackupGatewayList -> DescribeBackupGatewayListResponse, ReadOnly, ram on ANY, limit 100 per 60 s
}
paged!(DescribeBackupGatewayList, BackupGateway by backup_gateway_id);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeBackupGatewayList::builder()
            .region(Region::Hangzhou)
            .identifiers(["gw1", "gw2"].map(|identifier| identifier.parse().unwrap()))
            .page_num(2)
            .page_size(PageSizeChoice::Hundred)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("ClientToken", "t-1"),
                ("Identifier", "gw1,gw2"),
                ("PageNum", "2"),
                ("PageSize", "100"),
                ("Region", "cn-hangzhou"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeBackupGatewayList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeBackupGatewayList.json"
        ));
        let [online, offline] = &response.items[..] else { panic!("two gateways") };
        assert_eq!(online.backup_gateway_id.get(), 160_813);
        let written = serde_json::to_value(online).unwrap();
        assert_eq!(written["BackupGatewayId"], "160813");
        assert_eq!(online.backup_gateway_status, BackupGatewayStatus::Online);
        assert_eq!(online.last_heartbeat_time.unwrap().unix_timestamp(), 1_582_527_713);
        assert_eq!(offline.backup_gateway_status, BackupGatewayStatus::Offline);
        assert_eq!(offline.source_endpoint_intranet_ip.as_deref(), Some("192.0.2.25"));
    }
}
