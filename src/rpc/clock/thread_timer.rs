//! `ThreadSleep`: a delay that needs no async runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// The delays that the thread waits for.
static TIMER: Timer = Timer {
    queue: Mutex::new(Queue { delays: Vec::new(), is_running: false }),
    changed: Condvar::new(),
};

struct Timer {
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    /// A dropped future leaves an entry without a waker.
    delays: Vec<(Instant, Weak<Mutex<Waker>>)>,
    /// Whether the thread exists. It ends when no delay is left.
    is_running: bool,
}

/// A future that ends after a duration, starting when it is created.
pub(super) struct ThreadSleep {
    /// `None` if the time is too far away to be reached.
    end: Option<Instant>,
    waker: Option<Arc<Mutex<Waker>>>,
}

impl ThreadSleep {
    pub(super) fn new(duration: Duration) -> Self {
        Self { end: Instant::now().checked_add(duration), waker: None }
    }
}

impl Future for ThreadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(end) = self.end else { return Poll::Pending };
        if Instant::now() >= end {
            return Poll::Ready(());
        }
        if let Some(waker) = &self.waker {
            lock(waker).clone_from(context.waker());
        } else {
            let waker = Arc::new(Mutex::new(context.waker().clone()));
            if TIMER.add(end, Arc::downgrade(&waker)).is_err() {
                // Without a thread, only the caller's thread can wait.
                thread::sleep(end.saturating_duration_since(Instant::now()));
                return Poll::Ready(());
            }
            self.waker = Some(waker);
        }
        Poll::Pending
    }
}

impl Timer {
    /// Adds a delay, and starts the thread if none is running.
    fn add(&'static self, end: Instant, waker: Weak<Mutex<Waker>>) -> std::io::Result<()> {
        let mut queue = lock(&self.queue);
        if !queue.is_running {
            thread::Builder::new().name("aliyun-dbs-timer".to_owned()).spawn(|| self.run())?;
            queue.is_running = true;
        }
        queue.delays.push((end, waker));
        drop(queue);
        self.changed.notify_one();
        Ok(())
    }

    /// Wakes the delays in time, until none is left.
    fn run(&self) {
        let mut queue = lock(&self.queue);
        loop {
            let now = Instant::now();
            let mut due = Vec::new();
            queue.delays.retain(|(end, waker)| match waker.upgrade() {
                Some(waker) if *end <= now => {
                    due.push((*end, waker));
                    false
                }
                waker => waker.is_some(),
            });
            if !due.is_empty() {
                drop(queue);
                // A waker is code of an executor, which may create another delay.
                due.sort_by_key(|(end, _)| *end);
                for (_, waker) in due {
                    let waker = lock(&waker).clone();
                    waker.wake();
                }
                queue = lock(&self.queue);
                continue;
            }
            let Some(next) = queue.delays.iter().map(|(end, _)| *end).min() else {
                queue.is_running = false;
                return;
            };
            queue = self
                .changed
                .wait_timeout(queue, next.saturating_duration_since(now))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};
    use std::task::Wake;

    struct SendOnWake(Mutex<Sender<u32>>, u32);

    impl Wake for SendOnWake {
        fn wake(self: Arc<Self>) {
            lock(&self.0).send(self.1).unwrap();
        }
    }

    #[test]
    fn delays_end_in_order_without_a_runtime() {
        let (sender, woken) = channel();
        let mut delays: Vec<ThreadSleep> =
            [30, 10, 20].map(|millis| ThreadSleep::new(Duration::from_millis(millis))).into();
        let poll = |delay: &mut ThreadSleep, number| {
            let waker = Waker::from(Arc::new(SendOnWake(Mutex::new(sender.clone()), number)));
            Pin::new(delay).poll(&mut Context::from_waker(&waker))
        };
        for (number, delay) in (0..).zip(&mut delays) {
            assert_eq!(poll(delay, number), Poll::Pending);
        }
        let mut dropped = ThreadSleep::new(Duration::from_millis(5));
        assert_eq!(poll(&mut dropped, 9), Poll::Pending);
        drop(dropped);
        for expected in [1, 2, 0] {
            assert_eq!(woken.recv_timeout(Duration::from_secs(10)), Ok(expected));
            assert_eq!(poll(&mut delays[expected as usize], expected), Poll::Ready(()));
        }
        let mut endless = ThreadSleep::new(Duration::MAX);
        assert_eq!(poll(&mut endless, 8), Poll::Pending);
    }
}
