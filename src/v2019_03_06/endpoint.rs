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

    /// Returns the known regions that this endpoint serves, in the order of [`Region::ALL`].
    ///
    /// Several regions can share an endpoint. An operation that lists, such as
    /// [`DescribeBackupPlanList`](crate::operations::DescribeBackupPlanList), then returns the items
    /// of all of them, so a list per region has duplicates: list once per
    /// [endpoint](Self::all_in) instead. Empty if the endpoint is not one of the vendor's.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::{Endpoint, Network, Region};
    ///
    /// let endpoint = Endpoint::for_region(Region::Hangzhou, Network::Public);
    /// assert!(endpoint.regions().contains(&Region::Beijing));
    /// let endpoint = Endpoint::for_region(Region::Beijing, Network::Vpc);
    /// assert_eq!(endpoint.regions(), [Region::Beijing]);
    /// ```
    pub fn regions(&self) -> Vec<Region> {
        let is_served = |region: &&Region| {
            let networks = [Network::Public, Network::Vpc];
            networks.iter().any(|network| Self::for_region(**region, *network) == *self)
        };
        Region::ALL.iter().filter(is_served).copied().collect()
    }

    /// Returns the endpoints of all known regions in a network, each once.
    ///
    /// # Examples
    ///
    /// Lists the plans of an account in all regions, without duplicates:
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use aliyun_dbs::operations::DescribeBackupPlanList;
    /// use aliyun_dbs::{Client, Endpoint, Network};
    ///
    /// for endpoint in Endpoint::all_in(Network::Public) {
    ///     let client = Client::builder().region(endpoint.regions()[0]).build()?;
    ///     let mut plans = client.items(DescribeBackupPlanList::builder().build());
    ///     while let Some(plan) = plans.next().await {
    ///         println!("{}", plan?.backup_plan_id);
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn all_in(network: Network) -> Vec<Self> {
        let mut endpoints = Vec::new();
        for region in Region::ALL {
            let endpoint = Self::for_region(*region, network);
            if !endpoints.contains(&endpoint) {
                endpoints.push(endpoint);
            }
        }
        endpoints
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
    fn every_region_has_one_endpoint_in_a_network() {
        for network in [Network::Public, Network::Vpc] {
            let served: Vec<_> =
                Endpoint::all_in(network).iter().flat_map(Endpoint::regions).collect();
            assert_eq!(served.len(), Region::ALL.len(), "{network:?}");
            assert!(Region::ALL.iter().all(|region| served.contains(region)), "{network:?}");
        }
        let shared = Endpoint::for_region(Region::SiliconValley, Network::Public).regions();
        for region in [Region::Hangzhou, Region::Beijing, Region::SiliconValley] {
            assert!(shared.contains(&region), "{region}");
        }
        assert!("http://127.0.0.1:80".parse::<Endpoint>().unwrap().regions().is_empty());
    }

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
