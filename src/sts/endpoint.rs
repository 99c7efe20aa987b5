//! `StsEndpoint`: which endpoint of STS a provider calls.

use super::api::Sts20150401;
use crate::rpc::api::Api;
use crate::rpc::credentials::CredentialsError;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::outside::Io;
use crate::rpc::value::{InvalidValue, RegionId};

/// The endpoint of STS that a provider calls.
///
/// Source: the vendor's credentials packages: `sts.aliyuncs.com`, or the endpoint of a region, in
/// its VPC if asked for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StsEndpoint {
    host: Option<String>,
    region: Option<String>,
    vpc: bool,
}

impl StsEndpoint {
    /// The central endpoint, `sts.aliyuncs.com`.
    pub fn global() -> Self {
        Self::default()
    }

    /// The endpoint of a region: `sts.cn-hangzhou.aliyuncs.com`.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..Self::default() }
    }

    /// The endpoint of a region inside its VPC: `sts-vpc.cn-hangzhou.aliyuncs.com`.
    pub fn vpc(region: impl Into<String>) -> Self {
        Self { vpc: true, ..Self::region(region) }
    }

    /// Another host, or a URL of this machine such as `http://127.0.0.1:8080` for tests.
    pub fn host(host: impl Into<String>) -> Self {
        Self { host: Some(host.into()), ..Self::default() }
    }

    /// Reads `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED`.
    pub(crate) fn from_env(io: &Io) -> Self {
        Self {
            host: None,
            region: io.variable("ALIBABA_CLOUD_STS_REGION"),
            vpc: io.is_true("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"),
        }
    }

    /// Overrides the variables with the settings of a profile.
    pub(crate) fn or_region(mut self, region: Option<String>, vpc: bool) -> Self {
        self.region = region.or(self.region);
        self.vpc |= vpc;
        self
    }

    /// The endpoint, if keys and tokens may go there.
    pub(super) fn resolve(&self) -> Result<Endpoint, CredentialsError> {
        if let Some(host) = &self.host {
            let endpoint: Endpoint = host.parse().map_err(|error: InvalidValue| {
                CredentialsError::new(format!("the endpoint of STS is invalid: {error}"))
            })?;
            if !endpoint.is_https() && !endpoint.is_loopback() {
                return Err(CredentialsError::new(format!(
                    "the endpoint of STS, {endpoint}, is plain http on another machine, where \
                     anyone on the way could read the keys: use https"
                )));
            }
            return Ok(endpoint);
        }
        let Some(region) = &self.region else {
            // Without a region the VPC flag changes nothing, as in the vendor's packages.
            return Ok(Endpoint::https("sts.aliyuncs.com".to_owned()));
        };
        // Checked, so that a region cannot say where the token goes.
        let region = RegionId::new(region.to_ascii_lowercase()).map_err(|_| {
            CredentialsError::new(format!(
                "invalid region `{region}` for STS: expected an id such as `cn-hangzhou`"
            ))
        })?;
        let network = if self.vpc { Network::Vpc } else { Network::Public };
        Ok(Sts20150401::endpoint(&region, network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_the_published_hosts() {
        for (endpoint, url) in [
            (StsEndpoint::global(), "https://sts.aliyuncs.com"),
            (StsEndpoint::region("cn-beijing"), "https://sts.cn-beijing.aliyuncs.com"),
            (StsEndpoint::vpc("cn-beijing"), "https://sts-vpc.cn-beijing.aliyuncs.com"),
            (StsEndpoint { vpc: true, ..StsEndpoint::default() }, "https://sts.aliyuncs.com"),
            (StsEndpoint::host("sts.example"), "https://sts.example"),
            (StsEndpoint::host("http://127.0.0.1:1/"), "http://127.0.0.1:1"),
        ] {
            assert_eq!(endpoint.resolve().unwrap().to_string(), url);
        }
        for wrong in [
            StsEndpoint::host("http://sts.example"),
            StsEndpoint::host("https://"),
            StsEndpoint::host("ftp://sts.example"),
            StsEndpoint::region("evil.example/"),
            StsEndpoint::region(""),
        ] {
            assert!(wrong.resolve().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn profile_overrides_variables_where_it_says_something() {
        let named = || StsEndpoint::region("cn-beijing");
        assert_eq!(named().or_region(None, false), named());
        assert_eq!(named().or_region(None, true), StsEndpoint::vpc("cn-beijing"));
        let other = Some("cn-hangzhou".to_owned());
        assert_eq!(named().or_region(other, false), StsEndpoint::region("cn-hangzhou"));
    }
}
