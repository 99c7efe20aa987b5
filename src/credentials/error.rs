//! `CredentialsError`: why there are no credentials, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why there are no credentials: what was looked for, and what to do. It never holds a secret.
///
/// A source that is [not configured](Self::is_not_configured) is passed over by a chain; one that
/// is configured and does not work stops it.
#[derive(Clone)]
pub struct CredentialsError(Arc<Inner>);

struct Inner {
    message: String,
    not_configured: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl CredentialsError {
    fn with(
        message: String,
        not_configured: bool,
        source: Option<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Inner { message, not_configured, source }))
    }

    /// A source that is configured and does not work. Say what was looked for and what to do,
    /// and no secret.
    pub fn new(message: impl Into<String>) -> Self {
        Self::with(message.into(), false, None)
    }

    /// A source that nobody configured; a chain goes on to the next.
    pub fn not_configured(message: impl Into<String>) -> Self {
        Self::with(message.into(), true, None)
    }

    /// Adds the cause. It must not hold a secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with(self.0.message.clone(), self.0.not_configured, Some(source.into()))
    }

    /// Whether the source is just not configured.
    pub fn is_not_configured(&self) -> bool {
        self.0.not_configured
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsError")
            .field("message", &self.0.message)
            .field("not_configured", &self.0.not_configured)
            .finish_non_exhaustive()
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(&**source as &(dyn StdError + 'static))
    }
}
