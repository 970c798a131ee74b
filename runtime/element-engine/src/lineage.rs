//! What a Type is made of: the Types that it is derived from, the code in the end, its Meta, and what it overrides.
use crate::{
    Document, Kind, Modifier, Type,
    functions::{self, Function},
    tree::Config,
    view::{Declared, Defined, LONGEST, Layer, Meaning, Unclear, View},
};
use element::{AppId, FullName, def::Role};
use std::sync::Arc;

/// One step from an element to its Meta: a Type, or the Meta itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its full name.
    pub full_name: FullName,
    /// The app that defines it; `None`: code registers it, and no app has a folder for it.
    pub app: Option<AppId>,
    /// Its `e.json`.
    pub declaration: Option<Document>,
    /// The defaults that it gives.
    pub config: Option<Document>,
    pub(crate) functions: Vec<Function>,
}

/// A Type, the Types that it is derived from, and its Meta.
#[derive(Debug)]
pub(crate) struct Lineage {
    /// The code in the end.
    pub(crate) ty: Arc<Type>,
    /// Nearest first.
    pub(crate) links: Arc<[Link]>,
    pub(crate) overridden: Option<Overridden>,
}

/// What would stand in the place of one of the links if its app had no other one of the name. Of several it is that of the
/// link nearest to the code.
#[derive(Debug, Clone)]
pub(crate) struct Overridden {
    pub(crate) lineage: Arc<Lineage>,
    /// How many links there are from the one in its place to the end.
    pub(crate) links: usize,
}

impl Link {
    fn code(full_name: FullName) -> Self {
        Self { full_name, app: None, declaration: None, config: None, functions: Vec::new() }
    }

    fn meta(full_name: FullName, declared: Option<Declared>) -> Self {
        match declared {
            None => Self::code(full_name),
            Some(Declared { app, document, declaration }) => Self {
                full_name,
                app: Some(app),
                declaration: Some(document),
                config: None,
                functions: declaration.functions,
            },
        }
    }

    /// What its `e.json` says about methods.
    pub(crate) fn said(&self) -> Option<(&Document, &[Function])> {
        Some((self.declaration.as_ref()?, &self.functions))
    }
}

/// The defaults that these links give, the nearest first.
pub(crate) fn configs(links: &[Link]) -> impl Iterator<Item = &Document> {
    links.iter().filter_map(|it| it.config.as_ref())
}

/// Whether the first of these says nothing about methods that cannot be.
fn is_kept(ty: &Type, links: &[Link]) -> bool {
    let mut mistakes = Vec::new();
    functions::combine(ty, &links.iter().filter_map(Link::said).collect::<Vec<_>>(), &mut mistakes);
    mistakes.is_empty()
}

/// The link to a Meta alone.
pub(crate) fn to_meta(full_name: FullName, declared: Option<Declared>) -> Arc<[Link]> {
    Arc::new([Link::meta(full_name, declared)])
}

impl View<'_> {
    /// What one element means as somebody's Type. `path` holds the names that led here, its own last.
    pub(crate) fn lineage(&self, it: &Defined<'_>, path: &mut Vec<(Layer, FullName)>) -> Result<Meaning, Unclear> {
        let files = it.files;
        let name = &files.full_name;
        let (Some(document), Some(declaration), false) = (&files.document, &files.declaration, it.has_rivals) else {
            return Err(Unclear::Broken);
        };
        if self.forbidden(it) {
            return Err(Unclear::Broken);
        }
        let app = &self.line[it.layer].id;
        let Some(ty) = &declaration.ty else {
            let is_meta = files.config == Config::Absent;
            let declared = || Declared { app: app.clone(), document: document.clone(), declaration: declaration.clone() };
            return if is_meta { Ok(Meaning::Meta(Some(declared()))) } else { Err(Unclear::Broken) };
        };
        let link = |config: Option<Document>| Link {
            full_name: name.clone(),
            app: Some(app.clone()),
            declaration: Some(document.clone()),
            config,
            functions: declaration.functions.clone(),
        };
        let meaning = self.meaning(ty, it.layer, name, path).map_err(|why| match why {
            // It is this one's mistake, and told there; whoever names this one has another.
            Unclear::Missing | Unclear::NoCode => Unclear::Broken,
            other => other,
        });
        match meaning? {
            Meaning::Meta(declared) => match self.code.of(it) {
                Ok(Some(code)) => {
                    let links: Arc<[Link]> = Arc::new([link(None), Link::meta(ty.clone(), declared)]);
                    if !is_kept(code, &links) || functions::unkept(code, &links[1].functions).next().is_some() {
                        return Err(Unclear::Broken);
                    }
                    Ok(Meaning::Type(Arc::new(Lineage { ty: Arc::clone(code), links, overridden: None })))
                }
                Ok(None) => Err(Unclear::NoCode),
                // It is told there.
                Err(_) => Err(Unclear::Broken),
            },
            Meaning::Type(from) if declaration.is_abstract => {
                let defaults = match &files.config {
                    Config::Broken => return Err(Unclear::Broken),
                    other => other.document().cloned(),
                };
                // Most Types call nobody: what they stand in the place of need not be worked out.
                let calls = from.ty.info.overrides && ty != name;
                let beyond = || {
                    let lineage = self.beyond(it, path)?;
                    Some(Overridden { lineage, links: from.links.len() + 1 })
                };
                let overridden = from.overridden.clone().or_else(|| calls.then(beyond).flatten());
                let links: Arc<[Link]> = std::iter::once(link(defaults)).chain(from.links.iter().cloned()).collect();
                // Its Meta is one of them.
                if links.len() > LONGEST + 1 {
                    return Err(Unclear::TooLong);
                }
                if !is_kept(&from.ty, &links) {
                    return Err(Unclear::Broken);
                }
                Ok(Meaning::Type(Arc::new(Lineage { ty: Arc::clone(&from.ty), links, overridden })))
            }
            Meaning::Type(_) => Ok(Meaning::Other(Kind::Instance)),
            Meaning::Other(_) => Err(Unclear::Broken),
        }
    }

    /// The Type that this one stands in the place of.
    fn beyond(&self, it: &Defined<'_>, path: &mut Vec<(Layer, FullName)>) -> Option<Arc<Lineage>> {
        let name = &it.files.full_name;
        match self.meaning(name, it.layer, name, path) {
            Ok(Meaning::Type(it)) => Some(it),
            _ => None,
        }
    }

    /// Whether it stands in the place of one that may not be overridden, or where nobody can say.
    pub(crate) fn forbidden(&self, it: &Defined<'_>) -> bool {
        self.definitions(&it.files.full_name, it.layer + 1)
            .iter()
            .any(|it| it.modifier().is_none_or(|it| it == Modifier::Protected))
    }

    pub(crate) fn built_in(&self, name: &FullName) -> Result<Meaning, Unclear> {
        if self.code.registry.meta(name.as_str()).is_some() {
            return Ok(Meaning::Meta(None));
        }
        let ty = self.code.registry.ty(name.as_str()).ok_or(Unclear::Missing)?;
        Ok(match ty.info.role {
            Role::Service => Meaning::Other(Kind::Service),
            Role::Model => Meaning::Other(Kind::Model),
            Role::Type => {
                let meta = ty.info.meta.iter().filter_map(|it| it.parse().ok());
                let links = std::iter::once(name.clone()).chain(meta).map(Link::code).collect();
                Meaning::Type(Arc::new(Lineage { ty: Arc::clone(ty), links, overridden: None }))
            }
        })
    }
}
