//! `FakeClock`: time that a test decides.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use crate::rpc::clock::{Clock, Sleep, SystemClock};

/// A clock that stands still until it is moved, or until somebody waits.
///
/// Waits do not take time: the clock jumps to the end of the earliest one. With
/// [`pause`](Self::pause) waits last until [`advance`](Self::advance) moves the clock past their
/// end. With [`run`](Self::run) the clock follows the machine's, at a speed of your choice.
#[derive(Debug)]
pub struct FakeClock {
    state: Arc<Mutex<ClockState>>,
}

#[derive(Debug)]
struct ClockState {
    start: OffsetDateTime,
    elapsed: Duration,
    held: bool,
    /// How the clock runs by itself, if it does.
    run: Option<Run>,
    next_id: u64,
    /// Where nonces, tokens and pauses come from; `None`: from the machine.
    random: Option<fastrand::Rng>,
    /// Waits by their end, then by their age.
    sleepers: BTreeMap<(Duration, u64), Option<Waker>>,
    /// Limits on what others do, by their age; the clock does not jump for them.
    limits: BTreeMap<u64, Waker>,
}

/// A clock that runs by itself since a moment of the machine's.
#[derive(Clone, Copy, Debug)]
struct Run {
    since: Instant,
    speed: f64,
}

impl Run {
    /// How far the clock ran until now.
    fn passed(&self) -> Duration {
        let seconds = self.since.elapsed().as_secs_f64() * self.speed;
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }

    /// How long the machine's clock takes for a stretch of this one; for ever if it stands.
    fn takes(&self, stretch: Duration) -> Option<Duration> {
        let seconds = Duration::try_from_secs_f64(stretch.as_secs_f64() / self.speed).ok()?;
        // Rounding must not end a wait a moment too early.
        Some(seconds.saturating_add(Duration::from_millis(1)))
    }
}

impl ClockState {
    fn elapsed(&self) -> Duration {
        self.elapsed.saturating_add(self.run.as_ref().map(Run::passed).unwrap_or_default())
    }

    /// Counts what has passed by itself, so that speed and start can change.
    fn catch_up(&mut self) {
        self.elapsed = self.elapsed();
        if let Some(run) = &mut self.run {
            run.since = Instant::now();
        }
    }

    fn advance_to(&mut self, moment: Duration) {
        self.elapsed = self.elapsed.max(moment);
        for waker in self.sleepers.values_mut().filter_map(Option::take) {
            waker.wake();
        }
        for waker in std::mem::take(&mut self.limits).into_values() {
            waker.wake();
        }
    }
}

fn lock(state: &Mutex<ClockState>) -> MutexGuard<'_, ClockState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeClock {
    /// The highest speed of [`run`](Self::run): about a day in each second.
    pub const MAX_SPEED: f64 = 100_000.0;

    /// A clock that starts at the machine's time.
    pub fn new() -> Self {
        Self::starting_at(OffsetDateTime::now_utc())
    }

    /// A clock that starts at a time of your choice.
    pub fn starting_at(start: OffsetDateTime) -> Self {
        let state = ClockState {
            start,
            elapsed: Duration::ZERO,
            held: false,
            run: None,
            next_id: 0,
            random: None,
            sleepers: BTreeMap::new(),
            limits: BTreeMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// A clock that starts at 2026-01-01T00:00:00Z, and gives nonces, tokens and random pauses that
    /// follow from a seed.
    pub fn seeded(seed: u64) -> Self {
        let start = OffsetDateTime::from_unix_timestamp(1_767_225_600);
        let clock = Self::starting_at(start.unwrap_or(OffsetDateTime::UNIX_EPOCH));
        lock(&clock.state).random = Some(fastrand::Rng::with_seed(seed));
        clock
    }

    /// Moves the clock on.
    pub fn advance(&self, duration: Duration) {
        let mut state = lock(&self.state);
        state.catch_up();
        let moment = state.elapsed.saturating_add(duration);
        state.advance_to(moment);
    }

    /// Lets the clock run by itself from now on: `speed` seconds in each second of the machine's
    /// clock. Waits then take their time divided by the speed, and need a Tokio runtime. With
    /// speed 0 the clock stands, and waits last until [`advance`](Self::advance) ends them.
    ///
    /// Speeds that are negative or no number count as 0, those above
    /// [`MAX_SPEED`](Self::MAX_SPEED) as that.
    pub fn run(&self, speed: f64) {
        let speed = if speed > 0.0 { speed.min(Self::MAX_SPEED) } else { 0.0 };
        let mut state = lock(&self.state);
        state.catch_up();
        state.run = Some(Run { since: Instant::now(), speed });
        let now = state.elapsed;
        state.advance_to(now);
    }

    /// The speed that the clock [runs](Self::run) at, if it runs by itself.
    pub fn speed(&self) -> Option<f64> {
        lock(&self.state).run.map(|run| run.speed)
    }

    /// Makes waits last until the clock is advanced past their end.
    pub fn pause(&self) {
        lock(&self.state).held = true;
    }

    /// Ends [`pause`](Self::pause): the clock jumps to the end of the earliest wait again.
    pub fn resume(&self) {
        let mut state = lock(&self.state);
        state.held = false;
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
        Box::pin(Sleeper { state: self.state.clone(), duration, key: None, polls: 0, timer: None })
    }

    fn deadline(&self, duration: Duration) -> Sleep {
        Box::pin(Limit { state: self.state.clone(), duration, key: None, timer: None })
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

struct Sleeper {
    state: Arc<Mutex<ClockState>>,
    duration: Duration,
    key: Option<(Duration, u64)>,
    polls: u32,
    /// The machine's timer, while the clock runs by itself.
    timer: Option<Sleep>,
}

/// How often a wait lets others run before the clock jumps, so that what they wait for is known.
const PATIENCE: u32 = 3;

impl Future for Sleeper {
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
            if state.sleepers.remove(&key).is_some() {
                // The next one may have looked before this one went, and found it in its way.
                let now = state.elapsed;
                state.advance_to(now);
            }
            return Poll::Ready(());
        }
        if let Some(run) = state.run {
            state.sleepers.insert(key, Some(context.waker().clone()));
            let left = key.0.saturating_sub(state.elapsed());
            drop(state);
            // A new timer each time, since the speed may be another one now.
            this.timer = run.takes(left).map(|real| SystemClock::new().sleep(real));
            if let Some(timer) = &mut this.timer
                && timer.as_mut().poll(context).is_ready()
            {
                context.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        state.sleepers.insert(key, None);
        let earliest = state.sleepers.keys().next() == Some(&key);
        if state.held || (!earliest && this.polls > PATIENCE) {
            state.sleepers.insert(key, Some(context.waker().clone()));
            return Poll::Pending;
        }
        if earliest && this.polls > PATIENCE {
            state.sleepers.remove(&key);
            state.advance_to(key.0);
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let mut state = lock(&self.state);
            if state.sleepers.remove(&key).is_some() {
                // The next one may be the earliest now.
                let now = state.elapsed;
                state.advance_to(now);
            }
        }
    }
}

/// A wait that ends when the clock has moved past its end, for whatever reason.
struct Limit {
    state: Arc<Mutex<ClockState>>,
    duration: Duration,
    key: Option<(Duration, u64)>,
    /// Where the clock runs by itself.
    timer: Option<Sleep>,
}

impl Future for Limit {
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
        state.limits.insert(id, context.waker().clone());
        if let Some(run) = state.run {
            drop(state);
            this.timer =
                run.takes(end.saturating_sub(elapsed)).map(|real| SystemClock::new().sleep(real));
            if let Some(timer) = &mut this.timer
                && timer.as_mut().poll(context).is_ready()
            {
                context.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        if let Some((_, id)) = self.key {
            lock(&self.state).limits.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_end_in_the_order_of_their_ends() {
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
    fn one_seed_gives_one_time_and_one_row_of_random_values() {
        let row = |seed| {
            let clock = FakeClock::seeded(seed);
            let mut bytes = [0; 16];
            clock.fill_random(&mut bytes);
            (clock.now().unix_timestamp(), bytes, clock.random_fraction().to_bits())
        };
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
    }

    #[derive(Default)]
    struct Count(std::sync::atomic::AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    }

    #[test]
    fn waits_with_one_end_do_not_leave_a_later_one_asleep() {
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
        // The later one looks while the twin has not gone yet, and finds it in its way.
        for _ in 0..=PATIENCE {
            assert!(later.as_mut().poll(&mut for_later).is_pending());
        }
        let before = woken.0.load(std::sync::atomic::Ordering::SeqCst);
        assert!(twin.as_mut().poll(&mut for_others).is_ready());
        let after = woken.0.load(std::sync::atomic::Ordering::SeqCst);
        assert!(after > before, "nobody wakes the later one");
    }

    #[tokio::test]
    async fn a_held_clock_waits_for_the_test() {
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
    async fn a_clock_that_runs_follows_the_machines_at_its_speed() {
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
    async fn a_new_speed_and_a_jump_reach_those_who_wait() {
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
    async fn a_limit_ends_with_the_time_of_others_and_moves_no_clock() {
        let clock = Arc::new(FakeClock::new());
        let limit = tokio::spawn(clock.deadline(Duration::from_secs(2)));
        drop(clock.deadline(Duration::from_secs(1)));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!((clock.elapsed(), limit.is_finished()), (Duration::ZERO, false));
        clock.sleep(Duration::from_secs(3)).await;
        limit.await.unwrap();
        assert_eq!(clock.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test]
    async fn a_wait_that_is_given_up_does_not_hold_up_others() {
        let clock = FakeClock::new();
        drop(clock.sleep(Duration::from_secs(1)));
        clock.sleep(Duration::from_secs(2)).await;
        assert_eq!(clock.elapsed(), Duration::from_secs(2));
    }
}
