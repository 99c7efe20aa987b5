//! `PageSize` and `PageSizeChoice`: the page sizes of list operations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::rpc::value::argument::argument;
use crate::rpc::value::bounded::bounded;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient::{self, FromScalar, Scalar};

bounded! {
    /// The number of items per page, 1 to 100. Defaults to 30.
    ///
    /// For [`DescribeBackupPlanList`](crate::operations::DescribeBackupPlanList) and
    /// [`DescribeRestoreTaskList`](crate::operations::DescribeRestoreTaskList), whose pages are
    /// the source; other lists take a [`PageSizeChoice`].
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::{PageSize, page_size};
    ///
    /// assert_eq!("50".parse(), Ok(page_size!(50)));
    /// assert!(PageSize::new(101).is_err());
    /// ```
    pub struct PageSize(u8) is "PageSize", "a number of items" from 1 to 100;
    constant page_size = __page_size, $ "aliyun_dbs::types" types::PageSize
}

impl PageSize {
    /// The default of the service, 30 items.
    pub const DEFAULT: Self = Self(30);
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The number of items per page: 30, 50 or 100. Defaults to 30.
///
/// For the lists of gateways, full backups, incremental backups and downloads, which accept no
/// other size. Wire name: `PageSize`. Source:
/// [`DescribeBackupGatewayList`](crate::operations::DescribeBackupGatewayList),
/// [`DescribeFullBackupList`](crate::operations::DescribeFullBackupList),
/// [`DescribeIncrementBackupList`](crate::operations::DescribeIncrementBackupList),
/// [`DescribeBackupSetDownloadTaskList`](crate::operations::DescribeBackupSetDownloadTaskList).
///
/// # Examples
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
    /// 30 items.
    #[default]
    Thirty,
    /// 50 items.
    Fifty,
    /// 100 items.
    Hundred,
}

const EXPECTED_CHOICE: &str = "expected 30, 50 or 100";

impl PageSizeChoice {
    /// The largest page, 100 items.
    pub const MAX: Self = Self::Hundred;

    /// Returns the page size for a number of items.
    ///
    /// # Errors
    ///
    /// Returns an error if the number is not 30, 50 or 100.
    pub fn new(rows: u8) -> Result<Self, InvalidValue> {
        match rows {
            30 => Ok(Self::Thirty),
            50 => Ok(Self::Fifty),
            100 => Ok(Self::Hundred),
            _ => Err(InvalidValue::new("PageSize", rows, EXPECTED_CHOICE)),
        }
    }

    /// Returns the number of items.
    pub const fn get(self) -> u8 {
        match self {
            Self::Thirty => 30,
            Self::Fifty => 50,
            Self::Hundred => 100,
        }
    }
}

argument! { PageSizeChoice: vec!["30", "50", "100"] }

impl fmt::Display for PageSizeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl FromStr for PageSizeChoice {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |_| InvalidValue::new("PageSize", text, EXPECTED_CHOICE);
        text.trim().parse().map_err(invalid).and_then(Self::new)
    }
}

impl TryFrom<u8> for PageSizeChoice {
    type Error = InvalidValue;

    fn try_from(items: u8) -> Result<Self, InvalidValue> {
        Self::new(items)
    }
}

impl FromScalar for PageSizeChoice {
    const EXPECTED: &'static str = "30, 50 or 100";

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
    fn errors_name_the_bounds_of_the_page_size() {
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
