//! What a full name means in an app's view.
//!
//! A **layer** is what one app defines, a **view** the layers that an app sees, nearest first: its own, then the
//! built-in app with everything that code registers. Parents come between the two.
use crate::{
    Diagnostic, Document, Kind, Registry, Type,
    declare::Declaration,
    tree::{AppFolder, Config, ElementFolder},
    vars::Vars,
};
use element::{AppId, FullName, def::Role};
use std::{collections::BTreeMap, sync::Arc};

/// What one app defines.
pub(crate) struct Declared<'t>(pub(crate) BTreeMap<&'t str, Option<(&'t ElementFolder, Declaration)>>);

impl<'t> Declared<'t> {
    pub(crate) fn read(app: &'t AppFolder, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut by_case: BTreeMap<String, Vec<&ElementFolder>> = BTreeMap::new();
        for element in &app.elements {
            by_case.entry(element.full_name.as_str().to_ascii_lowercase()).or_default().push(element);
        }
        let mut layer = BTreeMap::new();
        for element in &app.elements {
            let same = &by_case[&element.full_name.as_str().to_ascii_lowercase()];
            let declaration = if same.len() > 1 {
                let all = same.iter().map(|it| format!("`{}`", it.folder)).collect::<Vec<_>>().join(" and ");
                let message = format!("{all} have the same name but for upper and lower case");
                diagnostics.push(Diagnostic::error("duplicate-name", &element.folder, message).help("rename one of them"));
                None
            } else {
                element.declaration.as_ref().and_then(|document| {
                    let read = Declaration::read(document, diagnostics);
                    read.map_err(|mistakes| diagnostics.extend(mistakes)).ok()
                })
            };
            layer.insert(element.full_name.as_str(), declaration.map(|it| (element, it)));
        }
        Self(layer)
    }
}

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

pub(crate) struct View<'t> {
    pub(crate) id: &'t AppId,
    pub(crate) layer: &'t Declared<'t>,
    pub(crate) registry: &'t Registry,
    pub(crate) vars: &'t Vars,
}

impl<'t> View<'t> {
    /// Follows `type` upwards. `path` holds the names that led here.
    pub(crate) fn meaning(&self, name: &FullName, path: &mut Vec<FullName>) -> Result<Meaning<'t>, Unclear> {
        if path.contains(name) {
            path.push(name.clone());
            return Err(Unclear::Cycle(path.clone()));
        }
        if path.len() > LONGEST {
            return Err(Unclear::TooLong);
        }
        let Some(own) = self.layer.0.get(name.as_str()) else { return self.built_in(name) };
        let (folder, declaration) = own.as_ref().ok_or(Unclear::Broken)?;
        let Some(ty) = &declaration.ty else {
            return if matches!(folder.config, Config::Absent) { Ok(Meaning::Meta) } else { Err(Unclear::Broken) };
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
                lineage.declarations.splice(0..0, &folder.declaration);
                match &folder.config {
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
