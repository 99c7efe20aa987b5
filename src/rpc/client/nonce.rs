//! The nonces of requests, which distinguish every attempt.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::rpc::clock::Clock;
use crate::rpc::sign::hex;

/// Generates the nonces of a client.
///
/// A nonce is a random number, the time in microseconds, and a count. The count distinguishes the
/// nonces of one client, and the random number those of different clients. The random number and
/// the time distinguish those of copies of a process that was forked or restored from a snapshot.
///
/// Nonces must be unique but not secret. The random number changes once per second, because a new
/// one for each request costs as much as the signature.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    /// The random number, and the second that it was generated in.
    number: Mutex<Option<(i64, [u8; 6])>>,
    count: AtomicU32,
}

impl Nonces {
    /// Returns 32 hex digits that no other request has.
    pub(super) fn next<'d>(
        &self,
        clock: &dyn Clock,
        now: OffsetDateTime,
        digits: &'d mut [u8; 32],
    ) -> &'d str {
        let second = now.unix_timestamp();
        let microseconds =
            second.wrapping_mul(1_000_000).wrapping_add(i64::from(now.microsecond()));
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&self.number(clock, second));
        bytes[6..12].copy_from_slice(&microseconds.to_be_bytes()[2..]);
        bytes[12..].copy_from_slice(&count.to_be_bytes());
        hex(&bytes, digits)
    }

    fn number(&self, clock: &dyn Clock, second: i64) -> [u8; 6] {
        let mut last = self.number.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            Some((generated, number)) if generated == second => number,
            _ => {
                let mut number = [0; 6];
                clock.fill_random(&mut number);
                *last = Some((second, number));
                number
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::*;
    use crate::rpc::clock::{Sleep, SystemClock};

    #[test]
    fn nonces_differ_at_the_same_time() {
        let clients = [Nonces::default(), Nonces::default()];
        let mut seen = HashSet::new();
        for nonces in &clients {
            for _ in 0..1000 {
                let mut digits = [0; 32];
                let clock = SystemClock::new();
                let nonce = nonces.next(&clock, OffsetDateTime::UNIX_EPOCH, &mut digits);
                assert!(nonce.bytes().all(|byte| byte.is_ascii_hexdigit()), "{nonce}");
                assert!(seen.insert(nonce.to_owned()), "{nonce} twice");
            }
        }
    }

    /// A clock with fixed random bytes.
    #[derive(Debug)]
    struct FixedRandom;

    impl Clock for FixedRandom {
        fn now(&self) -> OffsetDateTime {
            OffsetDateTime::UNIX_EPOCH
        }
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(async {})
        }
        fn fill_random(&self, bytes: &mut [u8]) {
            bytes.fill(0xab);
        }
    }

    #[test]
    fn random_number_changes_each_second() {
        let nonces = Nonces::default();
        let at = |second| {
            let now = OffsetDateTime::from_unix_timestamp(second).unwrap();
            let mut digits = [0; 32];
            nonces.next(&SystemClock::new(), now, &mut digits)[..12].to_owned()
        };
        assert_eq!(at(1), at(1));
        assert_ne!(at(1), at(2));
    }

    #[test]
    fn copies_of_a_process_differ_by_microsecond() {
        let nonce_at = |microseconds: i128| {
            let now = OffsetDateTime::from_unix_timestamp_nanos(microseconds * 1000).unwrap();
            let mut digits = [0; 32];
            Nonces::default().next(&FixedRandom, now, &mut digits).to_owned()
        };
        assert_eq!(nonce_at(0x0001_0203_0405), "abababababab00010203040500000000");
        assert_ne!(nonce_at(1), nonce_at(2));
    }
}
