//! `StsEndpoint`: the endpoint of STS that a provider calls.

use std::fmt;

use super::api::Sts20150401;
use crate::rpc::api::Api;
use crate::rpc::credentials::CredentialsError;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::outside::Io;
use crate::rpc::value::{InvalidValue, RegionId};

/// The endpoint of STS that a provider calls.
///
/// By default, providers read it from `ALIBABA_CLOUD_STS_REGION` (a region id) and
/// `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` (`true` for the VPC endpoint of that region). Without
/// them, it is the [global](Self::global) endpoint.
///
/// Source: the vendor's credentials packages.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StsEndpoint {
    host: Option<String>,
    region: Option<String>,
    vpc: bool,
}

impl StsEndpoint {
    /// Returns the global endpoint, `sts.aliyuncs.com`.
    pub fn global() -> Self {
        Self::default()
    }

    /// Returns the endpoint of a region, such as `sts.cn-hangzhou.aliyuncs.com`.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..Self::default() }
    }

    /// Returns the VPC endpoint of a region, such as `sts-vpc.cn-hangzhou.aliyuncs.com`.
    pub fn vpc(region: impl Into<String>) -> Self {
        Self { vpc: true, ..Self::region(region) }
    }

    /// Returns an endpoint at a host, or at a URL such as `http://127.0.0.1:8080` for tests.
    ///
    /// `http` is accepted only for this machine.
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

    /// Overrides the variables with the settings of a profile, where it has them.
    ///
    /// A host overrides the region.
    pub(crate) fn with_profile(
        mut self,
        host: Option<String>,
        region: Option<String>,
        vpc: bool,
    ) -> Self {
        self.host = host.or(self.host);
        self.region = region.or(self.region);
        self.vpc |= vpc;
        self
    }

    /// Returns the endpoint, if keys and tokens may be sent to it.
    pub(super) fn resolve(&self) -> Result<Endpoint, CredentialsError> {
        if let Some(host) = &self.host {
            let endpoint: Endpoint = host.parse().map_err(|error: InvalidValue| {
                // Without the value, which may be a secret in a wrong place.
                CredentialsError::new(format!("invalid STS endpoint: {}", error.expected()))
            })?;
            // A word without a dot is rather a secret than a host.
            if !endpoint.host_and_port().0.contains(['.', ':']) && !endpoint.is_loopback() {
                return Err(CredentialsError::new(
                    "invalid STS endpoint: expected a host such as `sts.cn-hangzhou.aliyuncs.com`",
                ));
            }
            if !endpoint.is_https() && !endpoint.is_loopback() {
                return Err(CredentialsError::new(format!(
                    "invalid STS endpoint `{endpoint}`: `http` to another machine would expose the \
                     keys; use `https`"
                )));
            }
            return Ok(endpoint);
        }
        let Some(region) = &self.region else {
            // Without a region, the VPC flag has no effect, as in the vendor's packages.
            return Ok(Endpoint::https("sts.aliyuncs.com".to_owned()));
        };
        // Checked, so that a region cannot name another host for the token.
        let region = RegionId::new(region.to_ascii_lowercase()).map_err(|_| {
            CredentialsError::new("invalid STS region: expected an id such as `cn-hangzhou`")
        })?;
        let network = if self.vpc { Network::Vpc } else { Network::Public };
        Ok(Sts20150401::endpoint(&region, network))
    }
}

impl fmt::Debug for StsEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsEndpoint")
            .field("endpoint", &self.resolve().ok().map(|endpoint| endpoint.to_string()))
            .finish_non_exhaustive()
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
        for invalid in [
            StsEndpoint::host("http://sts.example"),
            StsEndpoint::host("https://"),
            StsEndpoint::host("ftp://sts.example"),
            StsEndpoint::region("evil.example/"),
            StsEndpoint::region(""),
        ] {
            assert!(invalid.resolve().is_err(), "{invalid:?}");
        }
    }

    #[test]
    fn profile_overrides_variables() {
        let endpoint = || StsEndpoint::region("cn-beijing");
        assert_eq!(endpoint().with_profile(None, None, false), endpoint());
        assert_eq!(endpoint().with_profile(None, None, true), StsEndpoint::vpc("cn-beijing"));
        let other = Some("cn-hangzhou".to_owned());
        assert_eq!(endpoint().with_profile(None, other, false), StsEndpoint::region("cn-hangzhou"));
        let host = endpoint().with_profile(Some("sts.example".to_owned()), None, false);
        assert_eq!(host.resolve().unwrap().to_string(), "https://sts.example");
    }
}
