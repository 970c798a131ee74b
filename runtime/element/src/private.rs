//! What the attributes write calls to. Not public API: it may change with any version.
pub use crate::{
    Access, BoxFuture, Ctx, Form, Input, Linked, MetaDef, MethodDef, MethodKind, Object, Origin, Output, Page, Promise,
    Query, Record, Result, Role, START, STOP, TypeDef,
    contract::broken,
    decode::{Fits, fits},
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
use std::sync::Arc;

/// The type inside a method's `Result`.
#[diagnostic::on_unimplemented(
    message = "a method returns `element::Result<…>`, but this one returns `{Self}`",
    label = "write `element::Result<{Self}>`"
)]
pub trait Returns {
    /// It.
    type Value;
    /// As our own result.
    ///
    /// # Errors
    /// The method's.
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
    label = "needs `serde::Serialize` and `schemars::JsonSchema`",
    note = "put `#[element::data]` on `{Self}`"
)]
pub trait Reply: Serialize + JsonSchema {}
impl<T: Serialize + JsonSchema + ?Sized> Reply for T {}

/// What may be an argument of a method.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a method",
    label = "needs `serde::Deserialize` and `schemars::JsonSchema`",
    note = "put `#[element::data]` on `{Self}`; what the runtime lends is written `ctx: &Ctx`"
)]
pub trait Argument: for<'de> Deserialize<'de> + JsonSchema {}
impl<T: for<'de> Deserialize<'de> + JsonSchema> Argument for T {}

/// What may be a Type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a config",
    label = "a Type is its config: put `#[element::config]` on `struct {Self}`"
)]
pub trait Config: for<'de> Deserialize<'de> + JsonSchema + Send + Sync + 'static {}
impl<T: for<'de> Deserialize<'de> + JsonSchema + Send + Sync + 'static> Config for T {}

/// What a raw method returns.
#[diagnostic::on_unimplemented(
    message = "a raw method returns `element::Result<element::Response>`, but this one returns `{Self}`",
    label = "write `element::Result<element::Response>`"
)]
pub trait RawReturns {}
impl RawReturns for Result<Response> {}

/// Asked by the compiler, at the author's own words.
pub const fn reply<T: Reply + ?Sized>() {}
/// Asked by the compiler, at the author's own words.
pub const fn argument<T: Argument>() {}
/// Asked by the compiler, at the author's own words.
pub const fn raw_returns<T: RawReturns>() {}

fn schema<T: JsonSchema + ?Sized>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

/// The schema of an argument struct that an attribute made.
#[must_use]
pub fn args_schema<T: JsonSchema>() -> Schema {
    schema::<T>()
}

/// The schema of a result.
#[must_use]
pub fn reply_schema<T: Reply + ?Sized>() -> Schema {
    schema::<T>()
}

/// The schema of a config or of a model's records.
#[must_use]
pub fn config_schema<T: Config>() -> Schema {
    schema::<T>()
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

/// Makes an Instance's object.
///
/// # Errors
/// The config does not fit; the schema check before has caught nearly all of it, with better words.
pub fn build<T: Config + Object>(config: &Value) -> Result<Arc<dyn Object>, serde_json::Error> {
    Ok(Arc::new(T::deserialize(config)?))
}

/// Makes the object of a service or a model.
///
/// # Errors
/// Never.
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
