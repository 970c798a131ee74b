//! What crosses with a call and comes back: JSON; beside the head of a request or a response its body, untouched.
use super::{Given, LARGEST};
use crate::{
    Error, Request, Response, Result,
    decode::without_values,
    host::{Form, Input, Output},
};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::result;

/// What came back: a result or an [`Error`], and a body.
pub type Arrived = result::Result<Message, Given>;

/// JSON, and a body beside it.
#[derive(Debug)]
pub struct Message {
    /// JSON.
    pub json: Given,
    /// The body of what the JSON is the head of.
    pub body: Given,
}

impl Message {
    /// Arguments.
    ///
    /// # Errors
    /// They cannot be written as JSON.
    pub fn arguments(input: Input<'_>) -> Result<Self> {
        let (json, body) = match input {
            Input::Value(it) => (write(it)?, Vec::new()),
            Input::Bytes(it) => (it.to_vec(), Vec::new()),
            Input::Raw(it) => (write(&it)?, it.body),
        };
        Ok(Self { json: json.into(), body: body.into() })
    }

    /// A result, written as JSON already.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn result(output: Output) -> Result<Self> {
        let (json, body) = match output {
            Output::Raw(it) => (write(&it)?, it.body),
            other => (other.into_bytes()?, Vec::new()),
        };
        Ok(Self { json: json.into(), body: body.into() })
    }

    /// An answer that has no body.
    #[must_use]
    pub fn of(json: Vec<u8>) -> Self {
        Self { json: json.into(), body: Given::nothing() }
    }

    /// The request that this is.
    ///
    /// # Errors
    /// It is none.
    pub fn request(&self) -> Result<Request> {
        Ok(Request { body: self.body.bytes().to_vec(), ..read(self.json.bytes())? })
    }

    /// The result that this is. It comes from somebody else, so it is looked at before anybody relies on it.
    ///
    /// # Errors
    /// It is none.
    pub fn output(&self, is_raw: bool, form: Form) -> Result<Output> {
        let json = self.json.bytes();
        if is_raw {
            let body = self.body.bytes().to_vec();
            return Ok(Output::Raw(Box::new(Response { body, ..read(json)? })));
        }
        match form {
            Form::Value => read(json).map(Output::Value),
            Form::Bytes => {
                // What is ignored is not looked at for being UTF-8.
                let text = std::str::from_utf8(json).map_err(|e| unreadable(&e))?;
                serde_json::from_str::<IgnoredAny>(text).map_err(|e| unreadable(&e))?;
                Ok(Output::Bytes(json.to_vec()))
            }
        }
    }
}

/// The error that this is.
pub(crate) fn error(json: &[u8]) -> Error {
    if json.len() > LARGEST {
        return Error::internal(format!("an error of {} bytes came across", json.len()));
    }
    read(json).unwrap_or_else(|e| e)
}

fn write(it: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(it).map_err(|e| Error::internal(e.to_string()))
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|e| unreadable(&e))
}

#[cold]
fn unreadable(e: &dyn std::error::Error) -> Error {
    let said = without_values(&e.to_string());
    Error::internal(format!("what a library gives is not what it has to be: {said}"))
}
