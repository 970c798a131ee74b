//! Saying that something is over, exactly once, and waiting for it.
#![allow(unsafe_code, reason = "a function of the other side is called")]
use super::{
    Given,
    message::{Arrived, Message, error},
};
use crate::{Error, Result};
use std::{
    ffi::c_void,
    mem,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

/// Tells whoever waits that it is over.
#[repr(C)]
#[derive(Debug)]
pub struct Done {
    /// For whoever waits.
    pub user: *mut c_void,
    /// Called exactly once, from any thread. `failed` is 0, and `json` the result; or 1, and `json` an [`Error`].
    pub call: Option<unsafe extern "C" fn(user: *mut c_void, failed: u32, json: Given, body: Given)>,
}

// SAFETY: it may be called from any thread.
unsafe impl Send for Done {}

/// A [`Done`] that is called at the latest when it is dropped, so that nobody waits for ever.
#[derive(Debug)]
pub struct Completion(Option<Done>);

impl Completion {
    /// Takes over the duty.
    #[must_use]
    pub const fn of(done: Done) -> Self {
        Self(Some(done))
    }

    /// It is over.
    pub fn finish(mut self, result: Result<Message>) {
        self.send(result);
    }

    fn send(&mut self, result: Result<Message>) {
        let Some(Done { user, call: Some(call) }) = self.0.take() else { return };
        let (failed, Message { json, body }) = match result {
            Ok(it) => (0, it),
            Err(e) => (1, Message::of(serde_json::to_vec(&e).unwrap_or_default())),
        };
        // SAFETY: it was not called yet, and is not any more.
        unsafe { call(user, failed, json, body) }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if self.0.is_some() {
            self.send(Err(Error::internal("it was dropped before it came to its end")));
        }
    }
}

/// Where an answer arrives, and where somebody waits for it.
#[derive(Debug, Default)]
pub struct Slot(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Nobody,
    Waiting(Waker),
    Arrived(Arrived),
}

impl Slot {
    /// The answer is here.
    pub fn put(&self, arrived: Arrived) {
        let before = mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), State::Arrived(arrived));
        if let State::Waiting(waker) = before {
            waker.wake();
        }
    }

    /// The answer, if it is here.
    pub fn poll(&self, cx: &Context<'_>) -> Poll<Result<Message>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match mem::take(&mut *state) {
            State::Arrived(it) => Poll::Ready(it.map_err(|e| error(e.bytes()))),
            State::Waiting(waker) if waker.will_wake(cx.waker()) => {
                *state = State::Waiting(waker);
                Poll::Pending
            }
            _ => {
                *state = State::Waiting(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
