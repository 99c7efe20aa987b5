//! `Parameters`: the flat parameters of an RPC request.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use super::percent::{is_unreserved_only, push_query, push_unencoded};
use crate::rpc::value::Secret;

/// The initial capacity, in parameters: enough for most requests.
const USUAL_COUNT: usize = 12;
/// The initial capacity for names and values, in bytes.
const USUAL_LENGTH: usize = 320;

/// The parameters of one request: unique names, each with a string or a secret.
///
/// The order is the byte order of the names, which is also the order that is signed. Secret
/// parameters are stored apart: `Debug` hides them, and a canonical query omits them.
#[derive(Clone, Default)]
pub struct Parameters {
    /// The buffer of all names and values that are not secret.
    pub(super) buffer: String,
    plain: Vec<Entry>,
    secrets: Vec<(String, Secret)>,
    /// Whether a value was added that is empty or begins with whitespace.
    pub(super) may_have_blank: bool,
}

/// The position of a name in the buffer, which its value follows.
#[derive(Clone, Copy)]
struct Entry {
    prefix: u64,
    /// The start of the name.
    name: usize,
    /// The start of the value.
    value: usize,
    end: usize,
}

impl Entry {
    fn name(self, buffer: &str) -> &str {
        &buffer[self.name..self.value]
    }

    fn value(self, buffer: &str) -> &str {
        &buffer[self.value..self.end]
    }

    /// Compares its name with another, which has this prefix.
    fn cmp(self, buffer: &str, other: &[u8], prefix: u64) -> Ordering {
        let name = || &buffer.as_bytes()[self.name..self.value];
        self.prefix.cmp(&prefix).then_with(|| name().cmp(other))
    }
}

/// Returns the first eight bytes of a name as a number, which is enough to compare most names.
fn prefix(name: &[u8]) -> u64 {
    let Some(bytes) = name.first_chunk() else {
        let shifted = name.iter().fold(0, |so_far, byte| so_far << 8 | u64::from(*byte));
        // Padded with zeros, so that a short name sorts before those that it begins.
        return shifted.checked_shl(64 - 8 * u32::try_from(name.len()).unwrap_or(0)).unwrap_or(0);
    };
    u64::from_be_bytes(*bytes)
}

impl Parameters {
    /// Creates an empty list of parameters.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn with_usual_capacity() -> Self {
        Self {
            buffer: String::with_capacity(USUAL_LENGTH),
            plain: Vec::with_capacity(USUAL_COUNT),
            secrets: Vec::new(),
            may_have_blank: false,
        }
    }

    /// Sets a parameter to the `Display` of a value, replacing an existing one of that name.
    pub fn set(&mut self, name: &str, value: impl fmt::Display) {
        let start = self.buffer.len();
        self.buffer.push_str(name);
        let middle = self.buffer.len();
        // Writing to a `String` fails only if `Display` does.
        let _ = write!(self.buffer, "{value}");
        self.secrets.retain(|(secret, _)| secret != name);
        let position = self.position(name);
        let entry = self.last_entry(start, middle);
        match position {
            Ok(index) => self.plain[index] = entry,
            Err(index) => self.plain.insert(index, entry),
        }
    }

    /// Adds the end of the buffer as a parameter: its name from `start`, its value from `middle`.
    ///
    /// It is not in order yet, so [`sort`](Self::sort) must follow.
    pub(super) fn push_unsorted(&mut self, start: usize, middle: usize) {
        let entry = self.last_entry(start, middle);
        self.plain.push(entry);
    }

    /// Returns the entry of a name and a value at the end of the buffer.
    fn last_entry(&mut self, start: usize, middle: usize) -> Entry {
        let (_, last) = self.buffer.as_bytes().split_at(start);
        let (name, value) = last.split_at(middle - start);
        self.may_have_blank |= value.first().is_none_or(u8::is_ascii_whitespace);
        Entry { prefix: prefix(name), name: start, value: middle, end: self.buffer.len() }
    }

    /// Sorts the parameters by name, and keeps the last one of each name.
    pub(super) fn sort(&mut self) {
        let buffer = &self.buffer;
        let compare = |one: &Entry, other: &Entry| {
            let names = || one.name(buffer).cmp(other.name(buffer));
            one.prefix.cmp(&other.prefix).then_with(names)
        };
        self.plain.sort_by(compare);
        self.plain.dedup_by(|later, earlier| {
            let same = compare(later, earlier).is_eq();
            if same {
                *earlier = *later;
            }
            same
        });
    }

    /// Returns the index of a name, or the index to insert it at.
    fn position(&self, name: &str) -> Result<usize, usize> {
        let name = name.as_bytes();
        let prefix = prefix(name);
        self.plain.binary_search_by(|entry| entry.cmp(&self.buffer, name, prefix))
    }

    /// Sets a secret parameter, replacing an existing one of that name.
    ///
    /// `Debug` hides its value, and [`canonical_query`](Self::canonical_query) omits it.
    pub fn set_secret(&mut self, name: &str, value: Secret) {
        self.remove(name);
        self.secrets.push((name.to_owned(), value));
    }

    /// Removes a parameter, if it exists.
    pub fn remove(&mut self, name: &str) {
        if let Ok(index) = self.position(name) {
            self.plain.remove(index);
        }
        self.secrets.retain(|(secret, _)| secret != name);
    }

    /// Returns the value of a parameter that is not secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.position(name).ok().map(|index| self.plain[index].value(&self.buffer))
    }

    /// Returns whether a parameter of this name exists, secret or not.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some() || self.secrets.iter().any(|(secret, _)| secret == name)
    }

    /// Returns the parameters that are not secret, in the byte order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.plain.iter().map(|entry| (entry.name(&self.buffer), entry.value(&self.buffer)))
    }

    /// Returns the parameters that are not secret as a query.
    ///
    /// See [`canonical_query`](crate::unversioned::wire::canonical_query) for the form.
    pub fn canonical_query(&self) -> String {
        let mut query = String::with_capacity(self.query_length());
        self.push_query(&mut query);
        query
    }

    /// Appends the parameters that are not secret as a query.
    pub(crate) fn push_query(&self, out: &mut String) {
        // True for most requests, and cheaper to check once than for each value.
        if is_unreserved_only(&self.buffer) {
            push_unencoded(out, self.iter());
        } else {
            push_query(out, self.iter());
        }
    }

    /// Returns the maximum length of the query in bytes: encoding turns one byte into three.
    pub(crate) fn longest_query(&self) -> usize {
        3 * self.buffer.len() + 2 * self.plain.len()
    }

    /// Returns the estimated length of the query in bytes.
    ///
    /// Includes a quarter more, for values in which some characters are encoded.
    pub(crate) fn query_length(&self) -> usize {
        self.buffer.len() + self.buffer.len() / 4 + 2 * self.plain.len()
    }

    /// Returns the secret parameters, in the order in which they were set.
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
    fn set_replaces_an_existing_value() {
        let mut parameters: Parameters = [("A", "1"), ("B", "2"), ("A", "3")].into_iter().collect();
        assert_eq!(parameters.iter().collect::<Vec<_>>(), [("A", "3"), ("B", "2")]);
        parameters.set_secret("B", "hidden".into());
        assert_eq!(parameters.get("B"), None);
        assert!(parameters.contains("B"));
        parameters.set("B", 4);
        assert_eq!(parameters.get("B"), Some("4"));
        assert_eq!(parameters.secrets().count(), 0);
    }

    #[test]
    fn iter_returns_byte_order() {
        let names: Vec<String> = (0..40).map(|n| format!("N{}", n * 7 % 40)).collect();
        let mut parameters = Parameters::new();
        for name in &names {
            parameters.set(name, format_args!("value of {name}"));
        }
        parameters.remove("N13");
        parameters.remove("N99");
        let mut expected: Vec<_> = names.iter().filter(|name| *name != "N13").collect();
        expected.sort();
        assert_eq!(parameters.iter().map(|(name, _)| name).collect::<Vec<_>>(), expected);
        for name in expected {
            assert_eq!(parameters.get(name), Some(format!("value of {name}").as_str()));
        }
    }

    #[test]
    fn debug_hides_secrets() {
        let mut parameters = Parameters::new();
        parameters.set("A", "1");
        parameters.set_secret("P", "hunter2".into());
        assert_eq!(format!("{parameters:?}"), r#"{"A": "1", "P": Secret(..)}"#);
    }
}
