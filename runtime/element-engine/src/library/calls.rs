//! Calls under way into libraries, and what libraries ask in their name.
//!
//! A library holds numbers, no addresses: of a call, which is its token and what it completes the call with; and of what it
//! waits for. So one that gives something back twice, or uses it when it is over, does no harm and is told about.
#![allow(unsafe_code, reason = "libraries call these functions, and lend what they are called with")]
use super::image;
use element::{
    Ctx, Error, ErrorKind, Level, Result,
    abi::{Arrived, Completion, Done, Given, HostTable, LARGEST, Lent, MINOR, Message, Slot, begin, guarded},
    code,
    host::hand_on,
};
use sharded_slab::{Config, Slab};
use std::{
    ffi::c_void,
    ptr,
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};
use tokio::{runtime::Handle, task::AbortHandle};

/// What a library is given.
pub(super) static HOST: HostTable = HostTable {
    size: size_of::<HostTable>() as u32,
    minor: MINOR as u32,
    release: Some(release),
    ask: Some(ask),
    end: Some(end),
    caller: Some(caller),
    now: Some(now),
    log: Some(log),
};

/// How numbers are made: a hundred thousand at a time for each thread that makes some, the same one again after millions,
/// and some bits for the library that has it.
struct Numbers;
impl Config for Numbers {
    const INITIAL_PAGE_SIZE: usize = 32;
    const MAX_PAGES: usize = 12;
    const MAX_THREADS: usize = 1024;
    const RESERVED_BITS: usize = BITS as usize;
}
const BITS: u32 = 12;
const SHIFT: u32 = usize::BITS - BITS;

#[cfg(not(target_pointer_width = "64"))]
compile_error!("numbers for libraries need 64 bits");

/// A name, a key, a line for the log: what is longer is something else.
const LONGEST_WORD: usize = 64 << 10;

static CALLS: LazyLock<Slab<Entry, Numbers>> = LazyLock::new(Slab::new_with_config);
static ASKS: LazyLock<Slab<Asked, Numbers>> = LazyLock::new(Slab::new_with_config);

/// A number, with the library that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(usize);

impl Number {
    /// None is null: libraries are counted from 1, also when there were more than there are bits for.
    const fn of(key: usize, library: usize) -> Self {
        Self(key | (1 + (library - 1) % ((1 << BITS) - 1)) << SHIFT)
    }

    pub(super) fn given(pointer: *mut c_void) -> Self {
        Self(pointer.addr())
    }

    pub(super) const fn pointer(self) -> *mut c_void {
        ptr::without_provenance_mut(self.0)
    }

    const fn key(self) -> usize {
        self.0 & (usize::MAX >> BITS)
    }

    /// Which library has it.
    const fn library(self) -> usize {
        self.0 >> SHIFT
    }

    /// Whether this library has it: the same key may be another one's by now.
    const fn is_of(self, library: usize) -> bool {
        Self::of(0, library).library() == self.library()
    }

    /// Says what a library did that it must not.
    #[cold]
    fn blame(self, what: &str) {
        let library = image::numbered(self.library()).map_or("?", |it| &*it.name);
        tracing::warn!(library, "a library does not keep to the line: {what}");
    }
}

/// What a library waits for.
struct Asked {
    work: OnceLock<AbortHandle>,
    library: usize,
}

/// One call.
struct Entry {
    ctx: Ctx,
    library: usize,
    /// Where what it asks for is worked at.
    runtime: Handle,
    /// Who calls, as JSON, once a library wants to know.
    caller: OnceLock<Vec<u8>>,
    slot: Slot,
    /// Which of the three below are over.
    over: AtomicU8,
}

/// The library gave the token back.
const RELEASED: u8 = 1;
/// The library said that the call is over.
const COMPLETED: u8 = 2;
/// Nobody waits for the answer any more.
const LEFT: u8 = 4;

type Guard = sharded_slab::Entry<'static, Entry, Numbers>;

/// The call with this number, if there still is one.
fn entry(number: Number) -> Option<Guard> {
    CALLS.get(number.key()).filter(|it| number.is_of(it.library))
}

fn full() -> Error {
    Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, "libraries have too much to do at once; try again")
}

/// Ends one of the three; gives whether it was not over before. The last of them takes the entry away.
fn end_part(number: Number, part: u8, last_act: impl FnOnce(&Entry)) -> bool {
    let Some(entry) = entry(number) else { return false };
    let before = entry.over.fetch_or(part, Ordering::AcqRel);
    if before & part != 0 {
        return false;
    }
    last_act(&entry);
    drop(entry);
    if before | part == RELEASED | COMPLETED | LEFT {
        CALLS.remove(number.key());
    }
    true
}

/// A call that begins, for as long as somebody waits for its answer.
pub(super) struct Waiting(Number);

impl Waiting {
    pub(super) fn begin(ctx: &Ctx, runtime: &Handle, library: usize) -> Result<Self> {
        let (ctx, runtime) = (ctx.clone(), runtime.clone());
        let entry = Entry { ctx, library, runtime, caller: OnceLock::new(), slot: Slot::default(), over: AtomicU8::new(0) };
        CALLS.insert(entry).map(|key| Self(Number::of(key, library))).ok_or_else(full)
    }

    /// The token.
    pub(super) const fn number(&self) -> Number {
        self.0
    }

    /// What the library completes it with.
    pub(super) const fn done(&self) -> Done {
        Done { user: self.0.pointer(), call: Some(arrive) }
    }

    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<Result<Message>> {
        match entry(self.0) {
            Some(entry) => entry.slot.poll(cx),
            None => Poll::Ready(Err(Error::internal("a call into a library was lost"))),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        end_part(self.0, LEFT, |_| ());
    }
}

unsafe extern "C" fn arrive(user: *mut c_void, failed: u32, json: Given, body: Given) {
    guarded((), || {
        let number = Number::given(user);
        let arrived: Arrived = if failed == 0 { Ok(Message { json, body }) } else { Err(json) };
        if !end_part(number, COMPLETED, |it| it.slot.put(arrived)) {
            number.blame("it completed a call twice");
        }
    });
}

unsafe extern "C" fn release(token: *mut c_void) {
    guarded((), || {
        let number = Number::given(token);
        if !end_part(number, RELEASED, |_| ()) {
            number.blame("it gave a call's token back twice");
        }
    });
}

/// The call that a token stands for, unless it was given back.
fn with<T>(token: *mut c_void, use_it: impl FnOnce(&Entry) -> T) -> Option<T> {
    let number = Number::given(token);
    match entry(number).filter(|it| it.over.load(Ordering::Acquire) & RELEASED == 0) {
        Some(entry) => Some(use_it(&entry)),
        None => {
            number.blame("it used a call's token that it had given back");
            None
        }
    }
}

unsafe extern "C" fn ask(token: *mut c_void, operation: u32, a: Lent, b: Lent, json: Given, done: Done) -> *mut c_void {
    let completion = Completion::of(done);
    guarded(ptr::null_mut(), || {
        let Some((ctx, runtime, library)) = with(token, |it| (it.ctx.clone(), it.runtime.clone(), it.library)) else {
            completion.finish(Err(Error::internal("a library asked in the name of a call that it had given back")));
            return ptr::null_mut();
        };
        // SAFETY: the words are lent until this returns.
        let words = unsafe { (word(a), word(b)) };
        let (Some(a), Some(b), true) = (words.0, words.1, json.bytes().len() <= LARGEST) else {
            let message =
                format!("a library asked with words that are no UTF-8 or too long, or with more than {LARGEST} bytes");
            completion.finish(Err(Error::internal(message)));
            return ptr::null_mut();
        };
        // Before it begins: whoever is given null counts on having been answered.
        let Some(key) = ASKS.insert(Asked { work: OnceLock::new(), library }) else {
            completion.finish(Err(full()));
            return ptr::null_mut();
        };
        let work = async move {
            let answer = hand_on(&ctx, operation, &a, &b, json.bytes()).await;
            drop((ctx, json));
            completion.finish(answer.map(Message::of));
        };
        match begin(&runtime, work) {
            None => {
                ASKS.remove(key);
                ptr::null_mut()
            }
            Some(work) => {
                // Nobody else has the key yet.
                let _ = ASKS.get(key).map(|it| it.work.set(work));
                Number::of(key, library).pointer()
            }
        }
    })
}

/// `None`: it is no UTF-8, or too long for a word.
unsafe fn word(it: Lent) -> Option<String> {
    // SAFETY: as the caller says.
    let bytes = unsafe { it.get() };
    String::from_utf8(bytes.get(..bytes.len().min(LONGEST_WORD + 1))?.to_vec()).ok().filter(|it| it.len() <= LONGEST_WORD)
}

unsafe extern "C" fn end(handle: *mut c_void) {
    guarded((), || {
        let number = Number::given(handle);
        let its = ASKS.get(number.key()).is_some_and(|it| number.is_of(it.library));
        match its.then(|| ASKS.take(number.key())).flatten() {
            Some(it) => it.work.get().into_iter().for_each(AbortHandle::abort),
            None => number.blame("it ended twice what it waited for"),
        }
    });
}

unsafe extern "C" fn caller(token: *mut c_void) -> Lent {
    let json = |it: &Entry| {
        let json = it.caller.get_or_init(|| serde_json::to_vec(it.ctx.caller()).unwrap_or_default());
        // It stays where it is until the token is given back.
        Lent::new(json)
    };
    guarded(None, || with(token, json)).unwrap_or(Lent::new(&[]))
}

unsafe extern "C" fn now(token: *mut c_void) -> i64 {
    guarded(None, || with(token, |it| it.ctx.now())).unwrap_or_default()
}

unsafe extern "C" fn log(token: *mut c_void, level: u32, text: Lent) {
    guarded((), || {
        let level = match level {
            0 => Level::Debug,
            1 => Level::Info,
            2 => Level::Warn,
            _ => Level::Error,
        };
        with(token, |it| {
            // SAFETY: lent until this returns.
            let text = unsafe { text.get() };
            it.ctx.log(level, &String::from_utf8_lossy(text.get(..LONGEST_WORD).unwrap_or(text)));
        });
    });
}
