//! `ServedRegions`: the regions that the endpoint of a request serves.

use crate::rpc::endpoint::Endpoint;
use crate::rpc::transport::RecordedRequest;
use crate::v2019_03_06::region::Region;

/// The regions of the endpoint that the last request was sent to.
#[derive(Default)]
pub(super) struct ServedRegions {
    host: String,
    regions: Vec<Region>,
}

impl ServedRegions {
    /// Returns the regions that the endpoint of a request serves, or `None` for all regions.
    pub(super) fn of(&mut self, request: &RecordedRequest) -> Option<&[Region]> {
        let host = request.header("host").or_else(|| request.uri().host()).unwrap_or_default();
        if host != self.host {
            host.clone_into(&mut self.host);
            self.regions =
                host.parse().map(|endpoint: Endpoint| endpoint.regions()).unwrap_or_default();
        }
        (!self.regions.is_empty()).then_some(&self.regions)
    }
}
