//! What a reload changed, for whoever wants to know.
use crate::Diagnostic;
use element::{AppId, FullName};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One change of what is in service, all of it at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    /// Of the snapshot that it made.
    pub generation: u64,
    /// When it was in service, in milliseconds since 1970.
    pub at: i64,
    /// How long after the first sign of it, in milliseconds.
    pub ms: u64,
    /// How much of that was work and not waiting, in microseconds.
    pub work_us: u64,
    /// What changed, in the order of apps and full names.
    pub changes: Vec<Change>,
    /// What is wrong in folders where something else was wrong before, or nothing.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of one element, or of an app.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The app.
    pub app: AppId,
    /// The element's full name; `None`: it is about the app itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<FullName>,
    /// What happened.
    pub what: What,
    /// The generation that answers now, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<u64>,
}

/// What happened to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// It is new, and in service.
    Added,
    /// It was edited, and the edit is live.
    Edited,
    /// It had mistakes, and is in service again.
    Healed,
    /// It was edited and has mistakes; what was good before still answers.
    Stale,
    /// It has mistakes, and there is nothing good.
    Broken,
    /// It was taken away.
    Removed,
}

impl What {
    /// Whether files have mistakes.
    #[must_use]
    pub const fn is_rejected(self) -> bool {
        matches!(self, Self::Stale | Self::Broken)
    }
}

/// `acme.demo greeters.Hi is stale, generation 3 serves`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.app)?;
        if let Some(element) = &self.element {
            write!(f, " {element}")?;
        }
        match (self.what, self.serves) {
            (What::Added, _) => f.write_str(" is added"),
            (What::Edited, _) => f.write_str(" is edited"),
            (What::Healed, _) => f.write_str(" is in service again"),
            (What::Stale, Some(serves)) => write!(f, " is stale: generation {serves} still serves"),
            (What::Stale, None) => f.write_str(" is stale"),
            (What::Broken, _) => f.write_str(" is broken and does not serve"),
            (What::Removed, _) => f.write_str(" is removed"),
        }
    }
}
