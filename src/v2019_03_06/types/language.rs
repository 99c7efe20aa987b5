//! `Language`: the language of an explanation.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Language of an explanation, `Language`.
    ///
    /// Source: `DescribeJobErrorCode`.
    pub enum Language {
        /// English, which the service takes when it is left out.
        English = "en",
        /// Chinese.
        Chinese = "cn",
    }
}
