//! The types of the fields of requests and responses of API version 2021-01-01.
//!
//! They follow the rules of [`crate::types`], whose ids, regions and page sizes this version also
//! uses: a value that the service would reject cannot be built, and parameters that depend on each
//! other are one type.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`DownloadSource`], [`DownloadKind`] | what to download, and the kind of it |
//! | [`DownloadTarget`], [`DownloadTargetKind`] | where to download to, and the kind of it |
//! | [`DownloadFormat`] | the format of the files |
//! | [`MySqlFormat`], [`PostgreSqlFormat`], [`PolarDbFormat`], [`MongoDbFormat`] | the formats of one engine |
//! | [`AdvancedDownloadState`] | the state of a download |
//! | [`AddressSelection`], [`AddressLifetime`], [`SignedUrl`] | which download to get addresses of, how long they are valid, and an address |
//! | [`PageNumber`], [`OrderColumn`], [`OrderDirection`] | the page and the order of a list |
//! | [`PrefixedPlanId`], [`BarePlanId`] | the id of a plan, with and without its prefix |
//! | [`DownloadTaskId`], [`DatasourceId`], [`SandboxInstanceId`], [`BilledItemId`] | a download, a data source, a sandbox and an item of the bill |
//! | [`ResourceType`] | the kind of resource that moves to another resource group |
//! | [`SandboxStatus`], [`SandboxSetKind`] | the state of a sandbox, and the kind of its backup set |

mod address;
mod format;
mod identifier;
mod order;
mod page_number;
pub(crate) mod plan_id;
mod resource;
mod sandbox;
mod signed_url;
mod source;
mod state;
mod target;
pub(crate) mod times;

pub use address::{AddressLifetime, AddressSelection};
pub use format::{DownloadFormat, MongoDbFormat, MySqlFormat, PolarDbFormat, PostgreSqlFormat};
pub use identifier::{BilledItemId, DatasourceId, DownloadTaskId, SandboxInstanceId};
pub use order::{OrderColumn, OrderDirection};
pub use page_number::PageNumber;
pub use plan_id::{BarePlanId, PrefixedPlanId};
pub use resource::ResourceType;
pub use sandbox::{SandboxSetKind, SandboxStatus};
pub use signed_url::SignedUrl;
pub use source::{DownloadKind, DownloadSource};
pub use state::AdvancedDownloadState;
pub use target::{DownloadTarget, DownloadTargetKind};

// Inlined, because rustdoc omits re-exports of hidden items.
#[doc(inline)]
pub use {address::address_lifetime, page_number::page_number};
