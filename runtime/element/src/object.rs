//! Something in service that methods can be called on, and the forms in which arguments and results travel.
use crate::{Ctx, Error, Request, Response, Result, decode::without_values};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, pin::Pin};

/// A future on the heap, as trait objects need it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An element's code. The attributes write this; a library's far side is one too.
pub trait Object: Send + Sync + 'static {
    /// Calls the method with this number: its place in the Type's table, or [`START`] or [`STOP`].
    fn call<'a>(&'a self, method: u32, ctx: &'a Ctx, input: Input<'a>, form: Form) -> BoxFuture<'a, Result<Output>>;
}

/// In place of a method's number: called once, before the first call.
pub const START: u32 = u32::MAX;
/// In place of a method's number: called once, after the last call.
pub const STOP: u32 = u32::MAX - 1;

/// Arguments, in whichever form the caller has them. They may be secrets, so `Debug` tells their form only.
pub enum Input<'a> {
    /// A JSON value.
    Value(&'a Value),
    /// JSON text.
    Bytes(&'a [u8]),
    /// An HTTP request, for a raw method.
    Raw(Box<Request>),
}

/// The form in which the caller wants the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON value.
    Value,
    /// JSON text.
    Bytes,
}

/// A result. It may be a secret, so `Debug` tells its form only.
pub enum Output {
    /// A JSON value.
    Value(Value),
    /// JSON text.
    Bytes(Vec<u8>),
    /// What a raw method answers.
    Raw(Box<Response>),
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "Input::Value(…)",
            Self::Bytes(_) => "Input::Bytes(…)",
            Self::Raw(_) => "Input::Raw(…)",
        })
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "Output::Value(…)",
            Self::Bytes(_) => "Output::Bytes(…)",
            Self::Raw(_) => "Output::Raw(…)",
        })
    }
}

impl Form {
    /// Writes a result in this form.
    ///
    /// # Errors
    /// The result cannot be written as JSON: a mistake of the Type's author.
    pub fn encode<T: Serialize + ?Sized>(self, it: &T) -> Result<Output> {
        match self {
            Self::Value => serde_json::to_value(it).map(Output::Value),
            Self::Bytes => serde_json::to_vec(it).map(Output::Bytes),
        }
        .map_err(|e| Error::internal(format!("a result cannot be written as JSON: {e}")))
    }
}

impl Output {
    /// The result as a value. A raw answer is its body as a string.
    ///
    /// # Errors
    /// The bytes are no JSON.
    pub fn into_value(self) -> Result<Value> {
        match self {
            Self::Value(it) => Ok(it),
            Self::Bytes(it) => serde_json::from_slice(&it).map_err(|e| Error::internal(format!("a result is no JSON: {e}"))),
            Self::Raw(it) => Ok(Value::String(String::from_utf8_lossy(&it.body).into_owned())),
        }
    }

    /// The result as JSON text. A raw answer is its body as a string.
    ///
    /// # Errors
    /// The value cannot be written.
    pub fn into_bytes(self) -> Result<Vec<u8>> {
        match self {
            Self::Bytes(it) => Ok(it),
            other => serde_json::to_vec(&other.into_value()?).map_err(|e| Error::internal(e.to_string())),
        }
    }

    /// The result as a `T`.
    ///
    /// # Errors
    /// It is no `T`.
    pub fn decode<T: for<'de> Deserialize<'de>>(self) -> Result<T> {
        match self {
            Self::Bytes(it) => serde_json::from_slice(&it),
            other => serde_json::from_value(other.into_value()?),
        }
        .map_err(|e| {
            Error::internal(format!("a result has another shape than expected: {}", without_values(&e.to_string())))
        })
    }
}
