//! `Patterns` and `Search`: find secrets in a string in linear time.
//!
//! A string is read from its end to its beginning. For each position, a set of bits holds the states
//! from which a secret can be completed there: state `i` of a pattern means that its first `i`
//! characters have been matched. Each decoding of the string at a position moves the states of a
//! later position by one bit, so the work does not depend on what the string repeats.

use super::patterns::{Form, PREFIX, Pattern, for_each_equal, forms};
use crate::rpc::decodings::{LONGEST, LOST, for_each_decoding};

/// The most readings of one string that are followed behind the beginning of a secret.
const MOST_ENDS: usize = 8;

/// The positions whose states are kept.
const WINDOW: usize = LONGEST + 1;

/// A set of states.
type Bits = Vec<u64>;

/// The secrets of an attempt in all forms.
pub(super) struct Patterns {
    all: Vec<Pattern>,
    /// The states that each ASCII character continues.
    ascii: Vec<Bits>,
    /// The states that other characters continue.
    others: Vec<(char, Bits)>,
    /// The states that any character continues that is not ASCII.
    lost: Bits,
    /// The states that whitespace does not change.
    spaces: Bits,
    /// The states that a separator of hex digits does not change.
    separators: Bits,
    /// The states whose next character may be missing.
    optional: Bits,
    /// The states from which a secret may be cut off.
    cut: Bits,
    first: Bits,
    last: Bits,
}

impl Patterns {
    pub(super) fn new(secrets: &[&str]) -> Self {
        let mut patterns: Vec<Pattern> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        let mut bits = 0;
        for pattern in &mut patterns {
            pattern.first_bit = bits;
            bits += pattern.prefix().len() + 1;
        }
        let none = vec![0; bits.div_ceil(64)];
        let mut states = Self {
            ascii: vec![none.clone(); 128],
            others: Vec::new(),
            lost: none.clone(),
            spaces: none.clone(),
            separators: none.clone(),
            optional: none.clone(),
            cut: none.clone(),
            first: none.clone(),
            last: none,
            all: Vec::new(),
        };
        for pattern in &patterns {
            set(&mut states.first, pattern.first_bit);
            set(&mut states.last, pattern.first_bit + pattern.prefix().len());
            for (index, c) in pattern.prefix().iter().enumerate() {
                states.add(pattern, pattern.first_bit + index, *c);
                if index >= pattern.shortest_cut() {
                    set(&mut states.cut, pattern.first_bit + index);
                }
                if pattern.skips_space(index) {
                    set(&mut states.spaces, pattern.first_bit + index);
                }
                if pattern.skips_separator(index) {
                    set(&mut states.separators, pattern.first_bit + index);
                }
            }
            for index in pattern.line_breaks.iter().filter(|index| **index < pattern.prefix().len())
            {
                set(&mut states.optional, pattern.first_bit + index);
            }
        }
        states.all = patterns;
        states
    }

    /// Adds the characters that continue a state.
    fn add(&mut self, pattern: &Pattern, bit: usize, c: char) {
        if !c.is_ascii() {
            set(&mut self.lost, bit);
        }
        for_each_equal(pattern.form, c, |equal| {
            if equal.is_ascii() {
                set(&mut self.ascii[equal as usize], bit);
            } else {
                let known = self.others.iter().position(|(other, _)| *other == equal);
                let index = known.unwrap_or_else(|| {
                    self.others.push((equal, vec![0; self.lost.len()]));
                    self.others.len() - 1
                });
                set(&mut self.others[index].1, bit);
            }
        });
    }

    /// Returns the states that a character continues.
    fn continued_by(&self, c: char) -> Option<&Bits> {
        match c {
            LOST => Some(&self.lost),
            _ if c.is_ascii() => Some(&self.ascii[c as usize]),
            _ => self.others.iter().find(|(other, _)| *other == c).map(|(_, bits)| bits),
        }
    }

    /// Searches a string for the secrets.
    pub(super) fn search<'a>(&'a self, text: &'a str) -> Search<'a> {
        let words = self.last.len();
        let mut window = vec![0; WINDOW * words];
        let row = |at: usize| at % WINDOW * words;
        let ends: Bits = self.last.iter().zip(&self.cut).map(|(last, cut)| last | cut).collect();
        window[row(text.len())..row(text.len()) + words].copy_from_slice(&ends);
        let end = end_of_content(text);
        let mut starts = Vec::new();
        let mut spaces: Vec<usize> = (0..=text.len()).collect();
        let mut separators = spaces.clone();
        let mut states = self.last.clone();
        for (at, _) in text.char_indices().rev() {
            states.copy_from_slice(if is_cut(text, at, end) { &ends } else { &self.last });
            let (mut space, mut separator) = (0, 0);
            for_each_decoding(text, at, |length, c| {
                let later = &window[row(at + length)..row(at + length) + words];
                if let Some(continued) = self.continued_by(c) {
                    advance(&mut states, later, continued);
                }
                if c == ' ' {
                    keep(&mut states, later, &self.spaces);
                    (space, separator) = (space.max(length), separator.max(length));
                } else if is_separator(c) {
                    keep(&mut states, later, &self.separators);
                    separator = separator.max(length);
                }
            });
            if space > 0 {
                spaces[at] = spaces[at + space];
            }
            if separator > 0 {
                separators[at] = separators[at + separator];
            }
            let copy = states.clone();
            advance(&mut states, &copy, &self.optional);
            if states.iter().zip(&self.first).any(|(states, first)| states & first != 0) {
                starts.push(at);
            }
            window[row(at)..row(at) + words].copy_from_slice(&states);
        }
        starts.reverse();
        Search { patterns: &self.all, text, end, starts, spaces, separators }
    }
}

/// A string in which secrets were searched for.
pub(super) struct Search<'a> {
    pub(super) patterns: &'a [Pattern],
    pub(super) text: &'a str,
    /// The end of the string without closing quotes and brackets.
    end: usize,
    /// The positions at which a secret may start, in ascending order.
    pub(super) starts: Vec<usize>,
    /// For each position, the end of the whitespace that starts there.
    pub(super) spaces: Vec<usize>,
    /// For each position, the end of the whitespace and separators of hex digits that start there.
    pub(super) separators: Vec<usize>,
}

/// A secret in a string.
pub(super) struct Found {
    pub(super) end: usize,
    /// Whether the characters around it belong to the same base64 string.
    pub(super) is_base64: bool,
}

impl Search<'_> {
    /// Returns whether the string contains a secret.
    pub(super) fn finds_any(&self) -> bool {
        self.starts.iter().any(|at| self.match_at(*at).is_some())
    }

    /// Returns whether the string contains a secret that may be part of a word.
    pub(super) fn finds_long(&self) -> bool {
        let mut long = self.patterns.iter().filter(|pattern| !pattern.whole_word);
        long.any(|pattern| self.starts.iter().any(|at| self.longest_end(pattern, *at).is_some()))
    }

    /// Returns the longest secret that starts at a position.
    pub(super) fn match_at(&self, at: usize) -> Option<Found> {
        let ends = self.patterns.iter().filter_map(|pattern| {
            let end = self.longest_end(pattern, at)?;
            let before = self.text[..at].chars().next_back();
            let after = self.text[end..].chars().next();
            let inside_a_word = [before, after].into_iter().flatten().any(char::is_alphanumeric);
            let is_base64 = pattern.form == Form::Base64;
            (!pattern.whole_word || !inside_a_word).then_some(Found { end, is_base64 })
        });
        ends.max_by_key(|found| found.end)
    }

    /// Returns the end of the longest match of a pattern at a position.
    fn longest_end(&self, pattern: &Pattern, at: usize) -> Option<usize> {
        let mut ends = vec![at];
        let mut longest = None;
        for index in 0..pattern.characters.len() {
            let mut next = Vec::new();
            let is_cut = |end: &usize| is_cut(self.text, *end, self.end);
            let cut = ends.iter().copied().filter(is_cut).max();
            for end in ends {
                if pattern.line_breaks.contains(&index) {
                    next.push(end);
                }
                let after_skipped = self.skip(pattern, end, index);
                for from in [Some(end), after_skipped].into_iter().flatten() {
                    for_each_decoding(self.text, from, |length, c| {
                        if pattern.matches(index, c) {
                            next.push(from + length);
                        }
                    });
                }
            }
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                // Behind the beginning, the secret is replaced as far as it matches.
                return if index >= PREFIX {
                    longest
                } else {
                    cut.filter(|_| index >= pattern.shortest_cut())
                };
            }
            longest = next.last().copied();
            if index >= PREFIX {
                next.drain(..next.len().saturating_sub(MOST_ENDS));
            }
            ends = next;
        }
        longest
    }

    /// Returns the end of the whitespace and separators after the first `index` characters, if any.
    fn skip(&self, pattern: &Pattern, from: usize, index: usize) -> Option<usize> {
        let end = if pattern.skips_separator(index) {
            self.separators[from]
        } else if pattern.skips_space(index) {
            self.spaces[from]
        } else {
            return None;
        };
        (end > from).then_some(end)
    }
}

/// Returns the end of a string without closing quotes and brackets, which may follow what is cut off.
fn end_of_content(text: &str) -> usize {
    text.trim_end_matches(['"', '\'', '`', ')', ']', '}', '>', '\\', ' ', '\n', '\r']).len()
}

/// Returns whether a string may be cut off at a position: at its end, before a quote or an ellipsis.
fn is_cut(text: &str, at: usize, end: usize) -> bool {
    const MARKS: [&str; 7] = ["...", "…", "\"", "\\\"", "'", "`", "<"];
    let rest = &text.as_bytes()[at..];
    at >= end || MARKS.iter().any(|mark| rest.starts_with(mark.as_bytes()))
}

fn is_separator(c: char) -> bool {
    matches!(c, ':' | '-' | ',')
}

fn set(bits: &mut Bits, bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

/// Adds the states before those of a later position, if a character continues them.
fn advance(states: &mut Bits, later: &[u64], continued: &Bits) {
    for index in 0..states.len() {
        let carried = later.get(index + 1).map_or(0, |next| next << 63);
        states[index] |= (later[index] >> 1 | carried) & continued[index];
    }
}

/// Adds the states of a later position that a character does not change.
fn keep(states: &mut Bits, later: &[u64], kept: &Bits) {
    for index in 0..states.len() {
        states[index] |= later[index] & kept[index];
    }
}
