//! One app in service: what it sees, layer by layer.
use crate::{
    Element, Kind,
    snapshot::{Shared, SharedSet},
};
use element::{AppId, FullName};
use std::{collections::BTreeMap, sync::Arc};

/// One app: its view, the layers that it sees, nearest first.
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
    /// Itself, then the apps that it is built on.
    pub(crate) line: Vec<Arc<Layers>>,
    pub(crate) built_in: Arc<Layer>,
    /// Nobody can say what it is now, so it stays as it was, whatever becomes of the apps that it is built on.
    pub(crate) is_kept: bool,
}

/// What one app brings into the views of those that see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    /// `None`: it is not there yet.
    pub(crate) app: Option<AppId>,
    pub(crate) version: String,
    /// What it defines.
    pub(crate) own: Layer,
    /// What it inherits and makes something else of, because it has other Types.
    pub(crate) adapted: Layer,
}

impl App {
    /// Ids of the apps that it is built on, in the order in which it sees them: itself first.
    pub fn line(&self) -> impl Iterator<Item = &AppId> {
        self.line.iter().filter_map(|it| it.app.as_ref())
    }

    /// Every layer of the view, nearest first, each with how elements reach it.
    fn layers(&self) -> impl Iterator<Item = (&Layer, bool)> {
        let defined = self.line.iter().enumerate().flat_map(|(i, it)| [(&it.own, i > 0), (&it.adapted, i > 0)]);
        defined.chain([(&*self.built_in, false)])
    }

    pub(crate) fn every_layer(&self) -> impl Iterator<Item = &Layer> {
        self.layers().map(|(layer, _)| layer)
    }

    /// What this full name means in the app's view.
    #[must_use]
    pub fn element(&self, full_name: &str) -> Option<&Arc<Element>> {
        self.layers().find_map(|(layer, inherited)| layer.elements.get(full_name).filter(|it| it.is_seen(inherited)))
    }

    /// Which app of the view defines an element of it; `None`: code registers it.
    #[must_use]
    pub fn owner(&self, of: &Element) -> Option<&AppId> {
        let defines = |it: &Layers| it.own.get(of.full_name.as_str()).is_some_and(|own| own.folder == of.folder);
        self.line.iter().find(|it| defines(it))?.app.as_ref()
    }

    /// What the app itself defines, in the order of full names.
    #[must_use]
    pub fn own_elements(&self) -> Vec<&Arc<Element>> {
        self.line.first().map(|it| it.own.in_order()).unwrap_or_default()
    }

    /// What the app inherits and makes something else of, because it has other Types, in the order of full names.
    #[must_use]
    pub fn adapted_elements(&self) -> Vec<&Arc<Element>> {
        self.line.first().map(|it| it.adapted.in_order()).unwrap_or_default()
    }

    /// Every element of the view, in the order of full names.
    #[must_use]
    pub fn elements(&self) -> Vec<&Arc<Element>> {
        let mut all = BTreeMap::new();
        for (layer, inherited) in self.layers() {
            for (name, it) in layer.elements.iter().filter(|(_, it)| it.is_seen(inherited)) {
                all.entry(name).or_insert(it);
            }
        }
        all.into_values().collect()
    }

    /// Every element of every layer, overridden ones too.
    pub(crate) fn elements_in_any_order(&self) -> impl Iterator<Item = &Arc<Element>> {
        self.layers().flat_map(|(layer, inherited)| layer.elements.values().filter(move |it| it.is_seen(inherited)))
    }

    /// The elements of the view that answer and have a method of this name, whatever they are made of, in the order of full
    /// names.
    #[must_use]
    pub fn offering(&self, method: &str) -> Vec<&Arc<Element>> {
        let offers = |it: &&Arc<Element>| it.instance().is_some_and(|it| it.ty.method(method).is_some());
        let seen = |it: &&Arc<Element>| self.element(it.full_name.as_str()).is_some_and(|seen| Arc::ptr_eq(seen, it));
        let mut found: Vec<_> = self.elements_in_any_order().filter(offers).filter(seen).collect();
        found.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        found
    }

    /// Full names of the Instances in service that have `ancestor`, a Type or a Meta, in their chain.
    #[must_use]
    pub fn find(&self, ancestor: &str) -> Vec<&FullName> {
        let found = self.layers().filter_map(|(layer, _)| layer.by_ancestor.get(ancestor)).flat_map(|it| it.iter());
        // A name that a nearer layer has as well is that one's business.
        let seen = found.filter(|name| self.element(name.as_str()).is_some_and(|it| it.is_made_of(ancestor)));
        let mut names: Vec<_> = seen.collect();
        names.sort();
        names.dedup();
        names
    }
}

/// Elements by their full names. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    elements: Shared<Arc<Element>>,
    /// Type, derived Type or Meta → the Instances that have it in their chain.
    by_ancestor: Shared<SharedSet<FullName>>,
}

impl Layer {
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Arc<Element>> {
        self.elements.values()
    }

    /// Only the elements with these names, and all below them.
    pub(crate) fn only(&self, tops: &[String]) -> Self {
        let below = |name: &str, top: &str| name.strip_prefix(top).is_some_and(|it| it.is_empty() || it.starts_with('.'));
        let mut layer = Self::default();
        if !tops.is_empty() {
            let kept = self.elements().filter(|it| tops.iter().any(|top| below(it.full_name.as_str(), top)));
            kept.for_each(|it| layer.put(Arc::clone(it)));
        }
        layer
    }

    /// The same elements, each as it becomes.
    pub(crate) fn map(&self, becomes: impl Fn(&Arc<Element>) -> Arc<Element>) -> Self {
        let mut layer = self.clone();
        self.elements().for_each(|it| layer.put(becomes(it)));
        layer
    }

    pub(crate) fn in_order(&self) -> Vec<&Arc<Element>> {
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
        if before.as_ref().is_none_or(|it| it.kind != element.kind || !it.chain().eq(element.chain())) {
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
    element.chain().filter(move |_| is_instance)
}
