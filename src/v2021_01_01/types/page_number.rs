//! `PageNumber`: the number of a page.

use crate::rpc::value::bounded::bounded;

bounded! {
    /// The number of a page, counted from 1.
    ///
    /// API version 2019-03-06 counts from 0. Wire names: `CurrentPage`, `PageNumber`. Source:
    /// [`DescribeDownloadTask`](crate::v2021_01_01::operations::DescribeDownloadTask),
    /// [`DescribeSandboxInstances`](crate::v2021_01_01::operations::DescribeSandboxInstances).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::v2021_01_01::types::{PageNumber, page_number};
    ///
    /// assert_eq!("2".parse(), Ok(page_number!(2)));
    /// assert!(PageNumber::new(0).is_err());
    /// ```
    #[doc(alias = "CurrentPage")]
    pub struct PageNumber(u32) is "PageNumber", "a page number" from 1 to 2_147_483_647;
    constant page_number = __page_number, $ "aliyun_dbs::v2021_01_01::types" v2021_01_01::types::PageNumber
}

impl PageNumber {
    /// Returns the nearest page number.
    pub(crate) fn nearest(number: u32) -> Self {
        Self(number.clamp(Self::MIN.0, Self::MAX.0))
    }
}
