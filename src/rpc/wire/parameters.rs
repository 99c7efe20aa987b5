//! `Parameters`: the flat names and texts that an RPC request consists of.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use super::percent::{is_plain, push_plain, push_query};
use crate::rpc::value::Secret;

/// Room for the parameters of most requests.
const USUAL_COUNT: usize = 12;
/// Room for their names and values, bytes.
const USUAL_LENGTH: usize = 320;

/// The parameters of one request: unique names with a text each, secrets apart.
///
/// They are kept in the byte order of their names, which is the order that is signed, and share
/// one buffer.
#[derive(Clone, Default)]
pub struct Parameters {
    pub(super) text: String,
    plain: Vec<Entry>,
    secrets: Vec<(String, Secret)>,
}

/// Where a name and its value stand in the text, one behind the other.
#[derive(Clone, Copy)]
struct Entry {
    beginning: u64,
    name: usize,
    value: usize,
    end: usize,
}

impl Entry {
    fn name(self, text: &str) -> &str {
        &text[self.name..self.value]
    }

    fn value(self, text: &str) -> &str {
        &text[self.value..self.end]
    }

    /// Compares its name with another that begins like this.
    fn cmp(self, text: &str, other: &[u8], beginning: u64) -> Ordering {
        let name = || &text.as_bytes()[self.name..self.value];
        self.beginning.cmp(&beginning).then_with(|| name().cmp(other))
    }
}

/// The first eight bytes of a name as a number, which orders most names without a look at the text.
fn beginning(name: &[u8]) -> u64 {
    let Some(bytes) = name.first_chunk() else {
        let shifted = name.iter().fold(0, |so_far, byte| so_far << 8 | u64::from(*byte));
        // Names that end early stand before all that go on.
        return shifted.checked_shl(64 - 8 * u32::try_from(name.len()).unwrap_or(0)).unwrap_or(0);
    };
    u64::from_be_bytes(*bytes)
}

impl Parameters {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn with_usual_capacity() -> Self {
        Self {
            text: String::with_capacity(USUAL_LENGTH),
            plain: Vec::with_capacity(USUAL_COUNT),
            secrets: Vec::new(),
        }
    }

    /// Sets a parameter to what its value displays as; one of the same name gives way.
    pub fn set(&mut self, name: &str, value: impl fmt::Display) {
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        // Writing to a `String` fails only where `Display` itself does.
        let _ = write!(self.text, "{value}");
        self.secrets.retain(|(secret, _)| secret != name);
        let position = self.position(name);
        let beginning = beginning(name.as_bytes());
        let entry = Entry { beginning, name: start, value: middle, end: self.text.len() };
        match position {
            Ok(index) => self.plain[index] = entry,
            Err(index) => self.plain.insert(index, entry),
        }
    }

    /// Makes the end of the text a parameter, behind all others whatever its name: a name from
    /// `start`, its value from `middle`. [`sort`](Self::sort) must follow.
    pub(super) fn push_tail(&mut self, start: usize, middle: usize) {
        let beginning = beginning(&self.text.as_bytes()[start..middle]);
        let end = self.text.len();
        self.plain.push(Entry { beginning, name: start, value: middle, end });
    }

    /// Puts the parameters in order; of those with one name the last stays.
    pub(super) fn sort(&mut self) {
        let text = &self.text;
        let compare = |one: &Entry, other: &Entry| {
            one.cmp(text, other.name(text).as_bytes(), other.beginning)
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

    /// Where a name stands, or would stand.
    fn position(&self, name: &str) -> Result<usize, usize> {
        let name = name.as_bytes();
        let beginning = beginning(name);
        self.plain.binary_search_by(|entry| entry.cmp(&self.text, name, beginning))
    }

    /// Sets a parameter whose value must not be seen; one of the same name gives way.
    pub fn set_secret(&mut self, name: &str, value: Secret) {
        self.remove(name);
        self.secrets.push((name.to_owned(), value));
    }

    /// Takes a parameter out.
    pub fn remove(&mut self, name: &str) {
        if let Ok(index) = self.position(name) {
            self.plain.remove(index);
        }
        self.secrets.retain(|(secret, _)| secret != name);
    }

    /// The text of a parameter that is not a secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.position(name).ok().map(|index| self.plain[index].value(&self.text))
    }

    /// Whether there is a parameter of this name, secret or not.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some() || self.secrets.iter().any(|(secret, _)| secret == name)
    }

    /// The parameters that are not secret, in the byte order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.plain.iter().map(|entry| (entry.name(&self.text), entry.value(&self.text)))
    }

    /// They as a query, without the secret ones; see [`canonical_query`](super::canonical_query).
    pub fn canonical_query(&self) -> String {
        let mut query = String::with_capacity(self.query_length());
        self.push_query(&mut query);
        query
    }

    /// Appends them as a query, without the secret ones.
    pub(crate) fn push_query(&self, out: &mut String) {
        // Most are, and one look at all of them is cheaper than one at each.
        if is_plain(&self.text) {
            push_plain(out, self.iter());
        } else {
            push_query(out, self.iter());
        }
    }

    /// What that query is at the longest, bytes: encoding makes three bytes of one.
    pub(crate) fn longest_query(&self) -> usize {
        3 * self.text.len() + 2 * self.plain.len()
    }

    /// About how long that query is, bytes, with room for values of which a few characters are
    /// encoded.
    pub(crate) fn query_length(&self) -> usize {
        self.text.len() + self.text.len() / 4 + 2 * self.plain.len()
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
        assert_eq!(parameters.iter().collect::<Vec<_>>(), [("A", "3"), ("B", "2")]);
        parameters.set_secret("B", "hidden".into());
        assert_eq!(parameters.get("B"), None);
        assert!(parameters.contains("B"));
        parameters.set("B", 4);
        assert_eq!(parameters.get("B"), Some("4"));
        assert_eq!(parameters.secrets().count(), 0);
    }

    #[test]
    fn they_come_in_byte_order_however_many_and_however_set() {
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
