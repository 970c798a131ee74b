//! What the author of an element Type depends on.
//!
//! A **Meta** names a family and what its Types promise, a **Type** implements it, an **Instance** is a Type plus a
//! config file. A Type is a struct, its config, and the methods on it:
//!
//! ```
//! use element::{Ctx, Result};
//!
//! /// A way of greeting.
//! #[element::meta("greeters.Meta")]
//! pub trait Greeter {
//!     /// Greets somebody.
//!     #[access(public)]
//!     async fn greet(&self) -> Result<String>;
//! }
//!
//! /// Greets with a fixed word.
//! #[element::config]
//! pub struct Polite {
//!     /// The word that comes first.
//!     greeting: String,
//! }
//!
//! #[element::ty("greeters.PoliteType", meta = Greeter)]
//! impl Polite {
//!     async fn greet(&self, ctx: &Ctx, #[serde(alias = "who")] name: &str) -> Result<String> {
//!         Ok(format!("{}, {name} of {}", self.greeting, ctx.app()))
//!     }
//! }
//! # fn main() { assert_eq!(Polite::FULL_NAME, "greeters.PoliteType"); }
//! ```
//!
//! From that alone come the config's JSON Schema, the method table with schemas for arguments and results, strict
//! checking of both, and registration. A Type that breaks its Meta's promise does not compile.
//!
//! # What is written, and what it means
//!
//! | written | means |
//! |---|---|
//! | a `&self` function in the block | callable by its camelCase name; other functions go into another `impl` block |
//! | `ctx: &Ctx`, anywhere or nowhere | lent by the runtime, no argument |
//! | `String`, `&str`, `Option<&str>`, `&[T]`, `&T`, `T` | a named JSON argument; `Option` need not be given |
//! | `#[serde(alias, rename, default)]` and `///` on a parameter | as on a field |
//! | `#[serde(rename, alias)]` on a method | its name on the wire, a second name |
//! | `#[access(public)]`, `session`, `internal` | who may call; `internal` unless the Meta says otherwise |
//! | `#[property]` | no arguments; a value or a reference; secrets in it are masked |
//! | `#[get]` | answers GET as well, arguments from the query |
//! | `#[raw]` | takes a [`Request`], gives a [`Response`], without the envelope |
//! | `#[long]` | runs as a job, reports [`Ctx::progress`], is awaited or polled |
//! | `#[start]`, `#[stop]` | async hooks before the first and after the last call |
//! | `#[element::ty("acme.AuditedType", meta = Login, overrides)]` | calls the Type that it stands in the place of: [`Ctx::overridden`] |
//! | [`config`], [`data`] | on structs: the derives, camelCase; a config refuses unknown keys |
//! | [`service`] | the same block without a config: `Default` makes one per process |
//! | [`model`] | on a struct: records of the app, seen as an element |
//! | `vitals(&self) -> Result<Vec<Vital>>`, internal | what whoever watches over the host sees of it: [`Vital`] |
//! | [`settings!`] | which settings of the operator's the crate asks for |
//!
//! The same crate is linked into a program or built as a library of its own, which a host loads while it runs:
//! `cargo rustc --release --crate-type cdylib`. Nothing in the source is for the one or the other.
//!
//! # Who needs what
//!
//! What stands here is for authors. Whoever runs Types finds the boundary in [`host`] and the tables in [`def`]; whoever writes
//! a library in another language finds in [`abi`] what its header says.
#![cfg_attr(not(test), warn(clippy::expect_used))]

pub mod abi;
mod caller;
mod clock;
mod contract;
mod ctx;
mod decode;
pub mod def;
mod error;
pub mod host;
mod http;
mod info;
mod jobs;
mod keys;
mod name;
mod nearest;
mod object;
#[doc(hidden)]
pub mod private;
mod records;
mod secret;
mod vital;

/// Says which settings the Types of a crate ask for ([`Ctx::setting`]), so that a host takes them from its environment.
///
/// ```
/// element::settings!(&["GREETERS_BASE"]);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! settings {
    ($names:expr) => {
        $crate::private::inventory::submit! { $crate::def::Linked::Settings($names) }
    };
}

pub use caller::{Caller, Session};
pub use ctx::{Ctx, ElementRef, Overridden};
pub use def::Access;
pub use element_macros::{config, data, meta, model, service, ty};
pub use error::{Error, ErrorKind, ErrorParts, Result, code};
pub use host::Level;
pub use http::{HiddenText, HttpReply, HttpRequest, Request, Response};
pub use jobs::{Job, JobState, Jobs, NewJob, Progress};
pub use keys::{Keys, Lease};
pub use name::{AppId, FullName, NameError, check_label};
pub use nearest::{did_you_mean, nearest};
pub use records::{Expect, Page, Query, Record, Records};
pub use secret::{SECRET_MARK, Secret};
pub use vital::Vital;
