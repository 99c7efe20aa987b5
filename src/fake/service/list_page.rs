//! `ListPage`: one page of a list.

/// One page of a list, with the numbers that every list response has.
pub(super) struct ListPage<T> {
    pub(super) number: u32,
    pub(super) size: u32,
    pub(super) pages: u32,
    pub(super) total_items: u64,
    pub(super) items: Vec<T>,
}

impl<T> ListPage<T> {
    /// Returns a page of all items. `first` is the number of the first page, and the default.
    pub(super) fn of(all: Vec<T>, number: Option<u32>, first: u32, size: u8) -> Self {
        let (total, page_size) = (all.len(), usize::from(size.max(1)));
        let number = number.unwrap_or(first);
        let before = number.saturating_sub(first);
        let skip = usize::try_from(before).unwrap_or(usize::MAX).saturating_mul(page_size);
        Self {
            number,
            size: size.into(),
            pages: u32::try_from(total.div_ceil(page_size)).unwrap_or(u32::MAX),
            total_items: total as u64,
            items: all.into_iter().skip(skip).take(page_size).collect(),
        }
    }
}
