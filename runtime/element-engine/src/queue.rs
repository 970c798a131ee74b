//! Work that brings more work, done by a few threads.
use std::{
    sync::{Condvar, Mutex, PoisonError},
    thread,
};

/// A thread more for so many units that wait: for a few, beginning one takes longer than doing them.
const WORTH_A_THREAD: usize = 32;

/// Does `work` with each unit and with every unit that comes of it, on up to `threads` threads; returns when all is done.
pub(crate) fn each<T: Send>(first: Vec<T>, threads: usize, work: impl Fn(T) -> Vec<T> + Sync) {
    let queue = Queue { state: Mutex::new(State { waiting: first, under_way: 0 }), changed: Condvar::new() };
    let help = || {
        while let Some((unit, taken)) = queue.take() {
            taken.give(work(unit));
        }
    };
    thread::scope(|scope| {
        let mut begun = 1;
        while let Some((unit, taken)) = queue.take() {
            taken.give(work(unit));
            while begun < threads && queue.waiting() > begun * WORTH_A_THREAD {
                begun += 1;
                // A machine that gives no more threads still has this one.
                if thread::Builder::new().name("element-scan".into()).spawn_scoped(scope, help).is_err() {
                    begun = threads;
                }
            }
        }
    });
}

struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: Vec<T>,
    under_way: usize,
}

/// A unit that somebody works on. It is given back even by a thread that panics, so that the others do not wait for ever.
struct Taken<'q, T>(&'q Queue<T>);

impl<T> Queue<T> {
    fn waiting(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).waiting.len()
    }

    /// `None`: nothing waits, and nobody works on what could bring more.
    fn take(&self) -> Option<(T, Taken<'_, T>)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(unit) = state.waiting.pop() {
                state.under_way += 1;
                return Some((unit, Taken(self)));
            }
            if state.under_way == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Taken<'_, T> {
    fn give(self, more: Vec<T>) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).waiting.extend(more);
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).under_way -= 1;
        self.0.changed.notify_all();
    }
}
