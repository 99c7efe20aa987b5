//! Nonces: the number that makes each attempt a request of its own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::rpc::clock::Clock;
use crate::rpc::sign::hex;

/// Makes the nonces of a client. They must be unique and need not be secret, so chance is drawn once
/// a second: asking the system each time costs as much as the signature.
///
/// A nonce is the number that was drawn, the microsecond, and a count. The count tells the nonces of
/// a client apart, the number those of different clients, and both of the others those of copies of
/// a process that was forked or restored from a snapshot.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    /// The number, and the second it was drawn in.
    number: Mutex<Option<(i64, [u8; 6])>>,
    count: AtomicU32,
}

impl Nonces {
    /// 32 hex digits that no other request has.
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
            Some((drawn, number)) if drawn == second => number,
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
    fn nonces_of_a_moment_differ_within_and_between_clients() {
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

    /// A source of chance that has none.
    #[derive(Debug)]
    struct Fixed;

    impl Clock for Fixed {
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
    fn the_number_is_drawn_anew_each_second() {
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
    fn copies_of_a_process_differ_by_the_microsecond() {
        let of = |microseconds: i128| {
            let now = OffsetDateTime::from_unix_timestamp_nanos(microseconds * 1000).unwrap();
            let mut digits = [0; 32];
            Nonces::default().next(&Fixed, now, &mut digits).to_owned()
        };
        assert_eq!(of(0x0001_0203_0405), "abababababab00010203040500000000");
        assert_ne!(of(1), of(2));
    }
}
