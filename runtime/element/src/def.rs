//! The tables that the attributes fill in: plain, constant data, and the same as data that can cross any boundary.
pub use crate::info::{MetaInfo, MethodInfo, OriginInfo, PromiseInfo, TypeInfo};

use crate::host::Object;
use schemars::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Who may call a method. The order is from most to fewest callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// Anyone, over HTTP too.
    Public,
    /// A logged-in caller of this app.
    Session,
    /// Other elements of the app, the command line, administrators.
    Internal,
}

impl Access {
    /// As it is written on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Session => "session",
            Self::Internal => "internal",
        }
    }
}

/// How a method is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MethodKind {
    /// JSON arguments, JSON result.
    Method,
    /// No arguments; read like a method.
    Property,
    /// An HTTP request in, an HTTP answer out, without the envelope.
    Raw,
}

/// What an element that code registers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Instances are made of it, each with a config.
    Type,
    /// One object per process: no config, no state of its own.
    Service,
    /// Records seen as an element.
    Model,
}

/// Where something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The crate.
    pub package: &'static str,
    /// The crate's version.
    pub version: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
}

/// One callable method.
#[derive(Debug)]
pub struct MethodDef {
    /// Its name on the wire, camelCase.
    pub name: &'static str,
    /// Other names on the wire.
    pub aliases: &'static [&'static str],
    /// The author's `///` lines; empty: the Meta's.
    pub doc: &'static str,
    /// `None`: the Meta says, and a method of no Meta is internal.
    pub access: Option<Access>,
    /// How it is called.
    pub kind: MethodKind,
    /// Answers GET as well.
    pub get: bool,
    /// Runs as a job.
    pub long: bool,
    /// The schema of its arguments.
    pub args: fn() -> Schema,
    /// The schema of its result.
    pub reply: fn() -> Schema,
}

/// One line of a Meta's contract.
#[derive(Debug)]
pub struct Promise {
    /// The method's name on the wire.
    pub name: &'static str,
    /// The line that a Type's author writes to keep it.
    pub write: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The schema of its result.
    pub reply: fn() -> Schema,
}

/// A Meta: the contract of a family.
#[derive(Debug)]
pub struct MetaDef {
    /// Its full name.
    pub full_name: &'static str,
    /// What the family is.
    pub doc: &'static str,
    /// What every Type of it has.
    pub promises: &'static [Promise],
    /// Where it was written.
    pub origin: Origin,
}

/// Makes an object of a config that has been checked; a service and a model take `null`.
pub type Build = fn(&Value) -> Result<Arc<dyn Object>, serde_json::Error>;

/// A Type, a service or a model.
#[derive(Debug)]
pub struct TypeDef {
    /// Its full name.
    pub full_name: &'static str,
    /// Which of the three.
    pub role: Role,
    /// The author's `///` lines.
    pub doc: &'static str,
    /// The Meta whose contract it keeps.
    pub meta: Option<&'static MetaDef>,
    /// The schema of its config; of a model: of its records.
    pub schema: Option<fn() -> Schema>,
    /// What can be called. The place in this list is the method's number.
    pub methods: &'static [MethodDef],
    /// Makes an object.
    pub build: Build,
    /// Has an async `start` hook.
    pub starts: bool,
    /// Has an async `stop` hook.
    pub stops: bool,
    /// Calls the Type that it stands in the place of; see [`Ctx::overridden`](crate::Ctx::overridden).
    pub overrides: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// One entry of the list that linking makes.
#[derive(Debug)]
pub enum Linked {
    /// A Meta.
    Meta(&'static MetaDef),
    /// A Type, a service or a model.
    Type(&'static TypeDef),
    /// Names of settings that Types ask for; see [`settings!`](crate::settings).
    Settings(&'static [&'static str]),
}
inventory::collect!(Linked);

/// Everything that is linked into this program (or into this library).
///
/// A crate that is in the manifest and never named in code is left out by the linker without a word:
/// whoever builds a program names each one, as `element-host` does in `linked.rs`.
pub fn linked() -> impl Iterator<Item = &'static Linked> {
    inventory::iter::<Linked>.into_iter()
}
