//! The crates whose types are in the signatures of this one, in the same versions.
//!
//! A [`Transport`](crate::transport::Transport) or a
//! [`CredentialsProvider`](crate::credentials::CredentialsProvider) needs them. A program that depends on
//! one of these crates itself can use its own, as long as the versions are compatible.
//!
//! | crate | in signatures |
//! | --- | --- |
//! | `async_trait` | the attribute for implementations of `Transport`, `CredentialsProvider` and `Journal` |
//! | `bytes` | bodies of requests and responses |
//! | `futures_core` | `Stream`, which pages, waits and workflows implement |
//! | `http` | requests, responses, status codes and headers |
//! | `time` | points in time |
//! | `url` | signed URLs |
//!
//! # Examples
//!
//! A transport that counts requests:
//!
//! ```
//! use std::sync::atomic::{AtomicUsize, Ordering};
//!
//! use aliyun_dbs::reexport::async_trait;
//! use aliyun_dbs::reexport::bytes::Bytes;
//! use aliyun_dbs::reexport::http::{Request, Response};
//! use aliyun_dbs::transport::{Transport, TransportError};
//!
//! #[derive(Debug)]
//! struct Counting<T> {
//!     inner: T,
//!     requests: AtomicUsize,
//! }
//!
//! #[async_trait]
//! impl<T: Transport> Transport for Counting<T> {
//!     async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
//!         self.requests.fetch_add(1, Ordering::Relaxed);
//!         self.inner.send(request).await
//!     }
//!
//!     fn inner(&self) -> Option<&dyn Transport> {
//!         Some(&self.inner)
//!     }
//! }
//! ```

pub use async_trait::async_trait;
pub use {bytes, futures_core, http, time, url};
