//! Folders become elements that answer.
//!
//! ```text
//! scan ──► resolve ──► build ──► dispatch
//! files    what is to  objects   one call
//!          be served
//! ```
//!
//! Data goes one way, and looking again is the same way once more: the first load is a reload from the empty
//! [`Snapshot`]. With [`Options::watch`] somebody looks whenever a file changes. Nothing in here knows HTTP or any Type.
//!
//! ```
//! # async fn example() -> element::Result<(), Box<dyn std::error::Error>> {
//! use element_engine::{Options, Registry, Runtime};
//! use serde_json::json;
//!
//! let runtime = Runtime::open("apps", Registry::linked()?, Options::default()).await;
//! for diagnostic in runtime.snapshot().diagnostics() {
//!     eprintln!("{diagnostic}");
//! }
//! let element = runtime.app("acme.demo")?.get_element("auths.loginTypes.QywxInnerExample")?;
//! let config = element.call("getLoginConfig", json!({})).await?;
//! # Ok(())
//! # }
//! ```

// In the order of reading: the nouns, then the rooms that data passes through.
mod app;
mod change;
mod diagnostic;
mod document;
mod files;
mod library;
mod plan;
mod promise;
mod registry;
mod snapshot;
mod tree;
mod ty;

mod folder;
mod queue;
mod read;
mod scan;

mod adapt;
mod ancestry;
mod built_in;
mod check;
mod conceal;
mod declare;
mod extends;
mod functions;
mod index;
mod key;
mod lineage;
mod linearise;
mod plan_instance;
mod plan_one;
mod resolve;
mod vars;
mod view;

mod build;
mod build_one;
mod compare;
mod instance;
mod make;
mod pool;

mod call;
mod dispatch;
mod engine;
mod find;
mod jobs;
mod leases;
mod lend;
mod outbound;
mod select;

mod belief;
mod disk_watch;
mod follow;
mod ledger;
mod mounts;
mod reload;
mod status;
mod watch;

mod explain;
mod handle;
mod options;
mod runtime;

pub use app::App;
pub use call::DEADLINE;
pub use change::{Change, Commit, What};
pub use declare::Modifier;
pub use diagnostic::{Diagnostic, Place, Severity};
pub use dispatch::Invocation;
pub use document::{Document, Part};
pub use explain::{AppInView, Callable, Definition, Explanation, Setting, Standing, TypeInChain};
pub use files::{Disk, Entry, Files, MemoryFiles, Stamp};
pub use functions::{Functions, Said};
pub use handle::{AppHandle, ElementHandle};
pub use library::{
    Key, LIBRARY_LIMIT, LibraryInfo, SIGNATURE, Signature, Trust, TrustMode, Verified, ask as ask_library,
    inspect as inspect_library, verify as verify_library,
};
pub use lineage::Link;
pub use options::{Libraries, Options, SystemRandom};
pub use plan::{InstanceKey, Kind};
pub use registry::{Registry, RegistryError};
pub use runtime::Runtime;
pub use snapshot::{Element, Instance, Snapshot, State};
pub use status::{Mode, Status, Troubled, Watching};
pub use ty::{BuildObject, Code, Method, Type};
pub use watch::{Marks, Watch};
