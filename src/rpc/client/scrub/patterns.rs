//! `Pattern`: the forms in which a server may echo a secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::rpc::decodings::LOST;

/// Secrets shorter than this, in bytes, are replaced only as whole words.
///
/// Inside of words, the placeholders would garble the message and reveal the secret.
const SHORT: usize = 6;

/// Secrets shorter than this, in bytes, are not found in base64 and hex.
const SHORTEST_ENCODED: usize = 4;

/// The fewest characters of a secret that are found if the rest is cut off.
const SHORTEST_CUT: usize = 8;

/// The number of characters of a secret that are searched for.
///
/// A longer secret is found by its beginning, and replaced as far as it matches. This bounds the
/// time of a search, and finds a secret of which a server echoes only a part.
pub(super) const PREFIX: usize = 64;

/// How a secret is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Base64,
    Hex,
}

/// A secret in one form.
pub(super) struct Pattern {
    pub(super) form: Form,
    pub(super) characters: Zeroizing<Vec<char>>,
    /// Whether it matches only as a whole word.
    pub(super) whole_word: bool,
    /// The space that stands for a line break, which a server may remove.
    pub(super) line_breaks: Vec<usize>,
    /// The bit of state 0.
    pub(super) first_bit: usize,
}

impl Pattern {
    fn new(form: Form, characters: impl IntoIterator<Item = char>) -> Self {
        let characters = Zeroizing::new(characters.into_iter().collect());
        Self { form, characters, whole_word: false, line_breaks: Vec::new(), first_bit: 0 }
    }

    /// Returns the characters that are searched for.
    pub(super) fn prefix(&self) -> &[char] {
        &self.characters[..self.characters.len().min(PREFIX)]
    }

    /// Returns the fewest characters by which a secret is found that a server has cut off.
    pub(super) fn shortest_cut(&self) -> usize {
        if self.whole_word { usize::MAX } else { (self.prefix().len() / 2).max(SHORTEST_CUT) }
    }

    /// Returns whether any whitespace may follow the first `index` characters.
    pub(super) fn skips_space(&self, index: usize) -> bool {
        match self.form {
            Form::Plain => index > 0 && self.characters[index - 1] == ' ',
            Form::Base64 | Form::Hex => index > 0,
        }
    }

    /// Returns whether separators of hex digits may follow the first `index` characters.
    pub(super) fn skips_separator(&self, index: usize) -> bool {
        self.form == Form::Hex && index > 0 && index.is_multiple_of(2)
    }

    pub(super) fn matches(&self, index: usize, c: char) -> bool {
        let own = self.characters[index];
        let mut matches = c == LOST && !own.is_ascii();
        for_each_equal(self.form, own, |equal| matches |= equal == c);
        matches
    }
}

/// Returns a secret in all forms.
pub(super) fn forms(secret: &str) -> Vec<Pattern> {
    let mut forms = Vec::new();
    let (characters, line_breaks) = collapse(secret);
    if !characters.is_empty() {
        let whole_word = secret.len() < SHORT;
        forms.push(Pattern { whole_word, line_breaks, ..Pattern::new(Form::Plain, characters) });
    }
    if secret.len() < SHORTEST_ENCODED {
        return forms;
    }
    for before in 0..3 {
        forms.push(Pattern::new(Form::Base64, base64_core(secret.as_bytes(), before).chars()));
    }
    let digits = secret.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    forms.push(Pattern::new(Form::Hex, digits));
    forms
}

/// Returns the characters of a secret with one space for all whitespace, and where line breaks were.
fn collapse(secret: &str) -> (Vec<char>, Vec<usize>) {
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let mut characters = Vec::new();
    let mut line_breaks = Vec::new();
    for c in secret.trim_matches(|c| is_space(c) || c == '\u{feff}').chars() {
        if !is_space(c) {
            characters.push(c);
            continue;
        }
        if characters.last() != Some(&' ') {
            characters.push(' ');
        }
        let index = characters.len() - 1;
        if c.is_control() && line_breaks.last() != Some(&index) {
            line_breaks.push(index);
        }
    }
    (characters, line_breaks)
}

/// Returns the base64 characters that depend only on a secret, after some bytes of something else.
fn base64_core(secret: &[u8], before: usize) -> Zeroizing<String> {
    let bytes = Zeroizing::new([&[0; 2][..before], secret].concat());
    let encoded = Zeroizing::new(STANDARD_NO_PAD.encode(&*bytes));
    let start = [0, 2, 3][before];
    // Unless the bytes end a group of three, the last character depends on what follows.
    let end = encoded.len() - usize::from(!bytes.len().is_multiple_of(3));
    Zeroizing::new(encoded[start..end].to_owned())
}

/// Returns the fewest bytes of a string that contains a secret in base64.
pub(super) fn shortest_encoding(secret: &str) -> usize {
    if secret.len() < SHORT { 0 } else { secret.len() * 4 / 3 - 1 }
}

/// Calls `found` with the characters that are written for a character.
pub(super) fn for_each_equal(form: Form, c: char, mut found: impl FnMut(char)) {
    found(c);
    match (form, c) {
        (Form::Base64, '+') => ['-', ' '].into_iter().for_each(found),
        (Form::Base64, '/') => found('_'),
        (Form::Base64, _) => {}
        (Form::Plain | Form::Hex, _) => {
            let (mut lower, mut upper) = (c.to_lowercase(), c.to_uppercase());
            // Without those that become several characters.
            for mut changed in [(lower.next(), lower.next()), (upper.next(), upper.next())] {
                if let (Some(one), None) = (changed.0.take(), changed.1) {
                    found(one);
                }
            }
        }
    }
}
