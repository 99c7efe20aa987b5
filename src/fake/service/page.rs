//! `Page`: one page of a list.

/// One page of rows, with the numbers that every list has.
pub(super) struct Page<T> {
    pub(super) number: u32,
    pub(super) size: u32,
    pub(super) pages: u32,
    pub(super) rows: u64,
    pub(super) items: Vec<T>,
}

impl<T> Page<T> {
    pub(super) fn of(rows: Vec<T>, number: Option<u32>, size: u8) -> Self {
        let (total, rows_per_page) = (rows.len(), usize::from(size.max(1)));
        let number = number.unwrap_or(0);
        let skip = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(rows_per_page);
        Self {
            number,
            size: size.into(),
            pages: u32::try_from(total.div_ceil(rows_per_page)).unwrap_or(u32::MAX),
            rows: total as u64,
            items: rows.into_iter().skip(skip).take(rows_per_page).collect(),
        }
    }
}
