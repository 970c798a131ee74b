//! What a full name means in an app's view.
//!
//! A **layer** is what one app defines, a **view** the layers that an app sees, nearest first: its own, then the
//! built-in app with everything that code registers. Parents come between the two.
use crate::{
    Document, Kind, Registry, Type,
    declare::Declaration,
    index::{Index, Key, any_name, key_of_name},
    tree::{Config, ElementFiles, Tree, app_of, inside},
};
use element::{AppId, FullName, def::Role};
use std::{cell::RefCell, sync::Arc};

/// What a full name means in a view.
pub(crate) enum Meaning<'t> {
    Meta,
    Type(Lineage<'t>),
    Other(Kind),
}

/// A Type, the Types it is derived from, and its Meta.
pub(crate) struct Lineage<'t> {
    pub(crate) ty: Arc<Type>,
    /// Nearest first.
    pub(crate) chain: Vec<FullName>,
    /// Configs of the derived Types, nearest first.
    pub(crate) defaults: Vec<&'t Document>,
    /// `e.json` of the derived Types, nearest first.
    pub(crate) declarations: Vec<&'t Document>,
}

/// Why a full name means nothing.
pub(crate) enum Unclear {
    Missing,
    Broken,
    NoCode,
    Cycle(Vec<FullName>),
    TooLong,
}

/// More Types that are derived from each other are a mistake, and following them all would take ever longer.
pub(crate) const LONGEST: usize = 32;

/// The layer of the app in this folder, and the built-in one behind it.
pub(crate) struct View<'t> {
    pub(crate) id: &'t AppId,
    /// The app's folder.
    pub(crate) folder: &'t str,
    pub(crate) tree: &'t Tree,
    pub(crate) index: &'t Index,
    pub(crate) registry: &'t Registry,
    /// What was asked for: when one of these changes, the answer may be another.
    pub(crate) asked: RefCell<Vec<Key>>,
}

impl<'t> View<'t> {
    /// The element with this name that the app itself defines. `Err`: there are several but for upper and lower case.
    fn own(&self, name: &FullName) -> Option<Result<&'t ElementFiles, ()>> {
        let folder = inside(self.folder, &name.as_str().replace('.', "/"));
        let files = self.tree.get(&folder)?.element()?;
        Some(if self.rivals(&folder).is_empty() { Ok(files) } else { Err(()) })
    }

    /// Other folders of the same name but for upper and lower case. One that is not there just now is no rival of one that
    /// is.
    pub(crate) fn rivals(&self, folder: &str) -> Vec<&'t Arc<str>> {
        let missing = |it: &str| self.tree.get(it).is_some_and(|it| it.missing);
        let same = self.index.same_name(folder).iter().filter(|it| ***it != *folder);
        same.filter(|it| !missing(it) || missing(folder)).collect()
    }

    /// Full names that the app itself defines.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'t str> {
        self.asked.borrow_mut().push(any_name(self.folder));
        self.tree.all_in(self.folder).filter_map(|(_, it)| Some(it.element()?.full_name.as_str()))
    }

    /// Follows `type` upwards. `path` holds the names that led here.
    pub(crate) fn meaning(&self, name: &FullName, path: &mut Vec<FullName>) -> Result<Meaning<'t>, Unclear> {
        if path.contains(name) {
            path.push(name.clone());
            return Err(Unclear::Cycle(path.clone()));
        }
        if path.len() > LONGEST {
            return Err(Unclear::TooLong);
        }
        self.asked.borrow_mut().push(key_of_name(app_of(self.folder), name));
        let Some(own) = self.own(name) else { return self.built_in(name) };
        let files = own.map_err(|()| Unclear::Broken)?;
        let document = files.declaration.as_ref().ok_or(Unclear::Broken)?;
        // What is wrong with it is told where it stands.
        let declaration = Declaration::read(document, &mut Vec::new()).map_err(|_| Unclear::Broken)?;
        let Some(ty) = &declaration.ty else {
            return if files.config == Config::Absent { Ok(Meaning::Meta) } else { Err(Unclear::Broken) };
        };
        path.push(name.clone());
        let meaning = self.meaning(ty, path).map_err(|why| match why {
            // It is this one's mistake, and told there; whoever names this one has another.
            Unclear::Missing | Unclear::NoCode => Unclear::Broken,
            other => other,
        });
        match meaning? {
            Meaning::Meta => match self.registry.ty(name.as_str()) {
                Some(code) if code.info.role == Role::Type => Ok(Meaning::Type(Lineage {
                    ty: Arc::clone(code),
                    chain: vec![name.clone(), ty.clone()],
                    defaults: Vec::new(),
                    declarations: Vec::new(),
                })),
                _ => Err(Unclear::NoCode),
            },
            Meaning::Type(mut lineage) if declaration.is_abstract => {
                lineage.chain.insert(0, name.clone());
                lineage.declarations.insert(0, document);
                match &files.config {
                    Config::Document(it) => lineage.defaults.insert(0, it),
                    Config::Absent => {}
                    Config::Broken => return Err(Unclear::Broken),
                }
                Ok(Meaning::Type(lineage))
            }
            Meaning::Type(_) => Ok(Meaning::Other(Kind::Instance)),
            Meaning::Other(_) => Err(Unclear::Broken),
        }
    }

    fn built_in(&self, name: &FullName) -> Result<Meaning<'t>, Unclear> {
        if self.registry.meta(name.as_str()).is_some() {
            return Ok(Meaning::Meta);
        }
        let ty = self.registry.ty(name.as_str()).ok_or(Unclear::Missing)?;
        Ok(match ty.info.role {
            Role::Service => Meaning::Other(Kind::Service),
            Role::Model => Meaning::Other(Kind::Model),
            Role::Type => {
                let meta = ty.info.meta.iter().filter_map(|it| it.parse().ok());
                Meaning::Type(Lineage {
                    ty: Arc::clone(ty),
                    chain: std::iter::once(name.clone()).chain(meta).collect(),
                    defaults: Vec::new(),
                    declarations: Vec::new(),
                })
            }
        })
    }
}
