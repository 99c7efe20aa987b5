//! `DescribeRegions`: lists the regions of the service.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, Open};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;

/// Lists the regions in which the service is available.
///
/// Use it before [`CreateBackupPlan`] or [`CreateAndStartBackupPlan`], whose plan belongs to one of
/// these regions. The list can contain regions that [`Region`] does not know yet.
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
/// `dbs:DescribeRegions` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `InvalidParameter` | A parameter is invalid for the operation. | Do not add parameters with [`Call::parameter`]. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeRegions;
///
/// let request = DescribeRegions::builder().build();
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describeregions);
/// the error code is from its example of a response.
///
/// [`Call::parameter`]: crate::Call::parameter
/// [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan
/// [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeRegions {
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(RegionCode = "RegionCode");

/// The response to [`DescribeRegions`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeRegionsResponse {
    /// The regions.
    ///
    /// Wire name: `Regions.RegionCode`.
    #[doc(alias = "RegionCode")]
    #[serde(default, with = "Wrapped::<RegionCode>")]
    pub regions: Vec<Open<Region>>,
}

operation! {
    DescribeRegions -> DescribeRegionsResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeRegions::builder().client_token("t-1".parse().unwrap()).build();
        assert_sends(&request, &[("ClientToken", "t-1")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeRegions>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeRegions.json"
        ));
        assert_eq!(response.regions[0], Region::Hangzhou.into());
        assert_eq!(response.regions.len(), 3);
    }
}
