//! The boundary: everything a Type may ask of whoever runs it, as a number, two words and JSON bytes.
//!
//! A linked Type and a Type in a library meet the same trait; nothing richer than bytes crosses it.
use crate::{Caller, Ctx, Error, ErrorKind, Result, code};
pub use crate::{
    clock::{Clock, ManualClock, Random, SeededRandom, SystemClock},
    keys::{AskLease, Grant, Held, Increment, Reach, SetKey},
    object::{BoxFuture, Form, Input, Object, Output, START, STOP},
    records::Write,
};
use serde::{Deserialize, Serialize};
use std::{any::Any, borrow::Cow, fmt, sync::Arc};

/// What belongs to one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The addressed app.
    pub app: Arc<str>,
    /// The addressed element's full name.
    pub element: Arc<str>,
    /// Who calls.
    pub caller: Caller,
    /// When the answer is of no use any more, in milliseconds since 1970; `None`: never.
    pub deadline: Option<i64>,
    /// The same for everything that one request from outside causes.
    pub request_id: Arc<str>,
    /// Which browser, or which installed program, the call comes from: the same word for all its calls, another one for
    /// every other browser, and nothing that opens anything. `None`: nobody said, or the call comes from no browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Arc<str>>,
}

/// How loud a line in the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// For whoever looks for a mistake.
    Debug,
    /// What happens.
    Info,
    /// Somebody should look.
    Warn,
    /// Somebody must look.
    Error,
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// What is asked. Numbers are only ever added: they are what an older library sends.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum Op { $($(#[$doc])* $name = $number,)* }

        impl Op {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The operation with this number.
            ///
            /// # Errors
            /// This host is older than whoever asks.
            pub fn from_number(number: u32) -> Result<Self> {
                match number {
                    $($number => Ok(Self::$name),)*
                    _ => Err(Error::new(ErrorKind::Unavailable, code::UNKNOWN_OPERATION,
                        format!("this host is older than the library: it cannot do operation {number}; update the host"))),
                }
            }
        }
    };
}

operations! {
    /// Call an element of the app: `a` element, `b` method, JSON arguments → result.
    Call = 1,
    /// Find elements in the app's view: `a` a selector, see [`Ctx::find_elements`](crate::Ctx::find_elements) → list of
    /// full names.
    Find = 2,
    /// Send an HTTP request: [`HttpRequest`](crate::HttpRequest) → [`HttpReply`](crate::HttpReply).
    Http = 3,
    /// An operator's setting: `a` its name → text or null.
    Setting = 4,
    /// Random bytes: JSON count → base64url.
    Random = 5,
    /// Keyed hash of a text, equal on all hosts that share ephemeral keys: JSON text → base64url.
    Fingerprint = 6,
    /// Add to a metric: `a` its name, JSON number.
    Metric = 7,
    /// How far the running job is: [`Progress`](crate::Progress).
    Progress = 8,
    /// Wait: JSON milliseconds.
    Sleep = 9,
    /// Call the same element as the Type made it that its own stands in the place of: `a` method, JSON arguments → result.
    CallOverridden = 10,
    /// `a` collection, `b` key, JSON milliseconds that it may be old or null → [`Record`](crate::Record) or null.
    RecordGet = 20,
    /// `a` collection, `b` key, [`Write`] → version.
    RecordPut = 21,
    /// `a` collection, `b` key → was there one?
    RecordDelete = 22,
    /// `a` collection, [`Query`](crate::Query) → [`Page`](crate::Page).
    RecordQuery = 23,
    /// `a` collection, filter → count.
    RecordCount = 24,
    /// `a` reach, `b` key → value or null.
    KeyGet = 30,
    /// `a` reach, `b` key, [`SetKey`] → was it set?
    KeySet = 31,
    /// `a` reach, `b` key → value or null; it is gone then.
    KeyTake = 32,
    /// `a` reach, `b` key.
    KeyDelete = 33,
    /// `a` reach, `b` key, [`Increment`] → count.
    KeyIncrement = 34,
    /// `a` reach, `b` name, [`AskLease`] → [`Grant`] or null.
    LeaseAcquire = 40,
    /// `a` reach, `b` name, JSON fence → was it held?
    LeaseRelease = 41,
    /// [`NewJob`](crate::NewJob) → its number.
    JobStart = 50,
    /// JSON number → [`Job`](crate::Job) or null.
    JobGet = 51,
}

/// One wish.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// What.
    pub op: Op,
    /// The first word: what it is done to. See [`Op`].
    pub a: &'a str,
    /// The second word.
    pub b: &'a str,
    /// JSON.
    pub json: Cow<'a, [u8]>,
}

/// Whoever runs a Type: the engine, the near side of a library, or a test.
pub trait Host: Send + Sync + fmt::Debug + 'static {
    /// Does what is asked; the answer is JSON.
    fn ask<'a>(&'a self, call: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>>;

    /// Milliseconds since 1970.
    fn now(&self) -> i64;

    /// One line for the log.
    fn log(&self, call: &Call, level: Level, text: &str);
}

/// Hands on what was asked elsewhere, in the name of the call that `ctx` was lent for: for whoever carries a [`Ctx`] across
/// a boundary.
///
/// # Errors
/// This host does not know the operation. Else whatever the host says.
pub async fn hand_on(ctx: &Ctx, operation: u32, a: &str, b: &str, json: &[u8]) -> Result<Vec<u8>> {
    let op = Op::from_number(operation)?;
    ctx.door().ask(Ask { op, a, b, json: Cow::Borrowed(json) }).await
}

/// What a caller learns of a panic: that there was one. The log has what was said.
#[cold]
#[must_use]
pub fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("it panicked: {}", text.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_operations_are_the_same_list() {
        for &op in Op::ALL {
            assert_eq!(Op::from_number(op as u32).unwrap(), op);
        }
        let error = Op::from_number(9_999).unwrap_err();
        assert_eq!(error.code, code::UNKNOWN_OPERATION);
    }
}
