//! `ServedApi`: the API versions that the fake serves.

use crate::rpc::api::Api;
use crate::rpc::transport::RecordedRequest;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::registry::OperationInfo;
use crate::v2021_01_01::api::Dbs20210101;
use crate::v2021_01_01::operations::{UNTYPED, UntypedOperation};
use crate::{v2019_03_06, v2021_01_01};

/// An API version that the fake serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ServedApi {
    V2019,
    V2021,
}

impl ServedApi {
    pub(super) const ALL: [Self; 2] = [Self::V2019, Self::V2021];

    #[cfg(feature = "emulator")]
    pub(super) const fn product(self) -> &'static str {
        match self {
            Self::V2019 => Dbs20190306::PRODUCT,
            Self::V2021 => Dbs20210101::PRODUCT,
        }
    }

    pub(super) const fn version(self) -> &'static str {
        match self {
            Self::V2019 => Dbs20190306::VERSION,
            Self::V2021 => Dbs20210101::VERSION,
        }
    }

    pub(super) fn of(version: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.version() == version)
    }

    /// Returns the version that a request names, or the first one if the fake does not serve it.
    pub(super) fn of_request(request: &RecordedRequest) -> Self {
        let version = request.header("x-acs-version").or_else(|| request.parameter("Version"));
        version.and_then(Self::of).unwrap_or(Self::V2019)
    }

    /// Returns the operations that the fake executes.
    pub(super) const fn executed(self) -> &'static [OperationInfo] {
        match self {
            Self::V2019 => v2019_03_06::operations::ALL,
            Self::V2021 => v2021_01_01::operations::ALL,
        }
    }

    /// Returns the operations that the fake knows, but refuses.
    pub(super) const fn refused(self) -> &'static [UntypedOperation] {
        match self {
            Self::V2019 => &[],
            Self::V2021 => UNTYPED,
        }
    }

    /// Returns an operation that the fake executes.
    pub(super) fn info(self, operation: &str) -> Option<&'static OperationInfo> {
        self.executed().iter().find(|info| info.action == operation)
    }

    /// Returns whether the fake knows an operation, but refuses it.
    pub(super) fn refuses(self, operation: &str) -> bool {
        self.refused().iter().any(|known| known.action == operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_in_both_versions() {
        let executed = ServedApi::ALL.iter().flat_map(|api| api.executed()).map(|info| info.action);
        let refused = ServedApi::ALL.iter().flat_map(|api| api.refused()).map(|info| info.action);
        let mut names: Vec<_> = executed.chain(refused).collect();
        assert_eq!(names.len(), 36 + 22);
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }

    #[test]
    fn versions_are_found_by_name() {
        for api in ServedApi::ALL {
            assert_eq!(ServedApi::of(api.version()), Some(api));
        }
        assert_eq!(ServedApi::of("2020-01-01"), None);
    }
}
