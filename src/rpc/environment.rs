//! `Environment`: variables by name, of the process or of a function that stands in for it.

use std::fmt;
use std::sync::Arc;

type Read = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where variables are read. Tests and programs with another store of settings bring their own.
#[derive(Clone)]
pub(crate) struct Environment(Arc<Read>);

impl Environment {
    pub(crate) fn new(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A variable; an empty one counts as not set.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.trim().is_empty())
    }
}

impl Default for Environment {
    /// The environment of the process.
    fn default() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(..)")
    }
}
