//! How users of this crate make the core's client and raw requests: for this API, unless they name
//! another.

use std::borrow::Cow;

use super::api::Dbs20190306;
use super::region::Region;
use crate::rpc::client::{Client, ClientBuilder};
use crate::rpc::credentials::DefaultChain;
use crate::rpc::error::Error;
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

impl RawRequest {
    /// A request for the operation of this name.
    ///
    /// It names API version 2019-03-06; see [`version`](Self::version) for another one of DBS, and
    /// [`of`](Self::of) for another API.
    pub fn new(action: impl Into<Cow<'static, str>>) -> Self {
        Self::of::<Dbs20190306>(action)
    }
}
