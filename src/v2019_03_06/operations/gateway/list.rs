//! `DescribeBackupGatewayList`: lists backup gateways, a page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use serde_with::formats::CommaSeparator;
use serde_with::{StringWithSeparator, serde_as};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupGatewayId, BackupGatewayIdentifier, BackupGatewayStatus, PageSizeChoice,
};

/// Lists the backup gateways of a region, a page at a time.
///
/// RAM: `dbs:DescribeBackupGatewayList` on `*`. Limit: 100 calls in 60 seconds per account. It
/// changes nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::DescribeBackupGatewayList;
///
/// let request = DescribeBackupGatewayList::builder().region(Region::Hangzhou).build();
/// ```
#[serde_as]
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupGatewayList {
    /// Region of the gateways, `Region`.
    pub region: Region,
    /// Only these gateways, `Identifier`; all if empty. Joined by commas on the wire.
    #[serde(rename = "Identifier", default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(as = "StringWithSeparator::<CommaSeparator, BackupGatewayIdentifier>")]
    #[builder(default, with = |identifiers: impl IntoIterator<Item = BackupGatewayIdentifier>| {
        identifiers.into_iter().collect()
    })]
    pub identifiers: Vec<BackupGatewayIdentifier>,
    /// Page, counted from 0, `PageNum`; 0 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// Rows per page, 30, 50 or 100, `PageSize`; 30 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(BackupGatewayName = "BackupGateway");

/// Answer to [`DescribeBackupGatewayList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeBackupGatewayListResponse {
    /// The page, `PageNum`. Counted from 0 in requests; some answers say 1 for the first.
    #[serde(deserialize_with = "lenient::required")]
    pub page_num: u32,
    /// Rows per page, `PageSize`.
    #[serde(deserialize_with = "lenient::required")]
    pub page_size: u32,
    /// Number of pages, `TotalPages`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_pages: u32,
    /// Number of rows on all pages, `TotalElements`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_elements: u64,
    /// The rows, `Items.BackupGateway`.
    #[serde(default, with = "Wrapped::<BackupGatewayName>")]
    pub items: Vec<BackupGateway>,
}

/// A backup gateway as [`DescribeBackupGatewayList`] shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupGateway {
    /// Number of the gateway, `BackupGatewayId`; text here, a number everywhere else.
    #[serde(serialize_with = "lenient::display")]
    pub backup_gateway_id: BackupGatewayId,
    /// Name of the gateway, `DisplayName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub display_name: Option<String>,
    /// Other name of the gateway, `Identifier`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub identifier: Option<BackupGatewayIdentifier>,
    /// Region of the gateway, `Region`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub region: Option<Open<Region>>,
    /// State of the gateway, `BackupGatewayStatus`.
    pub backup_gateway_status: Open<BackupGatewayStatus>,
    /// When it was created, `BackupGatewayCreateTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub backup_gateway_create_time: Option<OffsetDateTime>,
    /// When it was last heard of, `LastHeartbeatTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub last_heartbeat_time: Option<OffsetDateTime>,
    /// Name of the server that it runs on, `SourceEndpointHostname`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_hostname: Option<String>,
    /// Public address of that server, `SourceEndpointInternetIP`.
    #[serde(rename = "SourceEndpointInternetIP", default, deserialize_with = "lenient::optional")]
    pub source_endpoint_internet_ip: Option<String>,
    /// Private address of that server, `SourceEndpointIntranetIP`.
    #[serde(rename = "SourceEndpointIntranetIP", default, deserialize_with = "lenient::optional")]
    pub source_endpoint_intranet_ip: Option<String>,
}

operation! {
    DescribeBackupGatewayList -> DescribeBackupGatewayListResponse, ReadOnly, ram on ANY, limit 100 per 60 s
}
paged!(DescribeBackupGatewayList, BackupGateway);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<DescribeBackupGatewayList>(include_str!(
            "../../../../tests/data/samples/DescribeBackupGatewayList.json"
        ));
        let [online, offline] = &answer.items[..] else { panic!("two gateways") };
        assert_eq!(online.backup_gateway_id.get(), 160_813);
        let written = serde_json::to_value(online).unwrap();
        assert_eq!(written["BackupGatewayId"], "160813");
        assert_eq!(online.backup_gateway_status, BackupGatewayStatus::Online);
        assert_eq!(online.last_heartbeat_time.unwrap().unix_timestamp(), 1_582_527_713);
        assert_eq!(offline.backup_gateway_status, BackupGatewayStatus::Offline);
        assert_eq!(offline.source_endpoint_intranet_ip.as_deref(), Some("192.0.2.25"));
    }
}
