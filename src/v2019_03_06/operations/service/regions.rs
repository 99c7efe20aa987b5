//! `DescribeRegions`: lists the regions that DBS serves.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, Open};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;

/// Lists the regions that DBS serves.
///
/// RAM: `dbs:DescribeRegions` on `*`. Limit: 100 calls a second per account. It changes nothing, so
/// it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `InvalidParameter`, `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is
/// missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeRegions;
///
/// let request = DescribeRegions::builder().build();
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeRegions {
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(RegionCode = "RegionCode");

/// Answer to [`DescribeRegions`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeRegionsResponse {
    /// The regions, `Regions.RegionCode`.
    #[serde(default, with = "Wrapped::<RegionCode>")]
    pub regions: Vec<Open<Region>>,
}

operation! {
    DescribeRegions -> DescribeRegionsResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeRegions::builder().client_token("t-1".parse().unwrap()).build();
        assert_sends(&request, &[("ClientToken", "t-1")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeRegions>(include_str!(
            "../../../../tests/data/samples/DescribeRegions.json"
        ));
        assert_eq!(answer.regions[0], Region::Hangzhou.into());
        assert_eq!(answer.regions.len(), 3);
    }
}
