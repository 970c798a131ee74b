//! What is in service: immutable, shared by all calls, replaced as a whole.
use crate::{Diagnostic, Kind, Type, plan::InstanceKey, registry::Map};
use element::{AppId, FullName, host::Object};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Everything in service at one time.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// 0 is the empty one; each reload makes one more.
    pub generation: u64,
    pub(crate) apps: Map<Arc<App>>,
    pub(crate) built_in: Arc<Layer>,
    /// What is wrong with the files, in the order of files.
    pub diagnostics: Vec<Diagnostic>,
}

impl Snapshot {
    /// The app with this id.
    #[must_use]
    pub fn app(&self, id: &str) -> Option<&Arc<App>> {
        self.apps.get(id)
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
        let found = self.layers.iter().filter_map(|layer| layer.dependents.by_ancestor.get(ancestor)).flatten();
        // A name that a nearer layer has as well is that one's business.
        let seen = found.filter(|name| {
            self.element(name.as_str()).is_some_and(|it| it.kind == Kind::Instance && it.instance().is_some())
        });
        let mut names: Vec<_> = seen.collect();
        names.sort();
        names.dedup();
        names
    }

    /// Full names of the elements of this app that are made of this file: what an edit of it touches.
    #[must_use]
    pub fn made_of(&self, file: &str) -> &[FullName] {
        self.layers.first().and_then(|layer| layer.dependents.by_file.get(file)).map_or(&[], Vec::as_slice)
    }
}

/// What one app defines.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    pub(crate) elements: Map<Arc<Element>>,
    pub(crate) dependents: Dependents,
}

impl Layer {
    fn in_order(&self) -> Vec<&Arc<Element>> {
        let mut elements: Vec<_> = self.elements.values().collect();
        elements.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        elements
    }

    pub(crate) fn add(&mut self, element: Element) {
        let name = &element.full_name;
        if element.kind == Kind::Instance {
            for ancestor in &element.chain {
                self.dependents.by_ancestor.entry(ancestor.as_str().into()).or_default().push(name.clone());
            }
        }
        for file in &element.files {
            self.dependents.by_file.entry((**file).into()).or_default().push(name.clone());
        }
        self.elements.insert(name.as_str().into(), Arc::new(element));
    }

    /// Keeps, as stale, the elements of `before` whose folders could not be looked at. An empty name is the root's.
    pub(crate) fn keep_unseen(&mut self, before: &App, unseen: &[Arc<str>]) {
        let Some(layer) = before.layers.first().filter(|_| !unseen.is_empty()) else { return };
        let is_below = |folder: &str, top: &str| {
            top.is_empty() || folder.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for element in layer.elements.values() {
            let lost = element.folder.as_deref().is_some_and(|folder| unseen.iter().any(|top| is_below(folder, top)));
            if lost && !self.elements.contains_key(element.full_name.as_str()) {
                let state = match &element.state {
                    State::InService(it) => State::Stale(Arc::clone(it)),
                    other => other.clone(),
                };
                self.add(Element { state, ..Element::clone(element) });
            }
        }
    }
}

/// Who depends on what, so that a change touches only what depends on it.
#[derive(Debug, Default)]
pub(crate) struct Dependents {
    /// Type, derived Type or Meta → the elements that have it in their chain.
    pub(crate) by_ancestor: Map<Vec<FullName>>,
    /// File → the elements that are made of it.
    pub(crate) by_file: Map<Vec<FullName>>,
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
    /// Whether it answers.
    pub state: State,
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
    /// Runs when the last holder lets go: the element's `stop` hook, if it has one.
    pub(crate) _stop: Option<OnDrop>,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("full_name", &self.key.full_name)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Runs once, when it is dropped.
pub(crate) struct OnDrop(Option<Box<dyn FnOnce() + Send + Sync>>);

impl OnDrop {
    pub(crate) fn new(run: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(run)))
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run();
        }
    }
}
