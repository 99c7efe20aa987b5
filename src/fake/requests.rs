//! The requests that arrived.

use std::collections::VecDeque;

use crate::rpc::transport::RecordedRequest;

/// The last requests, oldest first. Keeps all of them by default.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    kept: VecDeque<RecordedRequest>,
    bytes: usize,
    bounds: Option<Bounds>,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    requests: usize,
    bytes: usize,
}

impl Requests {
    /// Keeps no more than so many requests, and so many bytes of their bodies.
    #[cfg(any(feature = "emulator", test))]
    pub(crate) fn bound(&mut self, requests: usize, bytes: usize) {
        self.bounds = Some(Bounds { requests, bytes });
        self.trim();
    }

    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.bytes += request.body().len();
        self.kept.push_back(request);
        self.trim();
    }

    fn trim(&mut self) {
        let Some(bounds) = self.bounds else { return };
        while self.kept.len() > bounds.requests || self.bytes > bounds.bytes {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.bytes -= oldest.body().len();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept_within_their_bounds() {
        let mut requests = Requests::default();
        let push = |requests: &mut Requests, body: &'static str| {
            requests.push(RecordedRequest::new(http::Request::new(body.into())));
        };
        for body in ["1", "22", "333", "4444"] {
            push(&mut requests, body);
        }
        assert_eq!(requests.len(), 4);
        let bodies = |requests: &Requests| {
            requests.all().iter().map(|request| request.body().len()).collect::<Vec<_>>()
        };
        requests.bound(3, 100);
        assert_eq!(bodies(&requests), [2, 3, 4]);
        requests.bound(3, 6);
        assert_eq!(bodies(&requests), [4]);
        push(&mut requests, "7777777");
        assert_eq!(bodies(&requests), [0; 0]);
    }
}
