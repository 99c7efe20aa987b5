//! `RequestLog`: the requests that arrived.

use std::collections::VecDeque;

use crate::rpc::transport::RecordedRequest;

/// The last requests, oldest first. Keeps all requests by default.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    bytes: usize,
    limits: Option<LogLimits>,
}

/// The most requests, and bytes of their bodies, that a log keeps.
#[derive(Clone, Copy, Debug)]
struct LogLimits {
    requests: usize,
    bytes: usize,
}

impl RequestLog {
    /// Limits the number of requests, and the bytes of their bodies, that the log keeps.
    #[cfg(any(feature = "emulator", test))]
    pub(crate) fn set_limits(&mut self, requests: usize, bytes: usize) {
        self.limits = Some(LogLimits { requests, bytes });
        self.trim();
    }

    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.bytes += request.body().len();
        self.requests.push_back(request);
        self.trim();
    }

    fn trim(&mut self) {
        let Some(limits) = self.limits else { return };
        while self.requests.len() > limits.requests || self.bytes > limits.bytes {
            let Some(oldest) = self.requests.pop_front() else { return };
            self.bytes -= oldest.body().len();
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
    }
}
