//! An object that lets nothing but bytes cross, as a library will: JSON there, JSON back, and what it asks on the way as
//! number, two words and JSON.
//!
//! ```text
//! engine ─► Near ──[ method number, Call, arguments ]──► Far ─► the Type
//!   ▲        ◄──────────[ result or error ]───────────────┘       │ Ctx
//!   └─ hand_on ◄──────[ operation number, word, word, JSON ]── FarHost
//! ```
use element::{
    Ctx, Error, Level, Request, Response, Result,
    host::{Ask, BoxFuture, Call, Form, Host, Input, Object, Output, hand_on},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
};

/// The number of every operation that was asked for in this process.
pub(crate) static ASKED: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Puts the boundary between the engine and an object.
pub(crate) fn through_bytes(far: Arc<dyn Object>) -> Arc<dyn Object> {
    Arc::new(Near(Far(far)))
}

fn write(it: &(impl Serialize + ?Sized)) -> Result<Vec<u8>> {
    serde_json::to_vec(it).map_err(|e| Error::internal(e.to_string()))
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|e| Error::internal(e.to_string()))
}

/// JSON; beside a raw method's head its body, untouched.
struct Message {
    json: Vec<u8>,
    body: Option<Vec<u8>>,
}

/// The engine's side.
struct Near(Far);

impl Object for Near {
    fn call<'a>(&'a self, method: u32, ctx: &'a Ctx, input: Input<'a>, form: Form) -> BoxFuture<'a, Result<Output>> {
        Box::pin(async move {
            let arguments = match input {
                Input::Value(Value::Null) => Message { json: Vec::new(), body: None },
                Input::Value(it) => Message { json: write(it)?, body: None },
                Input::Bytes(it) => Message { json: it.into(), body: None },
                Input::Raw(it) => Message { json: write(&it)?, body: Some(it.body) },
            };
            match self.0.call(method, &write(ctx.call())?, &arguments, ctx.clone()).await {
                Err(error) => Err(read(&error)?),
                Ok(Message { json, body: Some(body) }) => {
                    Ok(Output::Raw(Box::new(Response { body, ..read::<Response>(&json)? })))
                }
                Ok(Message { json, body: None }) if form == Form::Bytes => Ok(Output::Bytes(json)),
                Ok(Message { json, body: None }) => read(&json).map(Output::Value),
            }
        })
    }
}

/// The library's side: it has the object, and of the engine nothing but a way to send bytes.
struct Far(Arc<dyn Object>);

impl Far {
    async fn call(&self, method: u32, call: &[u8], arguments: &Message, near: Ctx) -> Result<Message, Vec<u8>> {
        let answer = async {
            let ctx = Ctx::new(Arc::new(FarHost(near)), read::<Call>(call)?);
            let input = match &arguments.body {
                Some(body) => Input::Raw(Box::new(Request { body: body.clone(), ..read(&arguments.json)? })),
                None => Input::Bytes(&arguments.json),
            };
            match self.0.call(method, &ctx, input, Form::Bytes).await? {
                Output::Raw(it) => Ok(Message { json: write(&it)?, body: Some(it.body) }),
                other => Ok(Message { json: other.into_bytes()?, body: None }),
            }
        };
        answer.await.map_err(|e: Error| write(&e).unwrap_or_default())
    }
}

/// What a Type in a library meets as its host.
struct FarHost(Ctx);

impl fmt::Debug for FarHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FarHost")
    }
}

impl Host for FarHost {
    fn ask<'a>(&'a self, _: &'a Call, Ask { op, a, b, json }: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            // From here on a number, two words and bytes; what comes back are bytes too.
            ASKED.lock().unwrap().insert(op as u32);
            let answer = hand_on(&self.0, op as u32, a, b, &json).await;
            answer.map_err(|error| read(&write(&error).unwrap()).unwrap_or_else(|e| e))
        })
    }

    fn now(&self) -> i64 {
        self.0.now()
    }

    fn log(&self, _: &Call, level: Level, text: &str) {
        self.0.log(level, text);
    }
}
