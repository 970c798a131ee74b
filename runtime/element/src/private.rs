//! What the attributes write calls to. Not public API: it may change with any version.
#![allow(missing_docs, reason = "nobody reads its pages; what is said here is why something is as it is")]

pub use crate::{
    Access, Ctx, Page, Query, Record, Result,
    contract::broken,
    decode::Fits,
    def::{Linked, MetaDef, MethodDef, MethodKind, Origin, Promise, Role, TypeDef},
    host::{BoxFuture, Form, Input, Object, Output, START, STOP},
};
pub use inventory;
pub use schemars;
pub use serde;
pub use serde_json;
pub use std::{borrow::Cow, collections::BTreeMap};

use crate::{Error, ErrorKind, Response, code};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{marker::PhantomData, sync::Arc};

// # How the compiler is asked
//
// What an attribute makes of an author's types goes through the traits below and names nothing else of them. So a type
// that lacks something is one mistake: the same sentence each time, at the author's own words, which the compiler shows
// once. Three of them have a second implementation that is never met, and stand-ins for it. With one implementation alone
// the compiler would go on to what that one needs and speak in the words of serde and schemars; with two it says that
// there is none, in ours:
//
//     impl<T: Serialize + JsonSchema> Reply for T {}          // alone: "`Plain` does not implement `Serialize`", and more
//     impl<T> Reply for T where for<'a> &'a (): Never {}      // as well: "`Plain` cannot be the result of a method"

/// Met by nothing.
pub trait Never {}

/// The type inside a method's `Result`.
#[diagnostic::on_unimplemented(
    message = "a method returns `element::Result<…>`, but this one returns `{Self}`",
    label = "write `element::Result<…>`; its error is `element::Error`"
)]
pub trait Returns {
    type Value;
    fn result(self) -> Result<Self::Value>;
}

impl<T> Returns for Result<T> {
    type Value = T;
    fn result(self) -> Self {
        self
    }
}

/// What may be a method's result.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a method",
    label = "all of it needs `serde::Serialize` and `schemars::JsonSchema`",
    note = "put `#[element::data]` on each struct and enum in it"
)]
pub trait Reply {
    fn schema() -> Schema {
        Schema::default()
    }
    fn encode(&self, _: Form) -> Result<Output> {
        Err(Error::internal("no reply"))
    }
}
impl<T: Serialize + JsonSchema + ?Sized> Reply for T {
    fn schema() -> Schema {
        schema::<T>()
    }
    fn encode(&self, form: Form) -> Result<Output> {
        form.encode(self)
    }
}
impl<T: ?Sized> Reply for T where for<'a> &'a (): Never {}

/// What may be an argument of a method.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a method",
    label = "all of it needs `serde::Deserialize` and `schemars::JsonSchema`",
    note = "put `#[element::data]` on each struct and enum in it; what the runtime lends is written `ctx: &Ctx`"
)]
pub trait Argument {
    /// Would this value do? See [`Fits`].
    fn fits(_: &Value) -> bool {
        false
    }
}
impl<T: for<'de> Deserialize<'de> + JsonSchema> Argument for T {
    fn fits(it: &Value) -> bool {
        T::deserialize(it).is_ok()
    }
}
impl<T> Argument for T where for<'a> &'a (): Never {}

/// What the derives on an argument struct take for granted of its fields: they are asked for as [`Argument`]s, once.
/// The lifetime says nothing; a bound with one is believed where it stands and proved where it is used.
pub trait Granted<'a>: for<'de> Deserialize<'de> + JsonSchema {}
impl<T: for<'de> Deserialize<'de> + JsonSchema> Granted<'_> for T {}

/// What may be a Type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a config",
    label = "a Type is its config: put `#[element::config]` on `struct {Self}`"
)]
pub trait Config {
    fn schema() -> Schema {
        Schema::default()
    }
    fn build(_: &Value) -> Result<Arc<dyn Object>, serde_json::Error> {
        Err(serde::de::Error::custom("no config"))
    }
}
impl<T: for<'de> Deserialize<'de> + JsonSchema + Object> Config for T {
    fn schema() -> Schema {
        schema::<T>()
    }
    fn build(config: &Value) -> Result<Arc<dyn Object>, serde_json::Error> {
        Ok(Arc::new(T::deserialize(config)?))
    }
}
impl<T> Config for T where for<'a> &'a (): Never {}

/// What a raw method returns.
#[diagnostic::on_unimplemented(
    message = "a raw method returns `element::Result<element::Response>`, but this one returns `{Self}`",
    label = "write `element::Result<element::Response>`"
)]
pub trait RawReturns {
    fn response(self) -> Result<Response>;
}
impl RawReturns for Result<Response> {
    fn response(self) -> Self {
        self
    }
}

/// What `meta = …` may name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Meta",
    label = "a Meta is a trait with `#[element::meta(\"…\")]`"
)]
pub trait Contract {
    const META: &'static MetaDef;
}

/// The struct that an attribute made of a method's parameters. [`Readable`] is looked for on `Args` and [`Unreadable`]
/// on `&Args`, which the compiler tries second: a struct with a field that is no [`Argument`] is told about once, there.
#[derive(Debug)]
pub struct Args<T>(PhantomData<T>);

impl<T> Args<T> {
    pub const OF: Self = Self(PhantomData);
}

/// See [`Args`].
pub trait Readable<'a, T> {
    fn decode(&self, input: &Input<'a>, each: &[(&str, Fits)]) -> Result<T>;
    fn schema(&self) -> Schema;
}
impl<'a, T: Deserialize<'a> + JsonSchema> Readable<'a, T> for Args<T> {
    fn decode(&self, input: &Input<'a>, each: &[(&str, Fits)]) -> Result<T> {
        input.decode(each)
    }
    fn schema(&self) -> Schema {
        schema::<T>()
    }
}

/// See [`Args`]. No program that compiles comes here.
pub trait Unreadable<'a, T> {
    fn decode(&self, _: &Input<'a>, _: &[(&str, Fits)]) -> Result<T> {
        Err(Error::internal("an argument cannot be read"))
    }
    fn schema(&self) -> Schema {
        Schema::default()
    }
}
impl<T> Unreadable<'_, T> for &Args<T> {}

/// The schema of anything that has one.
#[must_use]
pub fn schema<T: JsonSchema + ?Sized>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

/// The schema of no arguments.
#[must_use]
pub fn no_args() -> Schema {
    json_schema!({"type": "object", "additionalProperties": false})
}

/// The schema of a raw method's arguments and result: anything.
#[must_use]
pub fn raw_schema() -> Schema {
    json_schema!({})
}

/// Makes the object of a service or a model.
pub fn build_default<T: Default + Object>(_: &Value) -> Result<Arc<dyn Object>, serde_json::Error> {
    Ok(Arc::new(T::default()))
}

/// No method has this number: whoever called it does not use the Type's own table.
#[cold]
#[must_use]
pub fn no_such_method<'a>(number: u32) -> BoxFuture<'a, Result<Output>> {
    let error = Error::new(ErrorKind::NotFound, code::NO_METHOD, format!("there is no method number {number}"));
    Box::pin(std::future::ready(Err(error)))
}
