//! `LazyTls`: the TLS configuration, whose root certificates are loaded at the first connection.

use std::error::Error as StdError;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::rpc::transport::TransportError;
use crate::rpc::transport::http::connect_error::{SettingError, invalid_pem};

const ROOTS_HINT: &str = "install the root certificates of the system (on Linux, the package `ca-certificates`), set \
     `SSL_CERT_FILE`, or trust one with `root_certificate_pem`";

/// The configuration without additional root certificates, which all transports of a process share.
///
/// They also share TLS sessions thereby. A process keeps the certificates that it loaded.
static SHARED: LazyLock<LazyTls> = LazyLock::new(|| LazyTls::with_roots(Vec::new()));

/// The configurations of one set of root certificates.
#[derive(Clone)]
pub(super) struct TlsConfigs {
    /// For services, with HTTP/1.1 and HTTP/2.
    pub(super) service: Arc<ClientConfig>,
    /// For proxies, with HTTP/1.1 only.
    pub(super) proxy: Arc<ClientConfig>,
}

/// The TLS configuration of a transport.
#[derive(Clone)]
pub(super) struct LazyTls(Arc<Roots>);

/// Root certificates, and the configurations with them once they are loaded.
struct Roots {
    additional: Vec<CertificateDer<'static>>,
    loaded: OnceLock<TlsConfigs>,
    /// Locked while a thread loads, so that the others do not load too.
    loading: Mutex<()>,
}

impl LazyTls {
    /// Reads additional root certificates, or returns an error if one is invalid.
    ///
    /// Loads nothing from the system, which takes milliseconds.
    pub(super) fn new(pems: &[Bytes]) -> Result<Self, TransportError> {
        let mut roots = Vec::new();
        for pem in pems {
            let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
            match certificates {
                Ok(certificates) if !certificates.is_empty() => roots.extend(certificates),
                Ok(_) => return Err(invalid_pem("")),
                Err(_) => return Err(invalid_pem(" (invalid certificate encoding)")),
            }
        }
        for root in &roots {
            RootCertStore::empty().add(root.clone()).map_err(|error| {
                TransportError::not_sent(format!("invalid `root_certificate_pem`: {error}"))
                    .permanent()
                    .with_source(error)
            })?;
        }
        Ok(if roots.is_empty() { SHARED.clone() } else { Self::with_roots(roots) })
    }

    fn with_roots(additional: Vec<CertificateDer<'static>>) -> Self {
        let (loaded, loading) = (OnceLock::new(), Mutex::new(()));
        Self(Arc::new(Roots { additional, loaded, loading }))
    }

    /// Begins to load the root certificates, unless they are loaded.
    ///
    /// A thread for blocking work loads them. So neither a request that is cancelled nor a runtime
    /// that its owner does not drive delays other requests.
    pub(super) fn start(&self) -> LoadingTls {
        if let Some(configs) = self.0.loaded.get() {
            return LoadingTls::Loaded(configs.clone());
        }
        let roots = self.0.clone();
        LoadingTls::Loading(spawn_blocking(move || roots.load()))
    }
}

impl Roots {
    /// Loads the root certificates of the system, unless another thread has done so. Blocks.
    fn load(&self) -> Result<TlsConfigs, SettingError> {
        let _loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(configs) = self.loaded.get() {
            return Ok(configs.clone());
        }
        let configs = configs(self.additional.clone()).map_err(|error| {
            SettingError::new(format!("cannot load the root certificates: {error}"))
                .with_hint(ROOTS_HINT)
        })?;
        Ok(self.loaded.get_or_init(|| configs).clone())
    }
}

/// A TLS configuration that may still be loading.
pub(super) enum LoadingTls {
    Loaded(TlsConfigs),
    Loading(JoinHandle<Result<TlsConfigs, SettingError>>),
}

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;

impl LoadingTls {
    /// Waits for the configuration.
    pub(super) async fn wait(self) -> Result<TlsConfigs, BoxError> {
        match self {
            Self::Loaded(configs) => Ok(configs),
            Self::Loading(loading) => Ok(loading.await??),
        }
    }
}

fn configs(roots: Vec<CertificateDer<'static>>) -> Result<TlsConfigs, rustls::Error> {
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    let verifier = if roots.is_empty() {
        Verifier::new(provider.clone())
    } else {
        with_roots(roots, provider.clone())
    };
    let mut service = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier?))
        .with_no_client_auth();
    let proxy = Arc::new(service.clone());
    service.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsConfigs { service: Arc::new(service), proxy })
}

#[cfg(not(target_os = "android"))]
fn with_roots(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(roots, provider)
}

#[cfg(target_os = "android")]
fn with_roots(
    _: Vec<CertificateDer<'static>>,
    _: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Err(rustls::Error::General("Android supports no additional ones".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn idle_runtime_does_not_delay_another_one() {
        let authority = include_str!("../../../../tests/data/certificates/authority.pem");
        let tls = LazyTls::new(&[Bytes::from(authority)]).unwrap();
        let [idle, driven] =
            [(); 2].map(|()| Builder::new_current_thread().enable_all().build().unwrap());
        let loading = tls.0.loading.lock().unwrap();
        let started = idle.block_on(async {
            let started = tls.start();
            tokio::task::yield_now().await;
            started
        });
        drop(loading);
        let configs = driven.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), tls.start().wait()).await.unwrap()
        });
        let started = idle.block_on(started.wait()).unwrap();
        assert!(Arc::ptr_eq(&configs.unwrap().service, &started.service), "loaded once");
        assert!(matches!(tls.start(), LoadingTls::Loaded(_)));
    }
}
