//! What a full name means in an app's view.
//!
//! A **layer** is what one app defines, a **view** the layers that an app sees, nearest first: its own, those of the apps
//! that it builds on, then the built-in app with everything that code registers.
use crate::{
    Diagnostic, Document, Kind, Modifier, Registry, Type,
    ancestry::Line,
    declare::Declaration,
    index::Index,
    key::{Key, any_name, key_of_name},
    library::OfApps,
    lineage::Lineage,
    tree::{ElementFiles, Tree, inside},
};
use element::{AppId, FullName, def::Role};
use hashbrown::HashMap;
use std::{cell::RefCell, sync::Arc};

/// What a full name means in a view.
#[derive(Clone)]
pub(crate) enum Meaning {
    Meta(Option<Declared>),
    Type(Arc<Lineage>),
    Other(Kind),
}

/// A Meta that an app declares.
#[derive(Clone)]
pub(crate) struct Declared {
    pub(crate) app: AppId,
    pub(crate) document: Document,
    pub(crate) declaration: Declaration,
}

/// Why a full name means nothing.
#[derive(Clone)]
pub(crate) enum Unclear {
    Missing,
    Broken,
    /// It cannot be looked at, which is told where it stands.
    Hidden,
    NoCode,
    Cycle(Vec<FullName>),
    TooLong,
}

/// More Types that are derived from each other are a mistake, and following them all would take ever longer.
pub(crate) const LONGEST: usize = 32;
/// Longer ways are not followed even to find out what is at their end.
const FOLLOWED: usize = 256;

/// The place of a layer in a view: 0 is the app's own.
pub(crate) type Layer = usize;

/// An element that an app in the view defines.
#[derive(Clone, Copy)]
pub(crate) struct Defined<'t> {
    pub(crate) layer: Layer,
    pub(crate) folder: &'t Arc<str>,
    pub(crate) files: &'t ElementFiles,
    /// Another one of its name but for upper and lower case stands beside it.
    pub(crate) has_rivals: bool,
    /// It cannot be looked at now: it is what it was, and nobody can say what it means.
    pub(crate) is_hidden: bool,
}

impl Defined<'_> {
    /// `None`: nobody can say.
    pub(crate) fn modifier(&self) -> Option<Modifier> {
        self.files.declaration.as_ref().map(|it| it.modifier)
    }
}

/// The code that there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offered<'t> {
    /// What every app sees.
    pub(crate) registry: &'t Registry,
    /// What apps bring themselves.
    pub(crate) of_apps: &'t OfApps,
}

impl<'t> Offered<'t> {
    /// The code of a Type that an app defines: of the library in its folder, or what code registers under its name.
    pub(crate) fn of(self, it: &Defined<'t>) -> Result<Option<&'t Arc<Type>>, &'t Diagnostic> {
        match self.of_apps.get(it.folder) {
            Some(its) => its.map(Some),
            None => Ok(self.registry.ty(it.files.full_name.as_str()).filter(|it| it.info.role == Role::Type)),
        }
    }
}

/// The layers that an app sees.
pub(crate) struct View<'t> {
    pub(crate) line: &'t Line,
    pub(crate) tree: &'t Tree,
    pub(crate) index: &'t Index,
    pub(crate) code: Offered<'t>,
    /// What was asked for since somebody looked: when one of these changes, the answer may be another.
    pub(crate) asked: RefCell<Vec<Key>>,
    /// Many elements are of one Type: what was found out, and what was asked for it.
    pub(crate) known: RefCell<HashMap<(Layer, FullName), Known>>,
}

type Known = (Result<Meaning, Unclear>, Vec<Key>);

impl<'t> View<'t> {
    pub(crate) fn new(line: &'t Line, tree: &'t Tree, index: &'t Index, code: Offered<'t>) -> Self {
        Self { line, tree, index, code, asked: RefCell::default(), known: RefCell::default() }
    }

    /// Whose view it is.
    pub(crate) fn folder(&self) -> &'t Arc<str> {
        &self.line[0].folder
    }

    /// Somebody wants to know what this name means.
    pub(crate) fn ask(&self, name: &FullName) {
        self.asked.borrow_mut().push(key_of_name(self.folder(), name));
    }

    /// The element of this name that one layer defines.
    pub(crate) fn defined(&self, layer: Layer, name: &FullName) -> Option<Defined<'t>> {
        let folder = inside(&self.line.get(layer)?.folder, &name.as_str().replace('.', "/"));
        let (folder, it) = self.tree.entry(&folder)?;
        let has_rivals = !self.rivals(folder).is_empty();
        Some(Defined { layer, folder, files: it.known()?, has_rivals, is_hidden: it.element().is_none() })
    }

    /// Other folders of the same name but for upper and lower case. One that is not there just now is no rival of one that
    /// is.
    pub(crate) fn rivals(&self, folder: &str) -> Vec<&'t Arc<str>> {
        let missing = |it: &str| self.tree.get(it).is_some_and(|it| it.missing);
        let is_there = |it: &str| self.tree.get(it).is_some_and(|it| it.element().is_some());
        let same = self.index.same_name(folder).iter().filter(|it| ***it != *folder && is_there(it));
        same.filter(|it| !missing(it) || missing(folder)).collect()
    }

    /// Definitions of this name that a layer can see, from `first` on, the nearest first: what is private is its own app's.
    pub(crate) fn definitions(&self, name: &FullName, first: Layer) -> Vec<Defined<'t>> {
        let all = (first..self.line.len()).filter_map(|layer| self.defined(layer, name));
        all.filter(|it| it.layer == 0 || it.modifier() != Some(Modifier::Private)).collect()
    }

    /// The one of these that counts: the nearest, unless a farther one may not be overridden.
    pub(crate) fn counts(definitions: &[Defined<'t>]) -> Option<Defined<'t>> {
        let protected = definitions.iter().rev().find(|it| it.modifier() == Some(Modifier::Protected));
        protected.or(definitions.first()).copied()
    }

    /// The element of this name that the app sees.
    pub(crate) fn seen(&self, name: &FullName) -> Option<Defined<'t>> {
        Self::counts(&self.definitions(name, 0))
    }

    /// What a name means that the element `by` of this layer mentions. An element that mentions its own name means the one
    /// that it overrides.
    fn mentioned(&self, name: &FullName, layer: Layer, by: &FullName) -> Option<Defined<'t>> {
        if name == by {
            return Self::counts(&self.definitions(name, layer + 1));
        }
        // What is private to an app is what its own elements mean.
        let own = self.defined(layer, name).filter(|it| it.modifier() == Some(Modifier::Private));
        own.or_else(|| self.seen(name))
    }

    /// Full names that the app's view has.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'t str> {
        self.asked.borrow_mut().push(any_name(self.folder()));
        let folders = self.line.iter().flat_map(|it| self.tree.all_in(&it.folder));
        folders.filter_map(|(_, it)| Some(it.element()?.full_name.as_str()))
    }

    /// What a name means that the element `by` of a layer mentions. `path` holds the names that led here.
    pub(crate) fn meaning(
        &self,
        name: &FullName,
        layer: Layer,
        by: &FullName,
        path: &mut Vec<(Layer, FullName)>,
    ) -> Result<Meaning, Unclear> {
        self.ask(name);
        let found = self.mentioned(name, layer, by);
        let Some(found) = found else {
            // Nothing is below what code registers.
            let cycle = name == by
                && self.code.registry.ty(name.as_str()).is_none()
                && self.code.registry.meta(name.as_str()).is_none();
            return if cycle { Err(Unclear::Cycle(vec![by.clone(), name.clone()])) } else { self.built_in(name) };
        };
        if found.is_hidden {
            // Without it another one would count: that is no reason to take that one.
            let others = self.definitions(name, 0);
            let is_other = |it: &Defined<'_>| !it.is_hidden && (name != by || it.layer > layer);
            let instead = others.iter().any(is_other) || self.built_in(name).is_ok();
            return Err(if instead { Unclear::Hidden } else { Unclear::Missing });
        }
        let step = (found.layer, name.clone());
        if path.contains(&step) {
            let names = path.iter().map(|(_, it)| it).chain([name]);
            return Err(Unclear::Cycle(names.cloned().collect()));
        }
        if path.len() > FOLLOWED {
            return Err(Unclear::TooLong);
        }
        if let Some((meaning, asked)) = self.known.borrow().get(&step) {
            self.asked.borrow_mut().extend(asked.iter().cloned());
            return meaning.clone();
        }
        let before = self.asked.take();
        path.push(step.clone());
        let meaning = self.lineage(&found, path);
        path.pop();
        let asked = self.asked.replace(before);
        self.asked.borrow_mut().extend(asked.iter().cloned());
        // How a way in a circle is told depends on where it begins.
        if !matches!(meaning, Err(Unclear::Cycle(_))) {
            self.known.borrow_mut().insert(step, (meaning.clone(), asked));
        }
        meaning
    }
}
