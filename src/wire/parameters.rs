//! `Parameters`: the flat names and texts that an RPC request consists of.

use std::fmt::{self, Write};
use std::ops::Range;

use crate::types::Secret;

/// The parameters of one request: unique names with a text each, secrets apart.
///
/// Texts share one buffer, so a request costs two allocations however many parameters it has.
#[derive(Clone, Default)]
pub struct Parameters {
    text: String,
    plain: Vec<Entry>,
    secrets: Vec<(String, Secret)>,
}

#[derive(Clone)]
struct Entry {
    name: Range<usize>,
    value: Range<usize>,
}

impl Parameters {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(parameters: usize) -> Self {
        Self {
            text: String::with_capacity(parameters * 32),
            plain: Vec::with_capacity(parameters),
            secrets: Vec::new(),
        }
    }

    /// Sets a parameter to what its value displays as; one of the same name gives way.
    pub fn set(&mut self, name: &str, value: impl fmt::Display) {
        self.remove(name);
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        // Writing to a `String` fails only where `Display` itself does.
        let _ = write!(self.text, "{value}");
        self.plain.push(Entry { name: start..middle, value: middle..self.text.len() });
    }

    /// Sets a parameter whose value must not be seen; one of the same name gives way.
    pub fn set_secret(&mut self, name: &str, value: Secret) {
        self.remove(name);
        self.secrets.push((name.to_owned(), value));
    }

    /// Takes a parameter out.
    pub fn remove(&mut self, name: &str) {
        let text = &self.text;
        self.plain.retain(|entry| &text[entry.name.clone()] != name);
        self.secrets.retain(|(secret, _)| secret != name);
    }

    /// The text of a parameter that is not a secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether there is a parameter of this name, secret or not.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some() || self.secrets.iter().any(|(secret, _)| secret == name)
    }

    /// The parameters that are not secret, in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.plain
            .iter()
            .map(|entry| (&self.text[entry.name.clone()], &self.text[entry.value.clone()]))
    }

    /// The secret parameters, in the order they were set.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret))
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).entries(self.secrets()).finish()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let mut parameters = Self::new();
        for (name, value) in pairs {
            parameters.set(name, value);
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_the_last_value_counts() {
        let mut parameters: Parameters = [("A", "1"), ("B", "2"), ("A", "3")].into_iter().collect();
        assert_eq!(parameters.iter().collect::<Vec<_>>(), [("B", "2"), ("A", "3")]);
        parameters.set_secret("B", "hidden".into());
        assert_eq!(parameters.get("B"), None);
        assert!(parameters.contains("B"));
        parameters.set("B", 4);
        assert_eq!(parameters.get("B"), Some("4"));
        assert_eq!(parameters.secrets().count(), 0);
    }

    #[test]
    fn debug_hides_secrets() {
        let mut parameters = Parameters::new();
        parameters.set("A", "1");
        parameters.set_secret("P", "hunter2".into());
        assert_eq!(format!("{parameters:?}"), r#"{"A": "1", "P": Secret(..)}"#);
    }
}
