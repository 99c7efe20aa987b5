//! `Slots`: a fixed number of futures, of which only those that were woken are polled.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// A future in a slot.
pub(super) type SlotFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A fixed number of futures, polled in order of their index.
///
/// The order depends on nothing but the wakeups, so a run with a fake clock can be repeated.
pub(super) struct Slots<T> {
    all: Vec<Option<Slot<T>>>,
    /// The slot to poll first, so that one busy slot does not delay the others.
    next: usize,
    outer: Arc<Mutex<Option<Waker>>>,
}

struct Slot<T> {
    future: SlotFuture<T>,
    woken: Arc<SlotWaker>,
    waker: Waker,
}

struct SlotWaker {
    is_woken: AtomicBool,
    outer: Arc<Mutex<Option<Waker>>>,
}

impl Wake for SlotWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        let outer = self.outer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(outer) = outer {
            outer.wake();
        }
    }
}

impl<T> Slots<T> {
    pub(super) fn new(count: usize) -> Self {
        let all = std::iter::repeat_with(|| None).take(count.max(1)).collect();
        Self { all, next: 0, outer: Arc::default() }
    }

    /// Returns the number of futures that run.
    pub(super) fn len(&self) -> usize {
        self.all.iter().flatten().count()
    }

    pub(super) fn is_full(&self) -> bool {
        self.all.iter().all(Option::is_some)
    }

    /// Adds a future to a free slot.
    pub(super) fn push(&mut self, future: SlotFuture<T>) {
        let woken =
            Arc::new(SlotWaker { is_woken: AtomicBool::new(true), outer: self.outer.clone() });
        let slot = Slot { future, waker: woken.clone().into(), woken };
        match self.all.iter_mut().find(|slot| slot.is_none()) {
            Some(free) => *free = Some(slot),
            None => self.all.push(Some(slot)),
        }
    }

    /// Polls all futures at the next poll, because what they watch has changed.
    pub(super) fn wake_all(&self) {
        for slot in self.all.iter().flatten() {
            slot.woken.is_woken.store(true, Ordering::Release);
        }
    }

    /// Polls the futures that were woken, each once, and returns the output of the first that ends.
    ///
    /// `None` if all slots are free.
    pub(super) fn poll(&mut self, context: &Context<'_>) -> Poll<Option<T>> {
        *self.outer.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        let count = self.all.len();
        let mut is_empty = true;
        for index in (0..count).map(|offset| (self.next + offset) % count) {
            let Some(slot) = &mut self.all[index] else { continue };
            is_empty = false;
            if !slot.woken.is_woken.swap(false, Ordering::AcqRel) {
                continue;
            }
            let mut context = Context::from_waker(&slot.waker);
            if let Poll::Ready(output) = slot.future.as_mut().poll(&mut context) {
                self.all[index] = None;
                self.next = (index + 1) % count;
                return Poll::Ready(Some(output));
            }
        }
        if is_empty { Poll::Ready(None) } else { Poll::Pending }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn, ready};
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn slots_poll_only_what_was_woken() {
        let mut slots = Slots::new(3);
        let polls = Arc::new(AtomicUsize::new(0));
        let wakers = Arc::new(Mutex::new(Vec::new()));
        for _ in 0..2 {
            let (polls, wakers) = (polls.clone(), wakers.clone());
            slots.push(Box::pin(poll_fn(move |context| {
                polls.fetch_add(1, Ordering::Relaxed);
                wakers.lock().unwrap().push(context.waker().clone());
                Poll::<u8>::Pending
            })));
        }
        let context = Context::from_waker(Waker::noop());
        assert!(slots.poll(&context).is_pending() && slots.poll(&context).is_pending());
        assert_eq!(polls.load(Ordering::Relaxed), 2);
        wakers.lock().unwrap()[1].wake_by_ref();
        assert!(slots.poll(&context).is_pending());
        assert_eq!(polls.load(Ordering::Relaxed), 3);
        slots.wake_all();
        assert!(slots.poll(&context).is_pending());
        assert_eq!(polls.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn busy_slot_does_not_delay_the_others() {
        let mut slots = Slots::new(2);
        slots.push(Box::pin(ready(1)));
        slots.push(Box::pin(ready(2)));
        let context = Context::from_waker(Waker::noop());
        assert_eq!(slots.poll(&context), Poll::Ready(Some(1)));
        slots.push(Box::pin(ready(3)));
        assert!(slots.is_full());
        assert_eq!(slots.poll(&context), Poll::Ready(Some(2)));
        assert_eq!(slots.poll(&context), Poll::Ready(Some(3)));
        assert_eq!((slots.len(), slots.poll(&context)), (0, Poll::Ready(None)));
        slots.push(Box::pin(pending()));
        assert!(slots.poll(&context).is_pending());
    }
}
