//! Sample responses, for mocks of a caller's own traits.

use crate::rpc::api::Api;
use crate::rpc::client::Response;
use crate::rpc::wire::decode_response;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{NamedOperation, for_each_operation};
use crate::v2021_01_01::api::Dbs20210101;
use crate::v2021_01_01::operations::for_each_operation_2021;

/// Returns the vendor's published response of an operation, with values that are plausible.
///
/// Response types have public fields but no constructor, because the service may add fields. A test
/// changes the fields that it needs; [`response`] adds the metadata of a call.
///
/// # Panics
///
/// Panics for an operation that this crate has no type for, because it has no sample.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake;
/// use aliyun_dbs::operations::{CreateBackupPlan, DescribeBackupPlanList};
///
/// let mut bought = fake::sample::<CreateBackupPlan>();
/// bought.backup_plan_id = "dbs1orders".parse()?;
/// assert_eq!(fake::response(bought).attempts(), 1);
///
/// let plans = fake::sample::<DescribeBackupPlanList>().items;
/// assert_eq!(plans[0].backup_plan_name.as_deref(), Some("orders-nightly"));
/// # Ok::<(), aliyun_dbs::Error>(())
/// ```
pub fn sample<O: NamedOperation>() -> O::Response {
    let json = published(O::Api::VERSION, O::ACTION);
    let decoded = json.map(|json| decode_response(json.as_bytes(), &O::Api::ENVELOPE));
    match decoded {
        Some(Ok(decoded)) => decoded.value,
        _ => panic!("no sample of `{}`: build the response from JSON", O::ACTION),
    }
}

/// Returns a response with the metadata of a call that succeeded at its first attempt.
///
/// The request id is `fake` and the HTTP status 200. It has no client token, and no field that could
/// not be read.
///
/// # Examples
///
/// ```
/// let response = aliyun_dbs::fake::response("pong");
/// assert_eq!((response.request_id(), response.http_status().as_u16()), ("fake", 200));
/// assert_eq!(response.into_inner(), "pong");
/// ```
pub fn response<T>(body: T) -> Response<T> {
    Response::of_one_attempt(body, "fake")
}

/// Returns a function from the name of an operation to the file with its sample.
macro_rules! samples_2019 {
    ($($operation:ident),+) => {
        samples!("2019-03-06": $($operation),+)
    };
}

macro_rules! samples_2021 {
    ($($operation:ident),+) => {
        samples!("2021-01-01": $($operation),+)
    };
}

macro_rules! samples {
    ($version:literal: $($operation:ident),+) => {
        |action: &str| match action {
            $(stringify!($operation) => Some(include_str!(concat!(
                "samples/", $version, "/", stringify!($operation), ".json"
            ))),)+
            _ => None,
        }
    };
}

/// Returns the published response body of an operation.
fn published(version: &str, action: &str) -> Option<&'static str> {
    match version {
        Dbs20190306::VERSION => for_each_operation!(samples_2019)(action),
        Dbs20210101::VERSION => for_each_operation_2021!(samples_2021)(action),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::operation::Operation;
    use crate::v2019_03_06::operations::{self, CreateBackupPlan, OperationVisitor};
    use crate::v2021_01_01::operations as operations_2021;

    struct Sample;

    impl OperationVisitor for Sample {
        type Output = String;

        fn visit<O: NamedOperation>(self) -> String {
            // Panics if the operation has no sample, or one that does not decode.
            format!("{:?}", sample::<O>())
        }
    }

    #[test]
    fn every_operation_has_a_sample() {
        let actions = |all: &[operations::OperationInfo]| -> Vec<_> {
            all.iter().map(|info| info.action).collect()
        };
        let mut shown = Vec::new();
        for action in actions(operations::ALL) {
            shown.push(operations::visit(action, Sample).unwrap());
        }
        for action in actions(operations_2021::ALL) {
            shown.push(operations_2021::visit(action, Sample).unwrap());
        }
        assert!(shown.iter().any(|shown| shown.contains("dbsrhahrsu2a")), "{shown:?}");
    }

    /// The same name in the wrong version has no sample.
    #[test]
    fn samples_belong_to_a_version() {
        assert!(published("2019-03-06", CreateBackupPlan::ACTION).is_some());
        assert_eq!(published("2021-01-01", CreateBackupPlan::ACTION), None);
        assert_eq!(published("2020-01-01", CreateBackupPlan::ACTION), None);
    }
}
