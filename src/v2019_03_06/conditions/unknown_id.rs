//! Refusals of an id that a list is filtered by.

use crate::rpc::client::Response;
use crate::rpc::error::Error;
use crate::v2019_03_06::error_code::ErrorCode;

/// The codes with which the service refuses an id that it does not know.
const UNKNOWN_ID: [ErrorCode; 4] = [
    ErrorCode::InvalidParameterValid,
    ErrorCode::InvalidJobId,
    ErrorCode::ParamNotFound,
    ErrorCode::DownloadTaskCannotFind,
];

/// Returns the response, or `None` if the service refused the id that the request filters by.
///
/// Some lists refuse an id until the service knows it, where others are empty. Call it only with
/// requests that have no other parameter to refuse.
pub(crate) fn none_if_id_unknown<T>(
    result: Result<Response<T>, Error>,
) -> Result<Option<T>, Error> {
    match result {
        Ok(response) => Ok(Some(response.into_inner())),
        Err(error) if is_unknown_id(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether the service refused a request because it does not know the id.
fn is_unknown_id(error: &Error) -> bool {
    let status = error.http_status().map(|status| status.as_u16());
    matches!(status, Some(200 | 400 | 404)) && UNKNOWN_ID.iter().any(|code| error.is(code))
}
