//! What is in service: immutable, shared by all calls, replaced as a whole.
use crate::{Diagnostic, Kind, Type, plan::InstanceKey};
use element::{AppId, FullName, host::Object};
use rpds::{HashTrieMapSync, RedBlackTreeMapSync, RedBlackTreeSetSync};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A map that shares with the one before it whatever did not change.
pub(crate) type Shared<V> = HashTrieMapSync<Box<str>, V, foldhash::fast::RandomState>;

/// Everything in service at one time. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// 0 is the empty one; each change makes one more.
    pub generation: u64,
    pub(crate) apps: Shared<Arc<App>>,
    pub(crate) built_in: Arc<Layer>,
    /// What is wrong in each folder.
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

/// One app: its view, the layers it sees, nearest first.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// For people.
    pub title: String,
    /// As `app.json` says.
    pub version: String,
    /// Its folder, relative to the apps root.
    pub folder: Arc<str>,
    pub(crate) layers: Vec<Arc<Layer>>,
}

impl App {
    /// What this full name means in the app's view.
    #[must_use]
    pub fn element(&self, full_name: &str) -> Option<&Arc<Element>> {
        self.layers.iter().find_map(|layer| layer.elements.get(full_name))
    }

    /// What the app itself defines, in the order of full names.
    #[must_use]
    pub fn own_elements(&self) -> Vec<&Arc<Element>> {
        self.layers.first().map(|it| it.in_order()).unwrap_or_default()
    }

    /// Every element of the view, in the order of full names.
    #[must_use]
    pub fn elements(&self) -> Vec<&Arc<Element>> {
        let mut all = BTreeMap::new();
        for layer in self.layers.iter().rev() {
            all.extend(layer.elements.iter());
        }
        all.into_values().collect()
    }

    /// Every element of every layer, overridden ones too.
    pub(crate) fn elements_in_any_order(&self) -> impl Iterator<Item = &Arc<Element>> {
        self.layers.iter().flat_map(|layer| layer.elements.values())
    }

    /// Full names of the Instances in service that have `ancestor`, a Type or a Meta, in their chain.
    #[must_use]
    pub fn find(&self, ancestor: &str) -> Vec<&FullName> {
        let found = self.layers.iter().filter_map(|layer| layer.by_ancestor.get(ancestor)).flat_map(|it| it.iter());
        // A name that a nearer layer has as well is that one's business.
        let seen = found.filter(|name| {
            self.element(name.as_str()).is_some_and(|it| it.kind == Kind::Instance && it.instance().is_some())
        });
        let mut names: Vec<_> = seen.collect();
        names.sort();
        names.dedup();
        names
    }
}

/// What one app defines. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    pub(crate) elements: Shared<Arc<Element>>,
    /// Type, derived Type or Meta → the Instances that have it in their chain.
    by_ancestor: Shared<RedBlackTreeSetSync<FullName>>,
}

impl Layer {
    fn in_order(&self) -> Vec<&Arc<Element>> {
        let mut elements: Vec<_> = self.elements.values().collect();
        elements.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        elements
    }

    pub(crate) fn get(&self, full_name: &str) -> Option<&Arc<Element>> {
        self.elements.get(full_name)
    }

    /// Puts an element in the place of the one with its name.
    pub(crate) fn put(&mut self, element: Arc<Element>) {
        let before = self.elements.get(element.full_name.as_str()).cloned();
        if before.as_ref().is_none_or(|it| (it.kind, &it.chain) != (element.kind, &element.chain)) {
            before.iter().for_each(|it| self.leave_ancestors(it));
            for ancestor in ancestors(&element) {
                let mut all = self.by_ancestor.get(ancestor.as_str()).cloned().unwrap_or_default();
                all.insert_mut(element.full_name.clone());
                self.by_ancestor.insert_mut(ancestor.as_str().into(), all);
            }
        }
        self.elements.insert_mut(element.full_name.as_str().into(), element);
    }

    pub(crate) fn remove(&mut self, full_name: &str) {
        if let Some(before) = self.elements.get(full_name).cloned() {
            self.leave_ancestors(&before);
            self.elements.remove_mut(full_name);
        }
    }

    fn leave_ancestors(&mut self, element: &Element) {
        for ancestor in ancestors(element) {
            let Some(mut all) = self.by_ancestor.get(ancestor.as_str()).cloned() else { continue };
            all.remove_mut(&element.full_name);
            if all.is_empty() {
                self.by_ancestor.remove_mut(ancestor.as_str());
            } else {
                self.by_ancestor.insert_mut(ancestor.as_str().into(), all);
            }
        }
    }
}

fn ancestors(element: &Element) -> impl Iterator<Item = &FullName> {
    let is_instance = element.kind == Kind::Instance;
    element.chain.iter().filter(move |_| is_instance)
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
    /// Its Type, the Types that one is derived from, and the Meta, nearest first.
    pub chain: Vec<FullName>,
    /// The files that it is made of, relative to the apps root.
    pub files: Vec<Arc<str>>,
    /// A hash of what a Type's files say; 0 for everything else.
    pub(crate) declares: u64,
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
    /// Whether both are the same but for the time.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let states = match (&self.state, &other.state) {
            (State::Declared, State::Declared) | (State::Broken, State::Broken) => true,
            (State::InService(a), State::InService(b)) | (State::Stale(a), State::Stale(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        let of = |it: &Self| (it.kind, it.declares, it.folder.clone());
        states
            && of(self) == of(other)
            && (&self.title, &self.chain, &self.files) == (&other.title, &other.chain, &other.files)
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
    /// The element's `stop` hook, if it has one: when the last holder lets go, and no later than the drain's end.
    pub(crate) stop: Option<Once>,
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
