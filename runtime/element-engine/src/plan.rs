//! What should be in service: what `resolve` gives and `build` takes. Plain data.
use crate::{Diagnostic, Document, Link, Modifier, Type, ancestry::Line, functions::Functions, lineage::configs};
use element::{AppId, FullName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, sync::Arc};

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    pub ty: Arc<str>,
    /// Hash of the effective config, secrets included, and of what it overrides.
    pub config: [u8; 32],
}

impl InstanceKey {
    /// `overridden`: the one that it stands in the place of and may call.
    pub(crate) fn new(
        app: Option<AppId>,
        full_name: FullName,
        ty: &Type,
        config: &Value,
        overridden: Option<&Self>,
    ) -> Self {
        // Members of a JSON object are kept in the order of keys, so equal configs give equal text.
        let mut hash = Sha256::new_with_prefix(config.to_string());
        if let Some(it) = overridden {
            hash.update([0]);
            hash.update(&*it.ty);
            hash.update(it.config);
        }
        Self { app, full_name, ty: Arc::clone(&ty.identity), config: hash.finalize().into() }
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
    /// Who else may have it; `None`: nobody can say.
    pub(crate) modifier: Option<Modifier>,
    /// It stands where it may not: nobody sees it.
    pub(crate) refused: bool,
    /// The code in the end, if it is an Instance or a Type.
    pub(crate) ty: Option<Arc<Type>>,
    /// Its Type, the Types that one is derived from, and the Meta, nearest first.
    pub(crate) links: Arc<[Link]>,
    /// Its `e.json`.
    pub(crate) declaration: Option<Document>,
    /// The config beside it.
    pub(crate) config: Option<Document>,
    /// What is said about its methods.
    pub(crate) functions: Option<Arc<Functions>>,
    /// What is to be done.
    pub(crate) todo: Todo,
    /// What is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Planned {
    /// The files that it is made of: `e.json`, its config, then the configs of the Types that it is derived from.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        let own = self.declaration.iter().chain(&self.config);
        own.chain(configs(&self.links))
    }
}

/// What is to be done with an element.
#[derive(Debug, Clone)]
pub(crate) enum Todo {
    /// Nothing: it is a Meta or a Type.
    Declare,
    /// Build it, unless there is one with this key.
    Build(Make),
    /// Leave it out of service: there are diagnostics.
    Withhold,
}

/// What an Instance is made of.
#[derive(Debug, Clone)]
pub(crate) struct Make {
    pub(crate) ty: Arc<Type>,
    pub(crate) config: Value,
    pub(crate) key: InstanceKey,
    /// The same Instance of the Type that its Type stands in the place of, and calls.
    pub(crate) overridden: Option<Box<Self>>,
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
    /// What becomes of elements that it inherits and that are something else here than where they are defined.
    pub(crate) adapted: Vec<Step>,
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
        /// What it is built on, itself first.
        line: Line,
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
    /// It stays as it was, stale: its files cannot be looked at. If it was not there, it is out of service.
    Keep(FullName, Option<Box<Planned>>),
    /// It is gone.
    Gone(FullName),
}

impl Step {
    pub(crate) const fn name(&self) -> &FullName {
        match self {
            Self::Plan(it) => &it.full_name,
            Self::Keep(name, _) | Self::Gone(name) => name,
        }
    }

    pub(crate) const fn planned(&self) -> Option<&Planned> {
        match self {
            Self::Plan(it) => Some(it),
            Self::Keep(..) | Self::Gone(_) => None,
        }
    }
}

/// What should be in service from now on.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The apps that change, in the order of ids.
    pub(crate) apps: Vec<PlannedApp>,
    /// Apps that see one of these and stay as they are themselves.
    pub(crate) children: BTreeSet<AppId>,
    /// The built-in app's layer, if it has to be made.
    pub(crate) built_in: Option<Vec<Planned>>,
    /// What is wrong with folders, beside what is wrong with elements that are planned: this, and nothing else.
    pub(crate) notes: Vec<(Arc<str>, Vec<Diagnostic>)>,
}
