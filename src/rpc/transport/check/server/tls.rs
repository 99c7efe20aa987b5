//! `Protocol`: TLS of a server, with certificates for the check.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/data/certificates/", $name, ".pem"))
    };
}

/// The root certificate that signed the certificates, except for an untrusted one.
pub(crate) const ROOT: &str = pem!("authority");

/// What a server speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    Http,
    /// HTTP/1.1 with TLS.
    Https(Certificate),
    /// HTTP/2 with TLS.
    Http2,
}

/// The certificate of a server for 127.0.0.1, valid from 2020 to 2119 but for what its name says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Certificate {
    Valid,
    Expired,
    NotYetValid,
    OtherHost,
    /// Signed by another authority than `ROOT`.
    Untrusted,
}

impl Certificate {
    fn pem(self) -> &'static str {
        match self {
            Self::Valid => pem!("valid"),
            Self::Expired => pem!("expired"),
            Self::NotYetValid => pem!("not_yet_valid"),
            Self::OtherHost => pem!("other_host"),
            Self::Untrusted => pem!("untrusted"),
        }
    }
}

impl Protocol {
    /// Returns the configuration of TLS, or `None` without TLS.
    pub(super) fn config(self) -> io::Result<Option<Arc<ServerConfig>>> {
        let (certificate, protocol) = match self {
            Self::Http => return Ok(None),
            Self::Https(certificate) => (certificate, "http/1.1"),
            Self::Http2 => (Certificate::Valid, "h2"),
        };
        let certificate = CertificateDer::from_pem_slice(certificate.pem().as_bytes())
            .map_err(io::Error::other)?;
        let key = PrivateKeyDer::from_pem_slice(pem!("server.key").as_bytes());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.map_err(io::Error::other)?)
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Ok(Some(Arc::new(config)))
    }
}
