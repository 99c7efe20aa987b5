//! `Response<T>`: a response with its metadata.

use std::fmt;
use std::ops::{Deref, DerefMut};

use http::StatusCode;

use crate::rpc::value::ClientToken;
use crate::rpc::wire::UnreadField;

/// A response of the service.
///
/// It derefs to the response type of the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<T> {
    pub(super) value: T,
    pub(super) request_id: Option<String>,
    pub(super) http_status: StatusCode,
    pub(super) http_status_code: Option<u16>,
    pub(super) attempts: u32,
    pub(super) client_token: Option<ClientToken>,
    pub(super) unread: Vec<UnreadField>,
    pub(super) unread_rows: u64,
}

impl<T> Response<T> {
    /// Returns a response that no service sent.
    #[cfg(feature = "fake")]
    pub(crate) fn of_one_attempt(value: T, request_id: &str) -> Self {
        Self {
            value,
            request_id: Some(request_id.to_owned()),
            http_status: StatusCode::OK,
            http_status_code: Some(200),
            attempts: 1,
            client_token: None,
            unread: Vec::new(),
            unread_rows: 0,
        }
    }

    /// Returns the id of the request, which the vendor's support asks for.
    ///
    /// It is empty if the response has none.
    pub fn request_id(&self) -> &str {
        self.request_id.as_deref().unwrap_or_default()
    }

    /// Returns the HTTP status.
    pub fn http_status(&self) -> StatusCode {
        self.http_status
    }

    /// Returns the status in the body (`HttpStatusCode`), which can differ from the HTTP status.
    pub fn http_status_code(&self) -> Option<u16> {
        self.http_status_code
    }

    /// Returns the number of attempts, including the one that succeeded.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the idempotency token that the request carried, if the operation has one.
    pub fn client_token(&self) -> Option<&ClientToken> {
        self.client_token.as_ref()
    }

    /// Returns the number of rows of lists that could not be read.
    pub(crate) fn unread_rows(&self) -> u64 {
        self.unread_rows
    }

    /// Returns the fields that could not be read, in the order in which the service sent them.
    ///
    /// The client never loses a response to a field that is only informational. The response has
    /// `None`, an empty list or no row in place of such a field, and this list has its path and
    /// what the service sent. The client also logs a warning. At most 100 fields; usually none.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use aliyun_dbs::credentials::Credentials;
    /// use aliyun_dbs::operations::DescribeBackupPlanList;
    /// use aliyun_dbs::transport::ScriptedTransport;
    /// use aliyun_dbs::{Client, Region};
    ///
    /// let body = r#"{"Success":true,"PageNum":0,"PageSize":"many"}"#;
    /// let none: [(&str, &str); 0] = [];
    /// let script =
    ///     ScriptedTransport::new().expect("DescribeBackupPlanList", none).respond(200, body);
    /// let client = Client::builder()
    ///     .region(Region::Hangzhou)
    ///     .credentials(Credentials::new("id", "secret"))
    ///     .transport(script)
    ///     .build()?;
    /// let page = client.send(DescribeBackupPlanList::builder().build()).await?;
    /// assert_eq!((page.page_num, page.page_size), (Some(0), None));
    /// let [field] = page.unread() else { panic!("one field") };
    /// assert_eq!((field.path(), field.text()), ("PageSize", "many"));
    /// # Ok(()) }
    /// ```
    pub fn unread(&self) -> &[UnreadField] {
        &self.unread
    }

    /// Returns the response without its metadata.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Display> fmt::Display for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
