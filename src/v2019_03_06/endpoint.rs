//! The endpoints of DBS: which host serves a region.

use super::region::Region;
use crate::rpc::endpoint::{Endpoint, Network};

impl Endpoint {
    /// Returns the endpoint of a region in a network.
    ///
    /// Source: the vendor's endpoint lists and SDKs. In the public network, the host of Hangzhou
    /// serves several other regions too. A region in no list gets a host by the naming
    /// scheme, `dbs-api.<region>.aliyuncs.com`, or `dbs-api-vpc.<region>.aliyuncs.com` in a VPC.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::{Endpoint, Network, Region};
    ///
    /// let endpoint = Endpoint::for_region(Region::Chengdu, Network::Vpc);
    /// assert_eq!(endpoint.to_string(), "https://dbs-api-vpc.cn-chengdu.aliyuncs.com");
    /// ```
    pub fn for_region(region: Region, network: Network) -> Self {
        let host = match network {
            Network::Vpc => format!("dbs-api-vpc.{region}.aliyuncs.com"),
            Network::Public => format!("dbs-api.{}.aliyuncs.com", public_host(region)),
        };
        Self::https(host)
    }
}

/// Returns the region whose public host serves this region.
fn public_host(region: Region) -> Region {
    match region {
        Region::Shanghai
        | Region::Qingdao
        | Region::Beijing
        | Region::Shenzhen
        | Region::HongKong
        | Region::Zhangjiakou
        | Region::SiliconValley
        | Region::Virginia
        | Region::HangzhouFinance
        | Region::ShanghaiFinance
        | Region::ShenzhenFinance
        | Region::ShanghaiFinance1
        | Region::ShenzhenFinance1 => Region::Hangzhou,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_the_published_hosts() {
        for (region, public, vpc) in [
            ("cn-hangzhou", "dbs-api.cn-hangzhou", "dbs-api-vpc.cn-hangzhou"),
            ("cn-beijing", "dbs-api.cn-hangzhou", "dbs-api-vpc.cn-beijing"),
            ("cn-shanghai-finance-1", "dbs-api.cn-hangzhou", "dbs-api-vpc.cn-shanghai-finance-1"),
            ("ap-southeat-1", "dbs-api.ap-southeast-1", "dbs-api-vpc.ap-southeast-1"),
            ("cn-wulanchabu", "dbs-api.cn-wulanchabu", "dbs-api-vpc.cn-wulanchabu"),
            ("xx-yyy-1", "dbs-api.xx-yyy-1", "dbs-api-vpc.xx-yyy-1"),
        ] {
            let region = Region::other(region).unwrap();
            let host = |network| Endpoint::for_region(region, network).authority().to_owned();
            assert_eq!(host(Network::Public), format!("{public}.aliyuncs.com"));
            assert_eq!(host(Network::Vpc), format!("{vpc}.aliyuncs.com"));
        }
    }
}
