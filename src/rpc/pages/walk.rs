//! `Walk`: decides which page of a list to request next, and which of its items are new.
//!
//! Pages are numbered by position, so a list that changes between two pages shifts. Items inserted
//! in front of the next page appear twice, with the same ids. Items removed in front of it would be
//! skipped, but the total changes, and the walk goes back until a page overlaps with what it has walked.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// How often the walk may go back before it gets to a later page than before.
const MAX_TURNS: u32 = 5;

/// The position in a list, and the items that were walked.
#[derive(Debug)]
pub(super) struct Walk {
    /// The number of the first page of a list.
    first: u32,
    /// The page that the walk started at.
    start: u32,
    /// The requested number of items per page.
    requested: u64,
    /// The number of the next page.
    page_num: u32,
    /// The number of items on a full page. The service may return fewer than requested.
    page_len: u64,
    /// The items that were walked. They are a prefix of the list, apart from insertions.
    ///
    /// Hashes of 128 bits instead of the ids: a list can have 100 000 items.
    walked: HashSet<[u64; 2]>,
    hashers: [RandomState; 2],
    delivered: u64,
    /// The number of items on each page that could not be read. They count as delivered.
    unread: BTreeMap<u32, u64>,
    /// The ids on the previous page, to detect a page that repeats.
    previous: Vec<String>,
    total: Option<u64>,
    /// Whether the walk is going back until a page overlaps with what it has walked.
    is_going_back: bool,
    /// Whether the list has changed since the walk was at its start.
    has_changed: bool,
    /// Whether the walk started again, so that it meets walked items without a change.
    is_second: bool,
    /// The last page that the walk got to.
    farthest: u32,
    /// How often the walk went back since it got there.
    turns: u32,
}

/// What to do with a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Deliver it: the flag of each item is whether it is new.
    Deliver { is_new: Vec<bool>, is_last: bool },
    /// Request another page first.
    Skip,
    /// The list has ended before this page.
    End,
    /// The list contradicts itself; the message says how.
    Fail(String),
}

impl Walk {
    pub(super) fn new(first: u32, start: u32, requested: u32) -> Self {
        Self {
            first,
            start,
            requested: requested.into(),
            page_num: start,
            page_len: 0,
            walked: HashSet::new(),
            hashers: [RandomState::new(), RandomState::new()],
            delivered: 0,
            unread: BTreeMap::new(),
            previous: Vec::new(),
            total: None,
            is_going_back: false,
            has_changed: false,
            is_second: false,
            farthest: start,
            turns: 0,
        }
    }

    /// Returns the number of the next page.
    pub(super) fn page_num(&self) -> u32 {
        self.page_num
    }

    /// Advances past a page with these ids, and with items that could not be read.
    ///
    /// `total` is the number of items on all pages; 0 is unknown.
    pub(super) fn advance(&mut self, ids: Vec<String>, unread: u64, total: u64) -> Step {
        let before = self.total.replace(total);
        let has_new_total = before.is_some_and(|before| before != total);
        self.has_changed |= has_new_total;
        let hashes: Vec<_> = ids
            .iter()
            .map(|id| self.hashers.each_ref().map(|hasher| hasher.hash_one(id)))
            .collect();
        let is_new: Vec<bool> = hashes.iter().map(|hash| !self.walked.contains(hash)).collect();
        let overlaps = is_new.contains(&false);
        let is_first = self.page_num <= self.first;
        // The items between the walked ones and this page are unknown.
        let may_have_gap = has_new_total || self.is_going_back;
        if may_have_gap && !overlaps && !is_first && !self.walked.is_empty() {
            return self.go_back(self.page_num - 1, true);
        }
        let is_unread = ids.is_empty() && unread > 0 && total > 0;
        if ids.is_empty() && !is_unread {
            return self.end(total);
        }
        if total <= before.unwrap_or_default()
            && !self.is_going_back
            && !is_unread
            && ids == self.previous
        {
            return match total {
                0 => Step::End,
                _ => self.fail(total, "repeats the page before it"),
            };
        }
        self.is_going_back = false;
        // Items of earlier pages on this one: the list has shifted.
        self.has_changed |= overlaps && !self.is_second;
        let new = is_new.iter().filter(|is_new| **is_new).count() as u64;
        let count = (ids.len() as u64).saturating_add(unread);
        self.page_len = self.page_len.max(count);
        self.delivered = self.delivered.saturating_add(new);
        // In a list that changed, they may be those of an earlier page.
        if unread > 0 && !self.has_changed {
            self.unread.insert(self.page_num, unread);
        }
        if self.page_num > self.farthest {
            self.farthest = self.page_num;
            self.turns = 0;
        }
        self.walked.extend(hashes);
        self.previous = ids;
        let position = self.items_before(self.page_num, self.page_len).saturating_add(count);
        let skipped = self.items_before(self.start, self.page_len);
        // A total of 0 next to items is not a total: the walk continues until a page is empty.
        let is_complete =
            total > 0 && position >= total && self.known().saturating_add(skipped) >= total;
        let next = self.page_num.checked_add(1);
        self.page_num = next.unwrap_or(u32::MAX);
        if is_complete || next.is_none() {
            return Step::Deliver { is_new, is_last: true };
        }
        if new == 0 && !is_unread { Step::Skip } else { Step::Deliver { is_new, is_last: false } }
    }

    /// Ends at an empty page, if nothing is missing.
    fn end(&mut self, total: u64) -> Step {
        // How many items a page has is not known if the walk started behind the last one.
        let skipped = self.items_before(self.start, self.requested);
        if self.known().saturating_add(skipped) >= total {
            return Step::End;
        }
        if self.has_changed {
            self.is_second = true;
            self.unread.clear();
            return self.go_back(self.start, false);
        }
        self.fail(total, "is empty")
    }

    /// Goes back to an earlier page.
    fn go_back(&mut self, page_num: u32, until_overlap: bool) -> Step {
        if !self.is_going_back {
            self.turns += 1;
        }
        if self.turns > MAX_TURNS {
            self.turns = 0;
            self.is_going_back = false;
            return self.fail(self.total.unwrap_or_default(), "differs in each request");
        }
        self.is_going_back = until_overlap;
        self.has_changed &= until_overlap;
        self.previous.clear();
        self.page_num = page_num;
        Step::Skip
    }

    /// Returns the number of items that were delivered or could not be read.
    fn known(&self) -> u64 {
        self.unread.values().fold(self.delivered, |sum, unread| sum.saturating_add(*unread))
    }

    fn items_before(&self, page_num: u32, page_len: u64) -> u64 {
        u64::from(page_num.saturating_sub(self.first)).saturating_mul(page_len)
    }

    fn fail(&self, total: u64, why: &str) -> Step {
        let (known, page_num) = (self.known(), self.page_num);
        Step::Fail(match total {
            // The total of a page that is unreadable as a whole.
            u64::MAX => format!(
                "list ended early after {known} items: page {page_num} could not be read; send its \
                 request to get what the service sent"
            ),
            _ => format!(
                "list ended early after {known} of {total} items: page {page_num} {why}; list it again"
            ),
        })
    }
}
