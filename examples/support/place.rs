//! Where the service is: outside, or the fake.

use aliyun_dbs::credentials::DefaultChain;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::{Client, ClientBuilder, Region, SignatureVersion};

use super::Failure;

/// Which service to talk to.
pub(crate) struct Place {
    live: bool,
    endpoint: Option<String>,
    region: Region,
    signature: Option<SignatureVersion>,
}

impl Place {
    pub(crate) const OPTIONS: &'static str =
        "[--live | --endpoint URL] [--region ID] [--sign v1|v3]";

    /// The fake, in Hangzhou.
    pub(crate) fn new() -> Self {
        Self { live: false, endpoint: None, region: Region::Hangzhou, signature: None }
    }

    /// Takes an option of [`Self::OPTIONS`]; says whether it was one.
    pub(crate) fn take(
        &mut self,
        name: &str,
        values: &mut impl Iterator<Item = String>,
    ) -> Result<bool, Failure> {
        let mut value = || values.next().ok_or_else(|| format!("{name} needs a value"));
        match name {
            "--live" => self.live = true,
            "--endpoint" => self.endpoint = Some(value()?),
            "--region" => self.region = value()?.parse()?,
            "--sign" => {
                self.signature = Some(match value()?.as_str() {
                    "v1" => SignatureVersion::RpcV1,
                    "v3" => SignatureVersion::Acs3,
                    other => return Err(format!("--sign is v1 or v3, not {other}").into()),
                });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether it is a service outside this process.
    pub(crate) fn is_real(&self) -> bool {
        self.live || self.endpoint.is_some()
    }

    /// A client of that service, or of a fake that is given.
    pub(crate) fn client(&self, dbs: &FakeDbs) -> Result<Client, Failure> {
        self.client_with(dbs, |builder| builder)
    }

    /// The same, with settings of the example's own.
    pub(crate) fn client_with(
        &self,
        dbs: &FakeDbs,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Client, Failure> {
        let mut builder = settings(Client::builder().region(self.region));
        if let Some(signature) = self.signature {
            builder = builder.signature_version(signature);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(endpoint);
        }
        if self.is_real() {
            builder = builder.credentials(DefaultChain::new());
        } else {
            builder = builder.credentials(dbs.credentials()).transport(dbs.clone());
        }
        Ok(builder.build()?)
    }
}
