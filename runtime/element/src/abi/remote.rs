//! The host as a library sees it: what stands behind a `Ctx` there.
#![allow(unsafe_code, reason = "functions of the host are called")]
use super::{
    CallInfo, Done, Given, HostTable, Lent, Slot, guarded,
    library::HOST,
    message::{Arrived, Message},
};
use crate::{
    Caller, Error, Level, Result,
    ctx::Door,
    host::{Ask, BoxFuture, Call},
};
use std::{
    ffi::c_void,
    future::poll_fn,
    ptr,
    sync::{Arc, OnceLock},
};

/// One call of the host's. Its token goes back when the last `Ctx` of it does.
pub(super) struct Remote {
    info: CallInfo,
    /// Made when somebody wants to know: most methods do not.
    call: OnceLock<Call>,
}

// SAFETY: the token may be used from any thread, and so may what is lent with it.
unsafe impl Send for Remote {}
// SAFETY: as above.
unsafe impl Sync for Remote {}

impl Remote {
    /// The info is that of the host's version; one that looks at what was added to it later has to look at its size first.
    pub(super) const fn new(info: CallInfo) -> Self {
        Self { info, call: OnceLock::new() }
    }

    /// A word that came with the call.
    fn word(&self, it: Lent) -> Arc<str> {
        // SAFETY: valid until the token goes back, which this has.
        String::from_utf8_lossy(unsafe { it.get() }).into()
    }
}

fn host() -> &'static HostTable {
    // Nobody makes calls before `start`.
    HOST.get().copied().unwrap_or(&NOBODY)
}

static NOBODY: HostTable =
    HostTable { size: 0, minor: 0, release: None, ask: None, end: None, caller: None, now: None, log: None };

impl Drop for Remote {
    fn drop(&mut self) {
        if let Some(release) = host().release {
            // SAFETY: nobody has it any more, and it goes back once.
            unsafe { release(self.info.token) }
        }
    }
}

impl Door for Remote {
    fn call(&self) -> &Call {
        self.call.get_or_init(|| {
            let CallInfo { app, element, request_id, browser, deadline, token, .. } = self.info;
            // SAFETY: valid until the token goes back, which this has.
            let caller = host().caller.map(|caller| unsafe { caller(token).get() });
            let browser = self.word(browser);
            Call {
                app: self.word(app),
                element: self.word(element),
                // Whoever cannot be read is nobody.
                caller: caller.and_then(|it| serde_json::from_slice(it).ok()).unwrap_or(Caller::Anonymous),
                deadline: (deadline != 0).then_some(deadline),
                request_id: self.word(request_id),
                browser: (!browser.is_empty()).then_some(browser),
            }
        })
    }

    fn ask<'a>(&'a self, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let answer = self.begin(ask)?;
            let Message { json, .. } = poll_fn(|cx| answer.slot.poll(cx)).await?;
            Ok(json.bytes().to_vec())
        })
    }

    fn now(&self) -> i64 {
        // SAFETY: the token is ours.
        host().now.map_or(0, |now| unsafe { now(self.info.token) })
    }

    fn log(&self, level: crate::Level, text: &str) {
        let level = match level {
            Level::Debug => 0,
            Level::Info => 1,
            Level::Warn => 2,
            Level::Error => 3,
        };
        if let Some(log) = host().log {
            // SAFETY: the token is ours, and the text is lent for the call.
            unsafe { log(self.info.token, level, Lent::new(text.as_bytes())) }
        }
    }
}

impl Remote {
    fn begin(&self, Ask { op, a, b, json }: Ask<'_>) -> Result<Answer> {
        let ask = host().ask.ok_or_else(|| Error::internal("a library was called before it was started"))?;
        let slot = Arc::<Slot>::default();
        let done = Done { user: Arc::into_raw(Arc::clone(&slot)).cast_mut().cast(), call: Some(arrive) };
        let (a, b) = (Lent::new(a.as_bytes()), Lent::new(b.as_bytes()));
        // SAFETY: the token is ours, and the words are lent for the call.
        let handle = unsafe { ask(self.info.token, op as u32, a, b, json.into_owned().into(), done) };
        Ok(Answer { slot, handle })
    }
}

unsafe extern "C" fn arrive(user: *mut c_void, failed: u32, json: Given, body: Given) {
    guarded((), || {
        // SAFETY: `begin` made it so, and the host calls this once.
        let slot = unsafe { Arc::from_raw(user.cast::<Slot>().cast_const()) };
        let arrived: Arrived = if failed == 0 { Ok(Message { json, body }) } else { Err(json) };
        slot.put(arrived);
    });
}

/// What is waited for. Dropped, it is not wanted any more.
struct Answer {
    slot: Arc<Slot>,
    handle: *mut c_void,
}

// SAFETY: a handle may be given back on any thread.
unsafe impl Send for Answer {}
// SAFETY: shared it is only looked at.
unsafe impl Sync for Answer {}

impl Drop for Answer {
    fn drop(&mut self) {
        let handle = std::mem::replace(&mut self.handle, ptr::null_mut());
        if let Some(end) = host().end.filter(|_| !handle.is_null()) {
            // SAFETY: the host gave it, and it goes back once.
            unsafe { end(handle) }
        }
    }
}
