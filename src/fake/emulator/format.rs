//! `ResponseFormat`: responses in JSON or XML.

use bytes::Bytes;
use http::Response;

use super::xml;
use crate::rpc::sign::SignatureVersion;
use crate::rpc::transport::RecordedRequest;

/// A format of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseFormat {
    Json,
    Xml,
}

impl ResponseFormat {
    pub(super) const ALL: [Self; 2] = [Self::Json, Self::Xml];

    /// Returns the value of the parameter `Format`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml => "XML",
        }
    }

    /// Returns the format that a request needs.
    ///
    /// Signature version 1 selects it with a parameter, and defaults to XML.
    fn of(request: &RecordedRequest) -> Self {
        if request.signature_version() == Some(SignatureVersion::Acs3) {
            return Self::Json;
        }
        let name = request.parameter("Format").unwrap_or_default();
        let named = Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name));
        named.unwrap_or(Self::Xml)
    }

    /// Converts a response in JSON to the format that the request needs.
    pub(super) fn convert(request: &RecordedRequest, response: Response<Bytes>) -> Response<Bytes> {
        match Self::of(request) {
            Self::Json => response,
            Self::Xml => xml::to_xml(response, request.operation()),
        }
    }
}
