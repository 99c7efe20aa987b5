//! Page sizes of list operations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::rpc::value::bounded::bounded;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient::{self, FromScalar, Scalar};

bounded! {
    /// Rows per page, 1 to 100, `PageSize` of `DescribeBackupPlanList` and
    /// `DescribeRestoreTaskList`. The service takes 30 when it is left out.
    ///
    /// ```
    /// use aliyun_dbs::types::{PageSize, page_size};
    ///
    /// assert_eq!("50".parse(), Ok(page_size!(50)));
    /// assert!(PageSize::new(101).is_err());
    /// ```
    pub struct PageSize(u8) is "PageSize", "a number of rows" from 1 to 100;
    constant page_size = __page_size, $ "aliyun_dbs::types" types::PageSize
}

impl PageSize {
    /// What the service takes when the size is left out, 30 rows.
    pub const DEFAULT: Self = Self(30);
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Rows per page where the service takes three sizes only, `PageSize` of the gateway, full
/// backup, incremental backup and download lists. The service takes 30 when it is left out.
///
/// ```
/// use aliyun_dbs::types::PageSizeChoice;
///
/// assert_eq!(PageSizeChoice::new(100)?, PageSizeChoice::Hundred);
/// assert!(PageSizeChoice::new(40).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the service publishes these three")]
pub enum PageSizeChoice {
    /// 30 rows.
    #[default]
    Thirty,
    /// 50 rows.
    Fifty,
    /// 100 rows.
    Hundred,
}

impl PageSizeChoice {
    /// The largest page, 100 rows.
    pub const MAX: Self = Self::Hundred;

    /// A size known only at run time.
    ///
    /// # Errors
    ///
    /// When the number is not 30, 50 or 100.
    pub fn new(rows: u8) -> Result<Self, InvalidValue> {
        match rows {
            30 => Ok(Self::Thirty),
            50 => Ok(Self::Fifty),
            100 => Ok(Self::Hundred),
            _ => Err(InvalidValue::new("PageSize", rows, "a page has 30, 50 or 100 rows")),
        }
    }

    /// The number of rows.
    pub const fn get(self) -> u8 {
        match self {
            Self::Thirty => 30,
            Self::Fifty => 50,
            Self::Hundred => 100,
        }
    }
}

impl fmt::Display for PageSizeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl FromStr for PageSizeChoice {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let refused = |_| InvalidValue::new("PageSize", text, "a page has 30, 50 or 100 rows");
        text.trim().parse().map_err(refused).and_then(Self::new)
    }
}

impl TryFrom<u8> for PageSizeChoice {
    type Error = InvalidValue;

    fn try_from(rows: u8) -> Result<Self, InvalidValue> {
        Self::new(rows)
    }
}

impl FromScalar for PageSizeChoice {
    const EXPECTED: &'static str = "30, 50 or 100 rows";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        lenient::checked(scalar, Self::new)
    }
}

impl Serialize for PageSizeChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.get())
    }
}

impl<'de> Deserialize<'de> for PageSizeChoice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_far_beyond_is_refused_by_the_bounds_of_pages() {
        let read = |json| serde_json::from_str::<PageSize>(json).map_err(|error| error.to_string());
        assert_eq!(read("100"), Ok(PageSize::MAX));
        for json in ["0", "101", "500", "-1", "1.5"] {
            assert!(read(json).unwrap_err().contains("1 to 100"), "{json}");
        }
        for json in ["40", "500"] {
            let error = serde_json::from_str::<PageSizeChoice>(json).unwrap_err().to_string();
            assert!(error.contains("30, 50 or 100"), "{error}");
        }
    }
}
