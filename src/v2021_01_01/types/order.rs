//! The order of a list of downloads.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The direction of a list. Defaults to descending, newest first.
    ///
    /// Wire name: `OrderDirect`. Source:
    /// [`DescribeDownloadTask`](crate::v2021_01_01::operations::DescribeDownloadTask).
    #[doc(alias = "OrderDirect")]
    pub enum OrderDirection {
        /// Ascending.
        Asc = "asc",
        /// Descending.
        Desc = "desc",
    }
}

wire_enum! {
    /// The column that orders a list.
    ///
    /// Wire name: `OrderColumn`. Source:
    /// [`DescribeDownloadTask`](crate::v2021_01_01::operations::DescribeDownloadTask).
    pub enum OrderColumn {
        /// The time of creation.
        #[doc(alias = "gmt_create")]
        CreationTime = "gmt_create",
    }
}
