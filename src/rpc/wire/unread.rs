//! The fields of a response that could not be read.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Write as _};

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::rpc::value::scalar::{Scalar, visit_scalars};

/// The most fields of a response that are noted.
const MOST_FIELDS: usize = 100;

/// The longest text of a field that is noted, in bytes. A longer one is replaced by its length.
const LONGEST_TEXT: usize = 4096;

/// A field of a response that could not be read.
///
/// The response has `None`, an empty list, or no row in its place. Returned by
/// [`Response::unread`](crate::Response::unread).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnreadField {
    path: String,
    text: String,
}

impl UnreadField {
    pub(crate) fn new(path: String, text: String) -> Self {
        Self { path, text }
    }

    /// Returns the path of the field, such as `Items.Row[0].Port`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what the service sent, shortened: a string without its quotes, or other JSON.
    ///
    /// The client replaces the secrets of the call. Empty for a confidential API.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for UnreadField {
    /// Writes the path and the text, such as ``OrderId (got `{}`)``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if self.text.is_empty() { Ok(()) } else { write!(f, " (got `{}`)", self.text) }
    }
}

/// What is noted while a response is read. Allocates only for a field that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Whether the text was repaired; see [`repair`](super::repair::repair).
    repaired: bool,
    unread: RefCell<Vec<UnreadField>>,
    /// The number of rows of outermost lists that could not be read.
    unread_rows: Cell<u64>,
    /// Whether a repaired text may give more: a number lost digits, or a group is unread.
    pub(super) needs_repair: Cell<bool>,
    /// Whether the current error is about a value, and not about the syntax.
    pub(super) about_a_value: Cell<bool>,
    /// Whether the response is lost: what follows the error cannot be read.
    pub(super) lost: Cell<bool>,
    /// The path of the deepest value that the current error is about.
    failed_at: RefCell<Option<String>>,
    /// The list or object that the current error is about.
    container: RefCell<Option<Container>>,
}

/// A list or an object that could not be read.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) text: String,
    /// Whether it was read as a struct, which lacks a field that it requires.
    pub(super) is_struct: bool,
}

impl Notes {
    pub(super) fn of_repaired() -> Self {
        Self { repaired: true, ..Self::default() }
    }

    pub(super) fn repaired(&self) -> bool {
        self.repaired
    }

    pub(super) fn into_unread(self) -> Vec<UnreadField> {
        self.unread.into_inner()
    }

    pub(super) fn unread_rows(&self) -> u64 {
        self.unread_rows.get()
    }

    /// Returns the path of the value that made the response fail.
    pub(super) fn failed_at(&self) -> Option<String> {
        self.failed_at.borrow().clone()
    }

    pub(super) fn set_container(&self, text: String, is_struct: bool) {
        *self.container.borrow_mut() = Some(Container { text, is_struct });
    }

    /// Returns the container that an error is about, if what follows it can still be read.
    pub(super) fn take_readable(&self) -> Option<Container> {
        let is_readable = self.about_a_value.get() && !self.lost.get();
        is_readable.then(|| self.container.borrow_mut().take()).flatten()
    }
}

/// Where a value is in a response: a list from the value up to the notes.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root(&'p Notes),
    Key { parent: &'p Path<'p>, key: &'p Cow<'p, str> },
    Index { parent: &'p Path<'p>, index: usize },
}

impl Path<'_> {
    pub(super) fn notes(&self) -> &Notes {
        let mut path = self;
        loop {
            match path {
                Path::Root(notes) => return notes,
                Path::Key { parent, .. } | Path::Index { parent, .. } => path = parent,
            }
        }
    }

    /// Returns whether this is a value of a list that is in no other list.
    fn is_row(&self) -> bool {
        let &Path::Index { parent: mut path, .. } = self else { return false };
        while let Path::Key { parent, .. } = path {
            path = parent;
        }
        matches!(path, Path::Root(_))
    }

    /// Notes that an error is about the value here, or about a deeper one that is noted already.
    #[cold]
    pub(super) fn failed(&self) {
        let notes = self.notes();
        notes.failed_at.borrow_mut().get_or_insert_with(|| self.to_string());
    }

    /// Notes that an error is about a value, so that what follows can still be read.
    #[cold]
    pub(super) fn failed_by_value(&self) {
        self.failed();
        self.notes().about_a_value.set(true);
    }

    /// Notes that the value here could not be read. Ends the current error.
    #[cold]
    pub(super) fn note_unread(&self, text: String) {
        let notes = self.notes();
        notes.about_a_value.set(false);
        notes.failed_at.borrow_mut().take();
        if self.is_row() {
            notes.unread_rows.set(notes.unread_rows.get() + 1);
        }
        let mut unread = notes.unread.borrow_mut();
        if unread.len() < MOST_FIELDS {
            let text = Some(text).filter(|text| text.len() <= LONGEST_TEXT);
            let text = text.unwrap_or_else(|| format!("more than {LONGEST_TEXT} bytes"));
            unread.push(UnreadField::new(self.to_string(), text));
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(_) => Ok(()),
            Self::Key { parent: Self::Root(_), key } => f.write_str(key),
            Self::Key { parent, key } => write!(f, "{parent}.{key}"),
            Self::Index { parent, index } => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Writes any value as JSON, up to a limit.
#[derive(Default)]
pub(super) struct JsonText {
    pub(super) text: String,
}

impl JsonText {
    /// Returns the text, a string without its quotes.
    pub(super) fn unquoted(self) -> String {
        serde_json::from_str(&self.text).unwrap_or(self.text)
    }

    fn push(&mut self, part: &str) {
        if self.text.len() <= LONGEST_TEXT {
            self.text.push_str(part);
        }
    }

    fn push_string(&mut self, text: &str) {
        if self.text.len() <= LONGEST_TEXT {
            let quoted = serde_json::to_string(text).unwrap_or_default();
            self.push(&quoted);
        }
    }

    pub(super) fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.push("[");
        let mut comma = "";
        while list.next_element_seed(JsonTextSeed(self, comma))?.is_some() {
            comma = ",";
        }
        self.push("]");
        Ok(())
    }

    pub(super) fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.push("{");
        let mut comma = "";
        while let Some(key) = map.next_key::<String>()? {
            self.push(comma);
            self.push_string(&key);
            map.next_value_seed(JsonTextSeed(self, ":"))?;
            comma = ",";
        }
        self.push("}");
        Ok(())
    }
}

/// Appends a value after a separator.
pub(super) struct JsonTextSeed<'t>(pub(super) &'t mut JsonText, pub(super) &'static str);

impl JsonTextSeed<'_> {
    fn scalar<E: de::Error>(self, scalar: Scalar<'_>) -> Result<(), E> {
        self.0.push(self.1);
        match scalar {
            Scalar::String(text) => self.0.push_string(text),
            other if self.0.text.len() <= LONGEST_TEXT => {
                write!(self.0.text, "{other}").map_err(E::custom)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for JsonTextSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.0.text.len() > LONGEST_TEXT {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonTextSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    visit_scalars!();

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.0.push(self.1);
        self.0.push("null");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.0.push(self.1);
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.push(self.1);
        self.0.object(map)
    }
}
