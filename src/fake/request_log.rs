//! `RequestLog`: the requests that arrived.

use std::collections::VecDeque;

use crate::rpc::transport::RecordedRequest;

/// The most requests that a log keeps by default.
pub(super) const MAX_REQUESTS: usize = 10_000;
/// The most bytes of requests that a log keeps by default.
const MAX_BYTES: usize = 64 << 20;

/// The last requests, oldest first. Drops the oldest request when it is full.
#[derive(Debug)]
pub(crate) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    bytes: usize,
    limits: LogLimits,
}

impl Default for RequestLog {
    fn default() -> Self {
        let limits = LogLimits { requests: MAX_REQUESTS, bytes: MAX_BYTES };
        Self { requests: VecDeque::new(), bytes: 0, limits }
    }
}

/// The most requests, and bytes of them, that a log keeps.
#[derive(Clone, Copy, Debug)]
struct LogLimits {
    requests: usize,
    bytes: usize,
}

impl RequestLog {
    /// Limits the number of requests, and the bytes of them, that the log keeps.
    #[cfg(any(feature = "emulator", test))]
    pub(crate) fn set_limits(&mut self, requests: usize, bytes: usize) {
        self.limits = LogLimits { requests, bytes };
        self.trim();
    }

    /// Limits the number of requests that the log keeps.
    pub(crate) fn set_limit(&mut self, requests: usize) {
        self.limits.requests = requests;
        self.trim();
    }

    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.bytes += size(&request);
        self.requests.push_back(request);
        self.trim();
    }

    fn trim(&mut self) {
        let LogLimits { requests, bytes } = self.limits;
        while self.requests.len() > requests || self.bytes > bytes {
            let Some(oldest) = self.requests.pop_front() else { return };
            self.bytes -= size(&oldest);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.bytes = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.requests.len()
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }
}

/// Returns about how many bytes a request takes.
fn size(request: &RecordedRequest) -> usize {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let query = request.uri().query().map_or(0, str::len);
    headers.sum::<usize>() + query + request.body().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_drops_oldest_requests_above_its_limits() {
        let mut requests = RequestLog::default();
        let push = |requests: &mut RequestLog, body: &'static str| {
            requests.push(RecordedRequest::new(http::Request::new(body.into())));
        };
        for body in ["1", "22", "333", "4444"] {
            push(&mut requests, body);
        }
        assert_eq!(requests.len(), 4);
        let bodies = |requests: &RequestLog| {
            requests.all().iter().map(|request| request.body().len()).collect::<Vec<_>>()
        };
        requests.set_limits(3, 100);
        assert_eq!(bodies(&requests), [2, 3, 4]);
        requests.set_limits(3, 6);
        assert_eq!(bodies(&requests), [4]);
        push(&mut requests, "7777777");
        assert_eq!(bodies(&requests), [0; 0]);
        requests.set_limit(1);
        push(&mut requests, "1");
        push(&mut requests, "22");
        assert_eq!(bodies(&requests), [2]);
    }
}
