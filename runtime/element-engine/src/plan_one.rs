//! What becomes of one element: its declaration, its Type's lineage and its config, put together and checked.
use crate::{
    Diagnostic, Document, Link, Modifier, Part, Severity,
    declare::Declaration,
    functions,
    lineage::{Lineage, to_meta},
    plan::{Kind, Planned, Todo},
    tree::Config,
    vars::Vars,
    view::{Declared, Defined, LONGEST, Meaning, Unclear, View},
};
use element::{FullName, def::Role, nearest};
use std::sync::Arc;

impl View<'_> {
    /// Works out one element that the app sees.
    pub(crate) fn plan(&self, it: &Defined<'_>, vars: &Vars<'_>) -> Planned {
        let files = it.files;
        let mut planned = self.withheld(it);
        if it.has_rivals {
            let mut all: Vec<String> =
                self.rivals(it.folder).iter().chain([&it.folder]).map(|it| format!("`{it}`")).collect();
            all.sort();
            let message = format!("{} have the same name but for upper and lower case", all.join(" and "));
            planned.diagnostics.push(Diagnostic::error("duplicate-name", it.folder, message).help("rename one of them"));
            return planned;
        }
        let (Some(document), Some(declaration)) = (&files.document, &files.declaration) else { return planned };
        planned.title.clone_from(&declaration.title);
        match &declaration.ty {
            Some(ty) => self.plan_typed(it, document, declaration, ty, vars, &mut planned),
            None if files.config == Config::Absent => (planned.kind, planned.todo) = (Kind::Meta, Todo::Declare),
            None => planned.diagnostics.push(no_type(document)),
        }
        if declaration.library.is_some() && matches!(planned.kind, Kind::Meta | Kind::Instance | Kind::DerivedType) {
            let message = format!("a library is for a Type, and this is {}: it is not looked at", planned.kind.word());
            let place = document.place("/library", Part::Key);
            let help = "name it where `type` names a Meta";
            planned.diagnostics.push(Diagnostic::warning("library-ignored", &document.path, message).at(place).help(help));
        }
        if it.layer == 0 && self.line.len() > 1 {
            self.plan_override(it, document, &mut planned);
        }
        planned
    }

    /// One that nothing is known of but what its files are.
    pub(crate) fn withheld(&self, it: &Defined<'_>) -> Planned {
        let files = it.files;
        Planned {
            full_name: files.full_name.clone(),
            title: String::new(),
            kind: Kind::Unknown,
            folder: Some(Arc::clone(it.folder)),
            modifier: it.modifier(),
            refused: false,
            ty: None,
            links: Arc::new([]),
            declaration: files.document.clone(),
            config: files.config.document().cloned(),
            functions: None,
            todo: Todo::Withhold,
            diagnostics: Vec::new(),
        }
    }

    fn plan_typed(
        &self,
        it: &Defined<'_>,
        document: &Document,
        declaration: &Declaration,
        ty: &FullName,
        vars: &Vars<'_>,
        planned: &mut Planned,
    ) {
        let name = &it.files.full_name;
        let own = (document, &*declaration.functions);
        match self.meaning(ty, it.layer, name, &mut vec![(it.layer, name.clone())]) {
            Ok(Meaning::Meta(declared)) => {
                planned.kind = Kind::Type;
                planned.links = to_meta(ty.clone(), declared.clone());
                planned.diagnostics.extend(self.code.of_apps.warning(it.folder).cloned());
                match self.code.of(it) {
                    Err(why) => planned.diagnostics.push(why.clone()),
                    Ok(Some(code)) => {
                        planned.ty = Some(Arc::clone(code));
                        planned.todo = Todo::Declare;
                        if let Some(Declared { declaration, .. }) = &declared {
                            let unkept = functions::unkept(code, &declaration.functions);
                            planned.diagnostics.extend(unkept.map(|it| broken_promise(document, ty, it)));
                        }
                        planned.functions = functions::combine(code, &[own], &mut planned.diagnostics);
                    }
                    Ok(None) => planned.diagnostics.push(no_code(
                        document,
                        &format!("`{ty}` is a Meta, so this is a Type, and no code has this full name"),
                    )),
                }
            }
            Ok(Meaning::Type(lineage)) => {
                planned.kind = if declaration.is_abstract { Kind::DerivedType } else { Kind::Instance };
                planned.ty = Some(Arc::clone(&lineage.ty));
                planned.links = Arc::clone(&lineage.links);
                let chain: Vec<_> = std::iter::once(own).chain(lineage.links.iter().filter_map(Link::said)).collect();
                let mut mistakes = Vec::new();
                planned.functions = functions::combine(&lineage.ty, &chain, &mut mistakes);
                // What an inherited one says is right where it is defined. What is stricter here counts.
                if it.layer == 0 {
                    planned.diagnostics.extend(mistakes);
                }
                planned.todo = match &it.files.config {
                    Config::Broken => Todo::Withhold,
                    _ if declaration.is_abstract => Todo::Declare,
                    _ if lineage.ty.info.overrides && lineage.overridden.is_none() => {
                        planned.diagnostics.push(nothing_overridden(document, &lineage));
                        Todo::Withhold
                    }
                    _ => self.plan_instance(it, document, &lineage, vars, &mut planned.diagnostics),
                };
            }
            Ok(Meaning::Other(kind)) => planned.diagnostics.push(wrong_kind(document, ty, kind)),
            Err(why) => planned.diagnostics.extend(self.unclear(name, document, ty, &why)),
        }
        if planned.diagnostics.iter().any(|it| it.severity == Severity::Error) {
            planned.todo = Todo::Withhold;
        }
    }

    /// Whether it may stand in the place of what its app would see without it.
    fn plan_override(&self, it: &Defined<'_>, document: &Document, planned: &mut Planned) {
        let name = &it.files.full_name;
        let below = self.definitions(name, it.layer + 1);
        let Some(nearest) = below.first() else { return };
        let owner = |it: &Defined<'_>| &self.line[it.layer].id;
        let place = document.place("", Part::Value);
        let error = |code, message: String| Diagnostic::error(code, &document.path, message).at(place);
        let diagnostic = if let Some(it) = below.iter().find(|it| it.modifier() == Some(Modifier::Protected)) {
            planned.refused = true;
            let message =
                format!("`{name}` is protected in `{}`, so no app that builds on it may define another one", owner(it));
            error("overrides-protected", message).help("take it away here, or give it another name")
        } else if let Some(it) = below.iter().find(|it| it.modifier().is_none()) {
            let message =
                format!("`{name}` of `{}` has mistakes, so nobody can say whether it may be overridden", owner(it));
            error("overrides-broken", message).help("mend that one first")
        } else {
            let (this, that) = (self.family(it), self.family(nearest));
            match (this, that) {
                (Some(this), Some(that)) if this != that => {
                    let message = format!(
                        "`{name}` is {this} here, and {that} in `{}`: whoever uses it relies on that",
                        owner(nearest)
                    );
                    error("overrides-other", message).help("give it another name, or make it what it is there")
                }
                _ => return,
            }
        };
        planned.todo = Todo::Withhold;
        planned.diagnostics.push(diagnostic);
    }

    /// What callers may rely on, as words: what a definition is, and of which family. `None`: it has mistakes of its own.
    fn family(&self, it: &Defined<'_>) -> Option<String> {
        let (name, declaration) = (&it.files.full_name, it.files.declaration.as_ref()?);
        let Some(ty) = &declaration.ty else { return Some("a Meta".into()) };
        let (what, meta) = match self.meaning(ty, it.layer, name, &mut vec![(it.layer, name.clone())]).ok()? {
            Meaning::Meta(_) => ("a Type", ty.clone()),
            Meaning::Type(lineage) => {
                let what = if declaration.is_abstract { "a Type" } else { "an Instance" };
                (what, lineage.links.last()?.full_name.clone())
            }
            Meaning::Other(_) => return None,
        };
        Some(format!("{what} of `{meta}`"))
    }

    /// Why `type` means nothing, and what to do about it.
    fn unclear(&self, name: &FullName, document: &Document, ty: &FullName, why: &Unclear) -> Option<Diagnostic> {
        Some(match why {
            Unclear::Hidden => return None,
            Unclear::NoCode => no_code(document, &format!("no code has the full name of its Type `{ty}`")),
            Unclear::Broken => about_type("broken-type", document, format!("its Type `{ty}` has mistakes itself"))
                .help("mend that one first"),
            Unclear::Cycle(path) => {
                let path = path.iter().map(FullName::as_str).collect::<Vec<_>>().join(" → ");
                about_type("type-cycle", document, format!("`type` leads back to itself: {path}"))
                    .help("name a Type that code offers, at the end")
            }
            Unclear::TooLong => {
                about_type("type-chain", document, format!("more than {LONGEST} Types are derived from each other here"))
                    .help("derive from a nearer one")
            }
            Unclear::Missing => {
                let registered =
                    self.code.registry.types().filter(|it| it.info.role == Role::Type).map(|it| it.info.full_name.as_str());
                let metas = self.code.registry.metas().map(|it| it.full_name.as_str());
                let own = self.names().filter(|it| *it != name.as_str());
                let near = nearest(ty.as_str(), registered.chain(metas).chain(own));
                let help = near.map_or_else(
                    || "`element types` lists the Types there are".into(),
                    |it| format!("did you mean `{it}`?"),
                );
                about_type("unknown-type", document, format!("there is no Type `{ty}`")).help(help)
            }
        })
    }
}

/// A mistake in `type`, at its place.
fn about_type(code: &'static str, document: &Document, message: String) -> Diagnostic {
    let place = document.place("/type", Part::Value).or_else(|| document.place("", Part::Value));
    Diagnostic::error(code, &document.path, message).at(place)
}

fn nothing_overridden(document: &Document, lineage: &Lineage) -> Diagnostic {
    let name = &lineage.ty.info.full_name;
    let message = format!("`{name}` calls the Type that it stands in the place of, and here it stands in the place of none");
    about_type("nothing-overridden", document, message)
        .help(format!("give the full name of another Type to a folder with `{{\"type\": \"{name}\", \"abstract\": true}}`"))
}

fn broken_promise(document: &Document, meta: &FullName, method: &str) -> Diagnostic {
    about_type("broken-promise", document, format!("`{meta}` promises `{method}`, and this Type has no such method"))
        .help("take it out of the Meta's `functionList`, or name another Meta")
}

fn no_type(document: &Document) -> Diagnostic {
    let help = "write `\"type\": \"<full name of a Type>\"`; only a Meta has none, and a Meta has no config";
    about_type("no-type", document, "`type` is missing beside a config".into()).help(help)
}

fn no_code(document: &Document, message: &str) -> Diagnostic {
    about_type("no-code", document, message.into())
        .help("link the crate that registers it, or name an existing Type in `type`")
}

fn wrong_kind(document: &Document, ty: &FullName, kind: Kind) -> Diagnostic {
    let what = match kind {
        Kind::Service => "a service",
        Kind::Model => "a model",
        _ => "an Instance",
    };
    let help = match kind {
        Kind::Instance => "name a Type; or write `\"abstract\": true` into the `e.json` of that one to make a Type of it",
        _ => "name a Type, or a Meta to declare a Type",
    };
    about_type("wrong-kind", document, format!("`type` names `{ty}`, which is {what}")).help(help)
}
