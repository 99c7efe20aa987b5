//! Constructors of the client, the configuration and raw requests for this API.

use std::borrow::Cow;

use super::api::Dbs20190306;
use super::region::Region;
use crate::credentials::DefaultChain;
use crate::rpc::api::Api;
use crate::rpc::client::{Client, ClientBuilder};
use crate::rpc::config::Config;
use crate::rpc::error::Error;
use crate::rpc::outside::Io;
use crate::rpc::raw::RawRequest;

impl Client {
    /// Returns a builder with all settings of a client.
    pub fn builder() -> ClientBuilder {
        Self::builder_for::<Dbs20190306>()
    }

    /// Returns a client for a region, with the credentials that [`DefaultChain`] finds.
    ///
    /// The chain tries environment variables, OIDC, the files of the vendor's tools, the role of
    /// the ECS instance, and a credentials URI. It does so at the first call. If that call fails
    /// for lack of credentials, its error lists every source that the chain tried.
    ///
    /// # Errors
    ///
    /// Returns an error if the HTTP stack cannot be set up.
    pub fn from_env(region: Region) -> Result<Self, Error> {
        Self::builder().region(region).credentials(DefaultChain::new()).build()
    }
}

impl Config {
    /// Reads the settings from environment variables.
    ///
    /// The variable of a setting is `ALIYUN_DBS_` and its name in upper case, such as
    /// `ALIYUN_DBS_MAX_ATTEMPTS`. An empty variable is the same as an unset one.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first variable with an invalid value, and what is expected.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_prefixed_env(Dbs20190306::ENV_PREFIX, &Io::system())
    }

    /// Reads the settings like [`from_env`](Self::from_env), through a function.
    ///
    /// The function returns the value of the variable with the given name.
    ///
    /// # Errors
    ///
    /// The same as [`from_env`](Self::from_env).
    pub fn from_env_with(
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let io = Io::system().with_env(read);
        Self::from_prefixed_env(Dbs20190306::ENV_PREFIX, &io)
    }
}

impl RawRequest {
    /// Returns a request for the operation with this name, in API version 2019-03-06.
    ///
    /// Use [`for_api`](Self::for_api) with [`Dbs20210101`](crate::Dbs20210101) for API version
    /// 2021-01-01, and with another [`Api`] for another API. [`version`](Self::version) keeps the
    /// envelope and the hints of 2019-03-06.
    pub fn new(action: impl Into<Cow<'static, str>>) -> Self {
        Self::for_api::<Dbs20190306>(action)
    }
}
