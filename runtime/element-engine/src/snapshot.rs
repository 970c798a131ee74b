//! What is in service: immutable, shared by all calls, replaced as a whole.
use crate::{
    App, Diagnostic, Document, Kind, Link, Method, Modifier, Type, app::Layer, functions::Functions, plan::InstanceKey,
};
use element::{Access, FullName, host::Object};
use rpds::{HashTrieMapSync, RedBlackTreeMapSync, RedBlackTreeSetSync};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

/// A map that shares with the one before it whatever did not change.
pub(crate) type Shared<V> = HashTrieMapSync<Box<str>, V, foldhash::fast::RandomState>;

/// The same for a set, in order.
pub(crate) type SharedSet<T> = RedBlackTreeSetSync<T>;

/// Everything in service at one time. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// 0 is the empty one; each change makes one more.
    pub generation: u64,
    pub(crate) apps: Shared<Arc<App>>,
    pub(crate) built_in: Arc<Layer>,
    /// What is wrong in each folder; and with an element that is something else in the view of an app than where it is
    /// defined, under `<folder of the app>//<folder of the element>`.
    pub(crate) mistakes: RedBlackTreeMapSync<Arc<str>, Arc<[Diagnostic]>>,
}

impl Snapshot {
    /// The app with this id.
    #[must_use]
    pub fn app(&self, id: &str) -> Option<&Arc<App>> {
        self.apps.get(id)
    }

    /// What is wrong with the files, in the order of files.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.mistakes.values().flat_map(|it| it.iter()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// What is wrong in one folder.
    pub(crate) fn mistakes_in(&self, folder: &str) -> &[Diagnostic] {
        self.mistakes.get(folder).map_or(&[], |it| it)
    }

    /// Every object that some app holds, each once, in no order: what elements answer with, and what those stand in the place
    /// of. An app that is kept as it was holds what it inherits, wherever that is gone.
    #[must_use]
    pub fn instances(&self) -> Vec<&Arc<Instance>> {
        let layers = self.apps.values().flat_map(|it| it.every_layer()).chain([&*self.built_in]);
        let all = layers.flat_map(Layer::elements).filter_map(|it| it.instance()).flat_map(Instance::all);
        let by_address: HashMap<_, _> = all.map(|it| (Arc::as_ptr(it), it)).collect();
        by_address.into_values().collect()
    }

    /// What code registers and every app sees, in the order of full names.
    #[must_use]
    pub fn built_in(&self) -> Vec<&Arc<Element>> {
        self.built_in.in_order()
    }

    /// All apps, in the order of ids.
    #[must_use]
    pub fn apps(&self) -> Vec<&Arc<App>> {
        let mut apps: Vec<_> = self.apps.values().collect();
        apps.sort_by(|a, b| a.id.cmp(&b.id));
        apps
    }
}

/// One element as it is in service, or not.
#[derive(Debug, Clone)]
pub struct Element {
    /// Its full name.
    pub full_name: FullName,
    /// For people.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// Its folder, relative to the apps root; `None`: code registers it.
    pub folder: Option<Arc<str>>,
    /// Who else may have it.
    pub modifier: Modifier,
    /// It stands where it may not: nobody sees it.
    pub refused: bool,
    /// The code in the end, if it is made of any.
    pub ty: Option<Arc<Type>>,
    /// Its Type, the Types that one is derived from, and the Meta, nearest first.
    pub links: Arc<[Link]>,
    /// Its `e.json`.
    pub declaration: Option<Document>,
    /// The config beside it.
    pub config: Option<Document>,
    /// What is said about its methods.
    pub(crate) functions: Option<Arc<Functions>>,
    /// Whether it answers.
    pub state: State,
    /// Since when it is so, in milliseconds since 1970.
    pub since: i64,
}

/// Whether an element answers.
#[derive(Debug, Clone)]
pub enum State {
    /// It is a Meta or a Type: there is nothing to call.
    Declared,
    /// It answers.
    InService(Arc<Instance>),
    /// Its files have mistakes; what was good before still answers.
    Stale(Arc<Instance>),
    /// Its files have mistakes, and there is nothing good.
    Broken,
}

impl State {
    /// One word for people and programs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::InService(_) => "in service",
            Self::Stale(_) => "stale",
            Self::Broken => "broken",
        }
    }
}

impl Element {
    /// Its Type, the Types that one is derived from, and the Meta, nearest first.
    pub fn chain(&self) -> impl Iterator<Item = &FullName> {
        self.links.iter().map(|it| &it.full_name)
    }

    /// Whether it is an Instance in service of this Type, of one that is derived from it, or of this family.
    pub(crate) fn is_made_of(&self, type_or_meta: &str) -> bool {
        self.kind == Kind::Instance && self.instance().is_some() && self.chain().any(|it| it.as_str() == type_or_meta)
    }

    /// The files that it is made of, relative to the apps root: its own, then those of its chain.
    pub fn files(&self) -> impl Iterator<Item = &Arc<str>> {
        let own = self.declaration.iter().chain(&self.config);
        own.chain(self.links.iter().flat_map(|it| it.declaration.iter().chain(&it.config))).map(|it| &it.path)
    }

    /// Who may call a method, whatever its Type says: an app may let fewer callers in.
    #[must_use]
    pub fn access(&self, method: &Method) -> Access {
        self.functions.as_ref().and_then(|it| it.get(method.number)).map_or(method.access, |it| it.access)
    }

    /// Whether an app sees it, one that inherits it or the one that defines it.
    pub(crate) const fn is_seen(&self, inherited: bool) -> bool {
        !(self.refused || inherited && matches!(self.modifier, Modifier::Private))
    }

    /// Whether both are the same for whoever uses them.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let states = match (&self.state, &other.state) {
            (State::Broken, State::Broken) => true,
            // What a Type says is its files, and those of the Types that it is derived from.
            (State::Declared, State::Declared) => self.says(other),
            (State::InService(a), State::InService(b)) | (State::Stale(a), State::Stale(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        let of = |it: &Self| (it.kind, it.modifier, it.refused, it.folder.clone(), it.functions.clone());
        states
            && of(self) == of(other)
            && self.title == other.title
            && self.chain().eq(other.chain())
            && self.files().eq(other.files())
    }

    /// Whether the files of both say the same, and the code is the same.
    pub(crate) fn says(&self, other: &Self) -> bool {
        let code = |it: &Self| it.ty.as_ref().map(|it| (Arc::clone(&it.identity), it.library.clone()));
        (&self.declaration, &self.config, &self.links) == (&other.declaration, &other.config, &other.links)
            && code(self) == code(other)
    }

    /// What answers, if anything does.
    #[must_use]
    pub const fn instance(&self) -> Option<&Arc<Instance>> {
        match &self.state {
            State::InService(it) | State::Stale(it) => Some(it),
            State::Declared | State::Broken => None,
        }
    }
}

/// An object in service. A call holds it, so a reload never disturbs a call.
pub struct Instance {
    /// Its identity.
    pub key: InstanceKey,
    /// What it is made of.
    pub ty: Arc<Type>,
    /// The snapshot that it came with.
    pub generation: u64,
    pub(crate) object: Arc<dyn Object>,
    /// The same Instance of the Type that its own stands in the place of, for that one to call.
    pub(crate) overridden: Option<Arc<Self>>,
    /// Somebody sees to it that it stops.
    pub(crate) draining: AtomicBool,
    /// The element's `stop` hook, if it has one: when the last holder lets go, and no later than the drain's end.
    pub(crate) stop: Option<Once>,
}

impl Instance {
    /// Whether it was told to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(Once::is_over)
    }

    /// Itself, and all that it stands in the place of.
    pub(crate) fn all(self: &Arc<Self>) -> impl Iterator<Item = &Arc<Self>> {
        std::iter::successors(Some(self), |it| it.overridden.as_ref())
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("full_name", &self.key.full_name)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Runs once: when it is told to, and at the latest when it is dropped.
pub(crate) struct Once(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Once {
    pub(crate) fn new(run: impl FnOnce() + Send + 'static) -> Self {
        Self(Mutex::new(Some(Box::new(run))))
    }

    /// Whether it ran.
    pub(crate) fn is_over(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Runs it, unless it ran.
    pub(crate) fn run(&self) {
        let run = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(run) = run {
            run();
        }
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        self.run();
    }
}
