//! Lists and objects that know where they are, and that can be read to their end after an error.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess};

use super::key::KeySeed;
use super::unread::{JsonText, JsonTextSeed, Path};

/// An object that is read from.
pub(super) struct TrackedObject<'p, 'de, A> {
    pub(super) inner: A,
    path: &'p Path<'p>,
    /// The key of the current value.
    key: Cow<'de, str>,
    has_value: bool,
    touched: bool,
    /// Whether the parser or a value failed, and not the visitor of the object.
    failed: bool,
    /// The fields of the struct that is read.
    fields: Option<&'static [&'static str]>,
    /// The fields that were found, if fields that come twice are left out.
    found: Option<Vec<String>>,
}

impl<'p, 'de, A: MapAccess<'de>> TrackedObject<'p, 'de, A> {
    #[inline]
    pub(super) fn new(
        inner: A,
        path: &'p Path<'p>,
        fields: Option<&'static [&'static str]>,
    ) -> Self {
        let found = (fields.is_some() && path.notes().repaired()).then(Vec::new);
        let (has_value, touched, failed) = (false, false, false);
        Self { inner, path, key: Cow::Borrowed(""), has_value, touched, failed, fields, found }
    }

    #[inline]
    pub(super) fn next_key<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.touched = true;
        let key = if self.found.is_some() {
            self.next_new_key(seed)
        } else {
            self.inner.next_key_seed(KeySeed { seed, key: &mut self.key })
        };
        match &key {
            Ok(key) => self.has_value = key.is_some(),
            Err(_) => self.failed = true,
        }
        key
    }

    #[inline]
    pub(super) fn next_value<T>(
        &mut self,
        read: impl FnOnce(&mut A, &Path<'_>) -> Result<T, A::Error>,
    ) -> Result<T, A::Error> {
        self.has_value = false;
        let path = Path::Key { parent: self.path, key: &self.key };
        read(&mut self.inner, &path).inspect_err(|_| {
            path.failed();
            self.failed = true;
        })
    }

    /// Reads the rest after an error that is about a value.
    #[cold]
    pub(super) fn finish(&mut self) {
        if !self.failed {
            self.path.failed_by_value();
        }
        let notes = self.path.notes();
        if notes.about_a_value.get() {
            match self.rest() {
                Ok(text) => notes.set_container(text, self.fields.is_some()),
                Err(_) => notes.lost.set(true),
            }
        }
    }

    fn rest(&mut self) -> Result<String, A::Error> {
        if !self.touched {
            let mut text = JsonText::default();
            text.object(&mut self.inner)?;
            return Ok(text.text);
        }
        if self.has_value {
            self.inner.next_value::<IgnoredAny>()?;
        }
        while self.inner.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok("{…}".to_owned())
    }

    /// Returns the next key that is not a field which was found before.
    #[cold]
    fn next_new_key<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        loop {
            let Some(key) = self.inner.next_key::<String>()? else { return Ok(None) };
            self.has_value = true;
            let known = self.fields.is_some_and(|fields| fields.contains(&key.as_str()));
            let found = self.found.get_or_insert_default();
            // Some names have an alias, which differs in case only.
            if !known || !found.iter().any(|earlier| earlier.eq_ignore_ascii_case(&key)) {
                let value = seed.deserialize(key.as_str().into_deserializer())?;
                if known {
                    found.push(key.clone());
                }
                self.key = Cow::Owned(key);
                return Ok(Some(value));
            }
            self.has_value = false;
            let mut text = JsonText::default();
            self.inner.next_value_seed(JsonTextSeed(&mut text, ""))?;
            let key = Cow::Owned(key);
            Path::Key { parent: self.path, key: &key }.note_unread(text.unquoted());
        }
    }
}

/// A list that is read from.
pub(super) struct TrackedList<'p, A> {
    pub(super) inner: A,
    path: &'p Path<'p>,
    index: usize,
    /// Whether the parser or an element failed, and not the visitor of the list.
    failed: bool,
}

impl<'p, A> TrackedList<'p, A> {
    #[inline]
    pub(super) fn new(inner: A, path: &'p Path<'p>) -> Self {
        Self { inner, path, index: 0, failed: false }
    }

    #[inline]
    pub(super) fn next<T, E>(
        &mut self,
        read: impl FnOnce(&mut A, &Path<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let path = Path::Index { parent: self.path, index: self.index };
        self.index += 1;
        read(&mut self.inner, &path).inspect_err(|_| {
            path.failed();
            self.failed = true;
        })
    }

    /// Reads the rest after an error that is about an element.
    #[cold]
    pub(super) fn finish<'de>(&mut self)
    where
        A: SeqAccess<'de>,
    {
        if !self.failed {
            self.path.failed_by_value();
        }
        let notes = self.path.notes();
        if notes.about_a_value.get() {
            let mut text = JsonText::default();
            match text.list(&mut self.inner) {
                Ok(()) if self.index == 0 => notes.set_container(text.text, false),
                Ok(()) => notes.set_container("[…]".to_owned(), false),
                Err(_) => notes.lost.set(true),
            }
        }
    }
}
