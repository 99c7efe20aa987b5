//! `DescribeNodeCidrList`: lists the addresses that DBS connects from.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::rpc::wire::{WrappedTexts, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;

/// Lists the blocks of addresses that DBS connects from, for the allow-list of a database.
///
/// RAM: `dbs:DescribeNodeCidrList` on `*`. Limit: 100 calls a second per account. It changes
/// nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::DescribeNodeCidrList;
///
/// let request = DescribeNodeCidrList::builder().region(Region::Hangzhou).build();
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeNodeCidrList {
    /// Region of the plan, `Region`.
    pub region: Region,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(IntranetIp = "IntranetIP");

list_name!(InternetIp = "InternetIP");

/// Answer to [`DescribeNodeCidrList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DescribeNodeCidrListResponse {
    /// Public blocks, `InternetIPs.InternetIP`.
    #[serde(rename = "InternetIPs", default, with = "WrappedTexts::<InternetIp>")]
    pub internet_ips: Vec<String>,
    /// Private blocks, `IntranetIPs.IntranetIP`.
    #[serde(rename = "IntranetIPs", default, with = "WrappedTexts::<IntranetIp>")]
    pub intranet_ips: Vec<String>,
}

operation! {
    DescribeNodeCidrList -> DescribeNodeCidrListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeNodeCidrList::builder()
            .region(Region::Hangzhou)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("Region", "cn-hangzhou")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeNodeCidrList>(include_str!(
            "../../../../tests/data/samples/DescribeNodeCidrList.json"
        ));
        assert_eq!(answer.internet_ips, ["203.0.113.0/24", "198.51.100.0/24"]);
        assert_eq!(answer.intranet_ips, ["10.10.0.0/24"]);
    }
}
