//! `Language`: the language of the error descriptions.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The language in which the service explains a failed job.
    ///
    /// The service defaults to English.
    /// Source: [`DescribeJobErrorCode`](crate::operations::DescribeJobErrorCode).
    pub enum Language {
        /// English.
        #[doc(alias = "en")]
        English = "en",
        /// Chinese.
        #[doc(alias = "cn")]
        Chinese = "cn",
    }
}
