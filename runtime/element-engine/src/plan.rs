//! What should be in service: what `resolve` gives and `build` takes. Plain data.
use crate::{Diagnostic, Document, Type};
use element::{AppId, FullName};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, sync::Arc};

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

/// One app's layer.
#[derive(Debug, Clone)]
pub(crate) struct PlannedApp {
    /// Its id.
    pub(crate) id: AppId,
    /// For people.
    pub(crate) title: String,
    /// As `app.json` says.
    pub(crate) version: String,
    /// Its folder.
    pub(crate) folder: Arc<str>,
    /// What it defines.
    pub(crate) elements: Vec<Planned>,
}

/// What should be in service.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The apps, in the order of folders.
    pub(crate) apps: Vec<PlannedApp>,
    /// The built-in app's layer.
    pub(crate) built_in: Vec<Planned>,
    /// Ids that several folders claim.
    pub(crate) disputed: BTreeSet<AppId>,
    /// Folders that could not be looked at: what was in them stays.
    pub(crate) unseen: Vec<Arc<str>>,
    /// Everything that is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
}
