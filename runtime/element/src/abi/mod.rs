//! The C line: how a host and a library talk. `element.h` says the same in C, and stands beside `Cargo.toml`.
//!
//! ```text
//! host ──► element_library_v1() ──► Root: who made it, for what ──► start(HostTable) ──► LibraryTable
//! host ──► call(object, method, CallInfo, JSON, done) ──► library        done(JSON) ──► host
//! library ──► ask(token, operation, word, word, JSON, done) ──► host     done(JSON) ──► library
//! ```
//!
//! A library exports one symbol, `element_library_v1`. Tables begin with their size in bytes and only ever grow at their end,
//! so whoever reads one looks at its size first. Bytes are [`Lent`] for a while or [`Given`] for good, and freed by whoever made
//! them. What waits is said to be over through a [`Done`], exactly once, from any thread, perhaps before the function that began
//! it returns. No panic crosses.
//!
//! Version 1 is frozen: a test compares these tables with the header, and with what they were on the first day.
//!
//! The rest of this module is what both sides share to keep these rules, and the library's side, which every crate with Types
//! has in it and which only a library uses.
mod bytes;
mod describe;
mod done;
mod library;
mod message;
mod remote;
mod work;

pub use bytes::{Given, Lent};
pub use describe::Description;
pub use done::{Completion, Done, Slot};
pub use library::element_library_v1;
pub use message::{Arrived, Message};
pub use work::{begin, guarded};

use std::ffi::c_void;

/// What a [`Root`] begins with: `element` and a zero.
pub const MAGIC: u64 = u64::from_le_bytes(*b"element\0");
/// The version of the line. Another one has another symbol.
pub const MAJOR: u16 = 1;
/// How many times something was added to a table since.
pub const MINOR: u16 = 0;
/// The one symbol that a library of this version exports.
pub const SYMBOL: &str = "element_library_v1";
/// What a symbol of any version begins with.
pub const SYMBOL_OF_ANY_VERSION: &str = "element_library_v";
/// What this was built for.
pub const TARGET: &str = env!("ELEMENT_TARGET");
/// What this is, for people.
pub const MADE_WITH: &str = concat!("element ", env!("CARGO_PKG_VERSION"));
/// More bytes at once are a mistake: arguments, or what comes back, with its body.
pub const LARGEST: usize = 16 << 20;

/// [`Root::panics`]: a panic unwinds, and is caught before it would cross.
pub const UNWINDS: u8 = 1;
/// [`Root::panics`]: the language has no panics.
pub const NEVER: u8 = 2;

/// What the symbol gives: enough to say no politely before anything else is touched.
#[repr(C)]
#[derive(Debug)]
pub struct Root {
    /// [`MAGIC`].
    pub magic: u64,
    /// Of this table, in bytes.
    pub size: u32,
    /// [`MAJOR`].
    pub major: u16,
    /// [`MINOR`].
    pub minor: u16,
    /// [`UNWINDS`] or [`NEVER`]; 0: a panic ends the process.
    pub panics: u8,
    /// Zeros.
    pub reserved: [u8; 7],
    /// What it was made with, for people: a name and a version.
    pub made_with: Lent,
    /// What it was built for, as Rust names it, such as `x86_64-unknown-linux-gnu`.
    pub target: Lent,
    /// Makes the library ready, and may be called more than once. Null: it cannot work with this host.
    pub start: Option<unsafe extern "C" fn(host: *const HostTable) -> *const LibraryTable>,
}

/// What a host does for a library. Valid for ever.
#[repr(C)]
#[derive(Debug)]
pub struct HostTable {
    /// Of this table, in bytes.
    pub size: u32,
    /// How many times something was added to it.
    pub minor: u32,
    /// Gives a call's token back; nothing that was lent with it is used any more.
    pub release: Option<unsafe extern "C" fn(token: *mut c_void)>,
    /// Asks for something in the name of a call: the number of an [`Op`](crate::host::Op), two words, JSON. The words are used
    /// until it returns. Null: `done` was called already; else a handle for `end`.
    pub ask: Option<
        unsafe extern "C" fn(token: *mut c_void, operation: u32, a: Lent, b: Lent, json: Given, done: Done) -> *mut c_void,
    >,
    /// The answer is not wanted any more, or came: exactly once for each handle.
    pub end: Option<unsafe extern "C" fn(handle: *mut c_void)>,
    /// Who calls, as JSON: a [`Caller`](crate::Caller). Valid until the token is given back.
    pub caller: Option<unsafe extern "C" fn(token: *mut c_void) -> Lent>,
    /// The time in milliseconds since 1970.
    pub now: Option<unsafe extern "C" fn(token: *mut c_void) -> i64>,
    /// A line for the log: 0 debug, 1 info, 2 warn, 3 error.
    pub log: Option<unsafe extern "C" fn(token: *mut c_void, level: u32, text: Lent)>,
}

/// What belongs to a call. The words are valid until the token is given back.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CallInfo {
    /// Of this table, in bytes.
    pub size: u32,
    /// [`RAW`] and others to come.
    pub flags: u32,
    /// Stands for the call at the host; it goes back through `release`, once, and may be kept after the call is over.
    pub token: *mut c_void,
    /// When the answer is of no use any more, in milliseconds since 1970; 0: never.
    pub deadline: i64,
    /// The addressed app.
    pub app: Lent,
    /// The addressed element's full name.
    pub element: Lent,
    /// The same for everything that one request from outside causes.
    pub request_id: Lent,
    /// See [`Call::browser`](crate::host::Call::browser); empty: nobody said.
    pub browser: Lent,
}

/// [`CallInfo::flags`]: the JSON is the head of a request, and its body stands beside it.
pub const RAW: u32 = 1;

/// What a library does for its host. Valid for ever.
#[repr(C)]
#[derive(Debug)]
pub struct LibraryTable {
    /// Of this table, in bytes.
    pub size: u32,
    /// How many times something was added to it.
    pub minor: u32,
    /// What there is: a [`Description`] as JSON.
    pub describe: Option<unsafe extern "C" fn() -> Given>,
    /// Makes an object of the Type with this place in the description, and of a config; a service and a model take `null`.
    /// Gives nothing and sets `object`; or gives why not, as a JSON string, for whoever wrote the config.
    pub build: Option<unsafe extern "C" fn(ty: u32, config: Lent, object: *mut *mut c_void) -> Given>,
    /// Calls the method with this place in the Type's list, or [`START`](crate::host::START) or
    /// [`STOP`](crate::host::STOP). `info` is used until it returns. Null: `done` was called already; else a handle for `end`.
    pub call: Option<
        unsafe extern "C" fn(
            object: *mut c_void,
            method: u32,
            info: *const CallInfo,
            json: Given,
            body: Given,
            done: Done,
        ) -> *mut c_void,
    >,
    /// The answer is not wanted any more, or came: exactly once for each handle. `done` is called all the same.
    pub end: Option<unsafe extern "C" fn(handle: *mut c_void)>,
    /// Nobody calls the object any more.
    pub drop: Option<unsafe extern "C" fn(object: *mut c_void)>,
}
