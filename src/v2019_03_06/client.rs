//! How users of this crate make the core's client and raw requests: for this API, unless they name
//! another.

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
    /// A builder, for everything that can be set.
    pub fn builder() -> ClientBuilder {
        Self::builder_for::<Dbs20190306>()
    }

    /// A client for a region, with the credentials that [`DefaultChain`] finds: in the
    /// environment, by OIDC, in the files of the vendor's tools, or on the ECS instance.
    ///
    /// They are looked for at the first call, whose error lists every source that was tried.
    ///
    /// # Errors
    ///
    /// When the HTTP stack cannot be set up.
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

    /// Reads the settings as [`from_env`](Self::from_env), from a function instead of the process.
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
    /// A request for the operation of this name.
    ///
    /// It names API version 2019-03-06; see [`version`](Self::version) for another one of DBS, and
    /// [`for_api`](Self::for_api) for another API.
    pub fn new(action: impl Into<Cow<'static, str>>) -> Self {
        Self::for_api::<Dbs20190306>(action)
    }
}
