//! What should be in service: what `resolve` gives and `build` takes. Plain data.
use crate::{Diagnostic, Document, Type};
use element::{AppId, FullName};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The contract of a family.
    Meta,
    /// An implementation of a Meta.
    Type,
    /// A Type with defaults of an app's own.
    DerivedType,
    /// A Type with its config.
    Instance,
    /// Code without a config.
    Service,
    /// Records seen as an element.
    Model,
    /// Its files do not say.
    Unknown,
}

impl Kind {
    /// A word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Meta => "Meta",
            Self::Type => "Type",
            Self::DerivedType => "derived Type",
            Self::Instance => "Instance",
            Self::Service => "service",
            Self::Model => "model",
            Self::Unknown => "unknown",
        }
    }
}

/// What makes an Instance this one and no other: the same key is the same object, whoever sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InstanceKey {
    /// The app that defines it; `None`: the built-in app.
    pub app: Option<AppId>,
    /// Its full name.
    pub full_name: FullName,
    /// Which code it is made of.
    pub ty: String,
    /// Hash of the effective config, secrets included.
    pub config: [u8; 32],
}

impl InstanceKey {
    pub(crate) fn new(app: Option<AppId>, full_name: FullName, ty: &Type, config: &Value) -> Self {
        // Members of a JSON object are kept in the order of keys, so equal configs give equal text.
        Self { app, full_name, ty: ty.identity(), config: Sha256::digest(config.to_string()).into() }
    }
}

/// One element, and what is to be done with it.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its full name.
    pub(crate) full_name: FullName,
    /// For people.
    pub(crate) title: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Its folder; `None`: code registers it.
    pub(crate) folder: Option<Arc<str>>,
    /// Its Type, the Types that one is derived from, and the Meta, nearest first.
    pub(crate) chain: Vec<FullName>,
    /// The files that it is made of: `e.json`, its config, then those of the Types that it is derived from.
    pub(crate) documents: Vec<Document>,
    /// What is to be done.
    pub(crate) todo: Todo,
    /// What is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What is to be done with an element.
#[derive(Debug, Clone)]
pub(crate) enum Todo {
    /// Nothing: it is a Meta or a Type.
    Declare,
    /// Build it, unless there is one with this key.
    Build {
        /// Of what.
        ty: Arc<Type>,
        /// With which config.
        config: Value,
        /// Its identity.
        key: InstanceKey,
    },
    /// Leave it out of service: there are diagnostics.
    Withhold,
}

/// What changes in one app.
#[derive(Debug, Clone)]
pub(crate) struct PlannedApp {
    /// Its id.
    pub(crate) id: AppId,
    /// What becomes of it.
    pub(crate) fate: Fate,
    /// What becomes of its elements.
    pub(crate) steps: Vec<Step>,
}

/// What becomes of an app.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It is in service; the steps are all its elements.
    Whole {
        /// For people.
        title: String,
        /// As `app.json` says.
        version: String,
        /// Its folder.
        folder: Arc<str>,
        /// Names of elements that are not believed yet, themselves and all below them: what they were, they are.
        unsure: Vec<String>,
    },
    /// It stays, and some of its elements change.
    Part,
    /// It stays as it was, stale: nobody can say what its files mean.
    Keep,
    /// It is gone.
    Gone,
}

/// What becomes of an element.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// What its files say.
    Plan(Box<Planned>),
    /// It stays as it was, stale: its files cannot be looked at.
    Keep(FullName),
    /// It is gone.
    Gone(FullName),
}

/// What should be in service from now on.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The apps that change, in the order of ids.
    pub(crate) apps: Vec<PlannedApp>,
    /// The built-in app's layer, if it has to be made.
    pub(crate) built_in: Option<Vec<Planned>>,
    /// What is wrong with folders, beside what is wrong with elements that are planned: this, and nothing else.
    pub(crate) notes: Vec<(Arc<str>, Vec<Diagnostic>)>,
}
