//! Callbacks: what WeCom sends to an app or to a template by itself (pages 96238, 90968).
//!
//! A change becomes an event for each app that sees it (`tell`, `event`), what happens to a template's
//! installs becomes `news` for its provider; either is a document in the format of the callback (`document`), and a push in the callback's queue (`queue`), unless something is in the
//! way (`disturb`). From there it is sealed (`crypt`), wrapped (`envelope`) and sent (`send`), and the
//! `log` tells what came back. `verify` and `probe` send past the queue.

mod callback;
mod crypt;
mod disturb;
mod document;
mod envelope;
mod event;
mod log;
mod news;
mod probe;
mod queue;
mod send;
mod tell;
mod verify;

pub use callback::{Callback, PushFormat};
pub use crypt::Opened;
pub use disturb::Disturbance;
pub use log::{PushAttempt, PushEntry, PushOutcome};
pub use probe::{Probe, Probed};

pub(crate) use log::{PushCounts, PushLog};
pub(crate) use news::News;
pub(crate) use queue::Pushes;
pub(crate) use tell::Change;
