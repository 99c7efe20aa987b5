//! `DescribeNodeCidrList`: lists the address blocks that the service connects from.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;

/// Lists the address blocks that the service connects from.
///
/// Add them to the allowlist or the firewall of a database before [`ConfigureBackupPlan`], whose
/// pre-check connects to the database.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 100 calls per second and account.
///
/// # Permissions
///
/// `dbs:DescribeNodeCidrList` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::DescribeNodeCidrList;
///
/// let request = DescribeNodeCidrList::builder().region(Region::Hangzhou).build();
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describenodecidrlist).
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeNodeCidrList {
    /// The region that the plan belongs to. Required.
    ///
    /// The vendor's English page lists ten regions; its Chinese page refers to
    /// [`DescribeRegions`](crate::operations::DescribeRegions).
    pub region: Region,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(IntranetIp = "IntranetIP");

list_name!(InternetIp = "InternetIP");

/// The response to [`DescribeNodeCidrList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DescribeNodeCidrListResponse {
    /// The public address blocks, such as `203.0.113.0/24`.
    ///
    /// Wire name: `InternetIPs.InternetIP`.
    #[doc(alias = "InternetIP")]
    #[serde(rename = "InternetIPs", default, with = "Wrapped::<InternetIp>")]
    pub internet_ips: Vec<String>,
    /// The private address blocks, such as `10.10.0.0/24`.
    ///
    /// Wire name: `IntranetIPs.IntranetIP`.
    #[doc(alias = "IntranetIP")]
    #[serde(rename = "IntranetIPs", default, with = "Wrapped::<IntranetIp>")]
    pub intranet_ips: Vec<String>,
}

operation! {
    DescribeNodeCidrList -> DescribeNodeCidrListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeNodeCidrList::builder()
            .region(Region::Hangzhou)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("Region", "cn-hangzhou")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeNodeCidrList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeNodeCidrList.json"
        ));
        assert_eq!(response.internet_ips, ["203.0.113.0/24", "198.51.100.0/24"]);
        assert_eq!(response.intranet_ips, ["10.10.0.0/24"]);
    }
}
