//! What one element is in service as: what was planned, or what was good before.
use crate::{
    App, Diagnostic, Element, State,
    app::Layer,
    build::Builder,
    plan::{Planned, Todo},
};
use std::sync::Arc;

/// What an app was before.
pub(crate) struct Before<'a> {
    /// The layer that changes.
    pub(crate) layer: &'a Layer,
    pub(crate) app: Option<&'a Arc<App>>,
}

impl<'a> Before<'a> {
    /// What was there under this name. What the app saw in another layer is good as long as what is new in its place is not.
    pub(crate) fn good(&self, name: &str) -> Option<&'a Arc<Element>> {
        let seen = || self.app?.element(name).filter(|it| it.folder.is_some());
        self.layer.get(name).filter(|it| !it.refused).or_else(seen)
    }
}

impl Builder<'_> {
    /// The element as it is in service from now on, and what is wrong with it.
    pub(crate) fn element(&self, planned: Planned, old: Option<&Arc<Element>>) -> (Arc<Element>, Vec<Diagnostic>) {
        let last_good = || old.and_then(|it| it.instance());
        // Nobody sees one that is refused, so it need not answer.
        let withheld = || match last_good().filter(|_| !planned.refused) {
            Some(it) => State::Stale(Arc::clone(it)),
            None => State::Broken,
        };
        let Planned { full_name, title, mut kind, folder, modifier, refused, mut ty, mut links, .. } = planned;
        let Planned { declaration, config, mut functions, todo, mut diagnostics, .. } = planned;
        let state = match todo {
            Todo::Declare => State::Declared,
            Todo::Withhold => withheld(),
            Todo::Build(make) => match self.made.get(&make.key) {
                Some(Ok(it)) => State::InService(Arc::clone(it)),
                Some(Err(mistake)) => {
                    diagnostics.push(mistake.clone());
                    withheld()
                }
                None => withheld(),
            },
        };
        if let (State::Stale(_), Some(old)) = (&state, old) {
            // What answers is what was there before, so it is found as what it was.
            (kind, ty, links) = (old.kind, old.ty.clone(), Arc::clone(&old.links));
            functions.clone_from(&old.functions);
        }
        diagnostics.sort();
        diagnostics.dedup();
        // What nobody can read is for whom it was. If it never was, nothing answers, and nothing behind it may instead.
        let modifier = modifier.or(old.map(|it| it.modifier)).unwrap_or_default();
        let since = old.map_or(self.now, |it| it.since);
        let element = Element {
            full_name,
            title,
            kind,
            folder,
            modifier,
            refused,
            ty,
            links,
            declaration,
            config,
            functions,
            state,
            since,
        };
        let element = match old {
            // One that is as it was is the same one.
            Some(old) if old.is_as(&element) && old.says(&element) => Arc::clone(old),
            Some(old) if old.is_as(&element) => Arc::new(element),
            _ => Arc::new(Element { since: self.now, ..element }),
        };
        (element, diagnostics)
    }

    /// An element that stays as it was, while nobody can say what its files mean.
    pub(crate) fn stale(&self, old: &Arc<Element>) -> Arc<Element> {
        match &old.state {
            State::InService(it) => {
                let state = State::Stale(Arc::clone(it));
                Arc::new(Element { state, since: self.now, ..Element::clone(old) })
            }
            _ => Arc::clone(old),
        }
    }
}
