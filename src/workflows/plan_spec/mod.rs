//! Backup plans as code: purchase and configuration in one value, read from YAML or JSON.
//!
//! A [`PlanSpec`] is what one plan must look like. [`from_json`] and [`from_deserializer`] read a
//! list of them, and report the field and line of a mistake. A file contains no secret, but
//! [names](SecretRef) an environment variable or another file.
//!
//! ```yaml
//! # yaml-language-server: $schema=schemas/plans.schema.json
//! - name: orders-nightly
//!   region: cn-hangzhou
//!   class: small
//!   method: logical
//!   billing: 1 year
//!   renew_before: 30
//!   renew_for: 1 year
//!   source:
//!     mysql:
//!       at: { rds: { region: cn-hangzhou, instance: rm-bp1p8c2947exm } }
//!       user: dbs_backup
//!       password: { env: ORDERS_PASSWORD, rotated: 2026-03-01T09:00:00Z }
//!       objects: [orders, { database: shop, exclude_tables: [item_tmp] }]
//!   schedule: { weekly: { days: [Monday, Thursday], at: "02:30" } }
//!   retention: { infrequent_access: 180, archive: 365, delete: 730 }
//!   storage: built_in
//!   logs: true
//! ```
//!
//! | key | values |
//! | --- | --- |
//! | `source` | one engine of [`PlanSpecSource`], with the fields of [`LoginSource`], [`NamedSource`], [`OracleSource`] or [`RedisSource`] |
//! | `at` | one location of [`DatabaseLocation`] |
//! | `objects` | names of databases, or maps with `database`, and optionally `schema`, `include_tables` and `exclude_tables` |
//! | `password` | [`SecretRef`] |
//! | `schedule` | [`PlanSpecSchedule`] |
//! | `retention` | `infrequent_access`, `archive` and `delete`: three increasing numbers of days |
//! | `storage` | [`PlanSpecStorage`] |
//! | `cross_account` | `account` and `role` |
//!
//! The repository contains the JSON Schema of this form as `schemas/plans.schema.json`, with which
//! editors complete and check a file. With the feature `schemars`, `json_schema` returns it.
//!
//! Not part of it are the engine [`File`](crate::types::DatabaseType::File), Database Gateway, the
//! account of a gateway for SQL Server, certificate authorities, the home directory of Oracle, limits
//! of throughput, the binlogs of physical backups and automatic downloads.
//! [`FleetSpec::new`](crate::workflows::fleet::FleetSpec::new) takes a closure, which can set them.

mod billing_text;
pub mod builders;
mod check;
mod checked;
mod location;
mod object;
mod one_key;
mod read;
mod read_error;
mod schedule;
#[cfg(feature = "schemars")]
mod schema;
mod secret;
mod secret_form;
mod source;
mod spec;

pub use location::DatabaseLocation;
pub use read::{from_deserializer, from_json};
pub use read_error::PlanSpecError;
pub use schedule::{PlanSpecSchedule, PlanSpecStorage};
#[cfg(feature = "schemars")]
pub use schema::json_schema;
pub use secret::{SecretError, SecretRef, SecretSource, SecretStore, SystemSecrets};
pub use source::{LoginSource, NamedSource, OracleSource, PlanSpecSource, RedisSource};
pub use spec::PlanSpec;
