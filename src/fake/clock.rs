//! `FakeClock`: a clock that a test controls.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use crate::rpc::clock::{Clock, Sleep, SystemClock};

/// A clock that a test controls, shared by a [`FakeDbs`](super::FakeDbs) and its clients.
///
/// | mode | time passes | a wait ends |
/// | --- | --- | --- |
/// | default | with [`advance`](Self::advance), and when a task waits | without real time: the clock jumps to the end of the earliest wait |
/// | after [`pause`](Self::pause) | with [`advance`](Self::advance) | when the test advances the clock past its end |
/// | after [`run`](Self::run) | as on the machine, times a speed | after its duration divided by the speed |
///
/// In the default mode, the clock does not jump past a wait that nothing polls, such as that of a
/// [`Waiter`](crate::wait::Waiter) between two of its items: other waits do not end until it is polled
/// or dropped.
///
/// ```
/// use std::time::Duration;
///
/// use aliyun_dbs::Clock;
/// use aliyun_dbs::fake::FakeClock;
///
/// let clock = FakeClock::new();
/// let start = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!((clock.now() - start).whole_hours(), 1);
/// ```
#[derive(Debug)]
pub struct FakeClock {
    state: Arc<Mutex<ClockState>>,
}

#[derive(Debug)]
struct ClockState {
    start: OffsetDateTime,
    elapsed: Duration,
    paused: bool,
    /// The speed of a clock that [runs](FakeClock::run).
    run: Option<RunningClock>,
    next_id: u64,
    /// The generator of nonces, tokens and jitter. `None` uses that of the machine.
    random: Option<fastrand::Rng>,
    /// Waits by end, then by age. `None` if the wait polls itself again.
    sleeps: BTreeMap<(Duration, u64), Option<Waker>>,
    /// Deadlines of other work, by age. The clock does not jump to their ends.
    deadlines: BTreeMap<u64, Waker>,
}

/// The speed of a running clock, and when it was last set.
#[derive(Clone, Copy, Debug)]
struct RunningClock {
    since: Instant,
    speed: f64,
}

impl RunningClock {
    /// Returns how far the clock advanced since the speed was set.
    fn passed(&self) -> Duration {
        let seconds = self.since.elapsed().as_secs_f64() * self.speed;
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }

    /// Returns the real time that a duration takes, or `None` at speed 0.
    fn real_time(&self, duration: Duration) -> Option<Duration> {
        let seconds = Duration::try_from_secs_f64(duration.as_secs_f64() / self.speed).ok()?;
        // Rounding must not end a wait too early.
        Some(seconds.saturating_add(Duration::from_millis(1)))
    }
}

impl ClockState {
    fn elapsed(&self) -> Duration {
        self.elapsed.saturating_add(self.run.as_ref().map(RunningClock::passed).unwrap_or_default())
    }

    /// Adds the time that a running clock has advanced, so that its speed can change.
    fn catch_up(&mut self) {
        self.elapsed = self.elapsed();
        if let Some(run) = &mut self.run {
            run.since = Instant::now();
        }
    }

    fn advance_to(&mut self, moment: Duration) {
        self.elapsed = self.elapsed.max(moment);
        for waker in self.sleeps.values_mut().filter_map(Option::take) {
            waker.wake();
        }
        for waker in std::mem::take(&mut self.deadlines).into_values() {
            waker.wake();
        }
    }
}

fn lock(state: &Mutex<ClockState>) -> MutexGuard<'_, ClockState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeClock {
    /// The highest speed of [`run`](Self::run), at which a day takes about a second.
    pub const MAX_SPEED: f64 = 100_000.0;

    /// Creates a clock that starts at the machine's time.
    pub fn new() -> Self {
        Self::starting_at(OffsetDateTime::now_utc())
    }

    /// Creates a clock that starts at `start`.
    pub fn starting_at(start: OffsetDateTime) -> Self {
        let state = ClockState {
            start,
            elapsed: Duration::ZERO,
            paused: false,
            run: None,
            next_id: 0,
            random: None,
            sleeps: BTreeMap::new(),
            deadlines: BTreeMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Creates a clock whose random values follow from a seed.
    ///
    /// It starts at 2026-01-01T00:00:00Z. Clients take nonces, client tokens and jitter from it.
    pub fn seeded(seed: u64) -> Self {
        let start = OffsetDateTime::from_unix_timestamp(1_767_225_600);
        let clock = Self::starting_at(start.unwrap_or(OffsetDateTime::UNIX_EPOCH));
        lock(&clock.state).random = Some(fastrand::Rng::with_seed(seed));
        clock
    }

    /// Advances the clock, and ends the waits that are over.
    pub fn advance(&self, duration: Duration) {
        let mut state = lock(&self.state);
        state.catch_up();
        let moment = state.elapsed.saturating_add(duration);
        state.advance_to(moment);
    }

    /// Makes the clock run from now on, at `speed` seconds per second of real time.
    ///
    /// Waits then take their duration divided by the speed, and need a Tokio runtime. At speed 0
    /// the clock stops, and waits last until [`advance`](Self::advance) ends them. Negative speeds
    /// and NaN become 0, and speeds above [`MAX_SPEED`](Self::MAX_SPEED) become that.
    pub fn run(&self, speed: f64) {
        let speed = if speed > 0.0 { speed.min(Self::MAX_SPEED) } else { 0.0 };
        let mut state = lock(&self.state);
        state.catch_up();
        state.run = Some(RunningClock { since: Instant::now(), speed });
        let now = state.elapsed;
        state.advance_to(now);
    }

    /// Returns the speed of a clock that [runs](Self::run), and otherwise `None`.
    pub fn speed(&self) -> Option<f64> {
        lock(&self.state).run.map(|run| run.speed)
    }

    /// Makes waits last until [`advance`](Self::advance) moves the clock past their end.
    pub fn pause(&self) {
        lock(&self.state).paused = true;
    }

    /// Ends [`pause`](Self::pause), so that waits do not take real time.
    pub fn resume(&self) {
        let mut state = lock(&self.state);
        state.paused = false;
        let now = state.elapsed;
        state.advance_to(now);
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> OffsetDateTime {
        let state = lock(&self.state);
        let elapsed = state.elapsed().try_into().unwrap_or_default();
        state.start.checked_add(elapsed).unwrap_or(state.start)
    }

    fn elapsed(&self) -> Duration {
        lock(&self.state).elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(FakeSleep {
            state: self.state.clone(),
            duration,
            key: None,
            polls: 0,
            timer: None,
        })
    }

    fn deadline(&self, duration: Duration) -> Sleep {
        Box::pin(FakeDeadline { state: self.state.clone(), duration, key: None, timer: None })
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        match &mut lock(&self.state).random {
            Some(random) => random.fill(bytes),
            None => SystemClock::new().fill_random(bytes),
        }
    }

    fn random_fraction(&self) -> f64 {
        match &mut lock(&self.state).random {
            Some(random) => random.f64(),
            None => SystemClock::new().random_fraction(),
        }
    }
}

/// A wait that makes the clock jump to its end.
struct FakeSleep {
    state: Arc<Mutex<ClockState>>,
    duration: Duration,
    key: Option<(Duration, u64)>,
    polls: u32,
    /// The real timer, while the clock runs.
    timer: Option<Sleep>,
}

/// How many polls of a wait pass before the clock jumps, so that other tasks can start waits.
const POLLS_BEFORE_JUMP: u32 = 3;

impl Future for FakeSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut state = lock(&this.state);
        let key = *this.key.get_or_insert_with(|| {
            state.next_id += 1;
            (state.elapsed().saturating_add(this.duration), state.next_id)
        });
        this.polls += 1;
        if state.elapsed() >= key.0 {
            if state.sleeps.remove(&key).is_some() {
                // A later wait may have gone to sleep because this one ended earlier.
                let now = state.elapsed;
                state.advance_to(now);
            }
            return Poll::Ready(());
        }
        if let Some(run) = state.run {
            state.sleeps.insert(key, Some(context.waker().clone()));
            let left = key.0.saturating_sub(state.elapsed());
            drop(state);
            // The speed may have changed since the last poll.
            this.timer = run.real_time(left).map(|real| SystemClock::new().sleep(real));
            if let Some(timer) = &mut this.timer
                && timer.as_mut().poll(context).is_ready()
            {
                context.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        state.sleeps.insert(key, None);
        let earliest = state.sleeps.keys().next() == Some(&key);
        if state.paused || (!earliest && this.polls > POLLS_BEFORE_JUMP) {
            state.sleeps.insert(key, Some(context.waker().clone()));
            return Poll::Pending;
        }
        if earliest && this.polls > POLLS_BEFORE_JUMP {
            state.sleeps.remove(&key);
            state.advance_to(key.0);
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for FakeSleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let mut state = lock(&self.state);
            if state.sleeps.remove(&key).is_some() {
                // Another wait may be the earliest now.
                let now = state.elapsed;
                state.advance_to(now);
            }
        }
    }
}

/// A deadline, which ends when other waits or the test move the clock past it.
struct FakeDeadline {
    state: Arc<Mutex<ClockState>>,
    duration: Duration,
    key: Option<(Duration, u64)>,
    /// The real timer, while the clock runs.
    timer: Option<Sleep>,
}

impl Future for FakeDeadline {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut state = lock(&this.state);
        let (end, id) = *this.key.get_or_insert_with(|| {
            state.next_id += 1;
            (state.elapsed().saturating_add(this.duration), state.next_id)
        });
        let elapsed = state.elapsed();
        if elapsed >= end {
            return Poll::Ready(());
        }
        state.deadlines.insert(id, context.waker().clone());
        if let Some(run) = state.run {
            drop(state);
            this.timer = run
                .real_time(end.saturating_sub(elapsed))
                .map(|real| SystemClock::new().sleep(real));
            if let Some(timer) = &mut this.timer
                && timer.as_mut().poll(context).is_ready()
            {
                context.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}

impl Drop for FakeDeadline {
    fn drop(&mut self) {
        if let Some((_, id)) = self.key {
            lock(&self.state).deadlines.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_end_in_order() {
        let clock = Arc::new(FakeClock::new());
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for seconds in [5, 1, 3] {
            let (clock, order) = (clock.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                clock.sleep(Duration::from_secs(seconds)).await;
                order.lock().unwrap().push(seconds);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [1, 3, 5]);
        assert_eq!(clock.elapsed(), Duration::from_secs(5));
    }

    #[test]
    fn same_seed_gives_same_time_and_random_values() {
        let values = |seed| {
            let clock = FakeClock::seeded(seed);
            let mut bytes = [0; 16];
            clock.fill_random(&mut bytes);
            (clock.now().unix_timestamp(), bytes, clock.random_fraction().to_bits())
        };
        assert_eq!(values(7), values(7));
        assert_ne!(values(7), values(8));
    }

    #[derive(Default)]
    struct Count(std::sync::atomic::AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    }

    #[test]
    fn waits_with_equal_ends_wake_a_later_wait() {
        let clock = FakeClock::new();
        let sleep = |seconds| clock.sleep(Duration::from_secs(seconds));
        let (mut first, mut twin, mut later) = (sleep(1), sleep(1), sleep(2));
        let woken = Arc::new(Count::default());
        let waker = Waker::from(woken.clone());
        let mut for_later = Context::from_waker(&waker);
        let mut for_others = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut for_others).is_pending());
        assert!(twin.as_mut().poll(&mut for_others).is_pending());
        while first.as_mut().poll(&mut for_others).is_pending() {}
        // The later wait goes to sleep while the twin is still registered before it.
        for _ in 0..=POLLS_BEFORE_JUMP {
            assert!(later.as_mut().poll(&mut for_later).is_pending());
        }
        let before = woken.0.load(std::sync::atomic::Ordering::SeqCst);
        assert!(twin.as_mut().poll(&mut for_others).is_ready());
        let after = woken.0.load(std::sync::atomic::Ordering::SeqCst);
        assert!(after > before, "the later wait is not woken");
    }

    #[tokio::test]
    async fn paused_clock_waits_for_advance() {
        let clock = Arc::new(FakeClock::new());
        clock.pause();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_secs(5)).await }
        });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn running_clock_follows_machine_at_its_speed() {
        let clock = FakeClock::new();
        clock.advance(Duration::from_secs(5));
        clock.run(60.0);
        let begin = Instant::now();
        clock.sleep(Duration::from_secs(120)).await;
        assert!(clock.elapsed() >= Duration::from_secs(125));
        assert!(begin.elapsed() < Duration::from_millis(2100), "{:?}", begin.elapsed());
        assert_eq!(clock.speed(), Some(60.0));
    }

    #[tokio::test(start_paused = true)]
    async fn speed_change_and_advance_wake_waits() {
        let clock = Arc::new(FakeClock::new());
        clock.run(0.0);
        let sleeper = || {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep(Duration::from_secs(100)).await })
        };
        let first = sleeper();
        tokio::time::sleep(Duration::from_secs(1000)).await;
        assert!(!first.is_finished());
        assert_eq!(clock.elapsed(), Duration::ZERO);
        clock.advance(Duration::from_secs(100));
        first.await.unwrap();

        let second = sleeper();
        tokio::task::yield_now().await;
        clock.run(10.0);
        let begin = Instant::now();
        second.await.unwrap();
        assert!((9.9..10.1).contains(&begin.elapsed().as_secs_f64()));
        clock.run(f64::NAN);
        assert_eq!(clock.speed(), Some(0.0));
    }

    #[tokio::test]
    async fn deadline_does_not_advance_the_clock() {
        let clock = Arc::new(FakeClock::new());
        let deadline = tokio::spawn(clock.deadline(Duration::from_secs(2)));
        drop(clock.deadline(Duration::from_secs(1)));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!((clock.elapsed(), deadline.is_finished()), (Duration::ZERO, false));
        clock.sleep(Duration::from_secs(3)).await;
        deadline.await.unwrap();
        assert_eq!(clock.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test]
    async fn dropped_wait_does_not_block_others() {
        let clock = FakeClock::new();
        drop(clock.sleep(Duration::from_secs(1)));
        clock.sleep(Duration::from_secs(2)).await;
        assert_eq!(clock.elapsed(), Duration::from_secs(2));
    }
}
