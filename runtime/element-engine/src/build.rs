//! Third room: a [`Plan`] and the snapshot before become the next snapshot. One bad element hurts only itself, and what was
//! good before stays in service as stale.
use crate::{
    App, Diagnostic, Element, Instance, Snapshot, State,
    change::{Change, What},
    engine::Engine,
    instance::START_FAILED,
    plan::{Fate, Plan, Planned, PlannedApp, Step, Todo},
    snapshot::Layer,
};
use element::{AppId, FullName};
use futures_util::{StreamExt, stream};
use std::{
    collections::BTreeSet,
    hash::{BuildHasher, Hasher},
    sync::Arc,
};

/// How many `start` hooks run at once.
const STARTS_AT_ONCE: usize = 16;

/// The next snapshot, and how it differs from the one before.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) snapshot: Snapshot,
    pub(crate) changes: Vec<Change>,
    /// Folders where something else is wrong than before.
    pub(crate) news: BTreeSet<Arc<str>>,
    /// Folders of elements that were to be built; whether they were.
    pub(crate) tried: Vec<(Arc<str>, bool)>,
    /// What is not in service any more.
    pub(crate) replaced: Vec<Arc<Instance>>,
}

/// Makes the next snapshot. An Instance with the key of the one before is the same object as before.
pub(crate) async fn build(engine: &Arc<Engine>, plan: Plan, before: &Snapshot) -> Built {
    let mut built = Built {
        snapshot: before.clone(),
        changes: Vec::new(),
        news: BTreeSet::new(),
        tried: Vec::new(),
        replaced: Vec::new(),
    };
    built.snapshot.generation += 1;
    for (folder, diagnostics) in plan.notes {
        built.say(&folder, diagnostics);
    }
    let builder = Builder { engine, generation: built.snapshot.generation, now: engine.options.clock.now() };
    if let Some(all) = plan.built_in {
        let mut layer = Layer::default();
        for (element, diagnostics) in builder.elements(all, &before.built_in).await {
            built.say(&format!("built-in {}", element.full_name).into(), diagnostics);
            layer.put(element);
        }
        built.snapshot.built_in = Arc::new(layer);
    }
    for app in plan.apps {
        builder.app(app, before, &mut built).await;
    }
    // Folders were noted before their elements were worked out: what counts is the end.
    built.news.retain(|folder| before.mistakes_in(folder) != built.snapshot.mistakes_in(folder));
    built.changes.sort();
    built
}

impl Built {
    fn say(&mut self, folder: &Arc<str>, diagnostics: Vec<Diagnostic>) {
        if self.snapshot.mistakes_in(folder) == diagnostics {
            return;
        }
        self.news.insert(Arc::clone(folder));
        if diagnostics.is_empty() {
            self.snapshot.mistakes.remove_mut(&**folder);
        } else {
            self.snapshot.mistakes.insert_mut(Arc::clone(folder), diagnostics.into());
        }
    }
}

struct Builder<'a> {
    engine: &'a Arc<Engine>,
    generation: u64,
    /// In milliseconds since 1970.
    now: i64,
}

impl Builder<'_> {
    async fn app(&self, planned: PlannedApp, before: &Snapshot, built: &mut Built) {
        let PlannedApp { id, fate, steps } = planned;
        let old = before.app(id.as_str());
        let old_layer = old.and_then(|it| it.layers.first()).map(Arc::clone).unwrap_or_default();
        let (mut layer, mut names) = match &fate {
            // What it does not have any more goes, too.
            Fate::Whole { .. } => (Layer::default(), names(&old_layer)),
            Fate::Keep | Fate::Gone => (Layer::clone(&old_layer), names(&old_layer)),
            Fate::Part => (Layer::clone(&old_layer), BTreeSet::new()),
        };
        let (mut plans, mut kept, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Plan(it) => plans.push(*it),
                Step::Keep(name) => kept.push(name),
                Step::Gone(name) => gone.push(name),
            }
        }
        if matches!(fate, Fate::Keep) {
            kept.extend(names.iter().cloned());
        }
        names.extend(plans.iter().map(|it| &it.full_name).chain(&kept).chain(&gone).cloned());
        if let Fate::Whole { unsure, .. } = &fate {
            let below =
                |name: &str, top: &str| name.strip_prefix(top).is_some_and(|it| it.is_empty() || it.starts_with('.'));
            let is_unsure = |it: &Element| unsure.iter().any(|top| below(it.full_name.as_str(), top));
            old_layer.elements.values().filter(|it| is_unsure(it)).for_each(|it| layer.put(Arc::clone(it)));
        }
        for name in &gone {
            layer.remove(name.as_str());
        }
        for name in kept {
            if let Some(it) = old_layer.get(name.as_str()) {
                layer.put(self.stale(it));
            }
        }
        for planned in &plans {
            let to_build = matches!(planned.todo, Todo::Build { .. });
            built.tried.extend(planned.folder.iter().filter(|_| to_build).map(|it| (Arc::clone(it), true)));
        }
        for (element, diagnostics) in self.elements(plans, &old_layer).await {
            if let Some(folder) = &element.folder {
                if diagnostics.iter().any(|it| it.code == START_FAILED) {
                    built.tried.push((Arc::clone(folder), false));
                }
                built.say(folder, diagnostics);
            }
            layer.put(element);
        }
        let there = if matches!(fate, Fate::Gone) { Layer::default() } else { layer };
        for name in &names {
            self.compare(&id, old_layer.get(name.as_str()), there.get(name.as_str()), before, built);
        }
        let (title, version, folder) = match (fate, old) {
            (Fate::Whole { title, version, folder, .. }, _) => (title, version, folder),
            (Fate::Part | Fate::Keep, Some(old)) => (old.title.clone(), old.version.clone(), Arc::clone(&old.folder)),
            (Fate::Gone, Some(_)) => {
                built.snapshot.apps.remove_mut(id.as_str());
                built.changes.push(Change { app: id, element: None, what: What::Removed, serves: None });
                return;
            }
            (_, None) => return,
        };
        let layers = vec![Arc::new(there), Arc::clone(&built.snapshot.built_in)];
        let app = App { id: id.clone(), title, version, folder, layers };
        let what = match old {
            None => Some(What::Added),
            Some(old) if (&old.title, &old.version, &old.folder) != (&app.title, &app.version, &app.folder) => {
                Some(What::Edited)
            }
            Some(_) => None,
        };
        built.changes.extend(what.map(|what| Change { app: id.clone(), element: None, what, serves: None }));
        built.snapshot.apps.insert_mut(id.as_str().into(), Arc::new(app));
    }

    /// Tells what happened to one element.
    fn compare(
        &self,
        app: &AppId,
        old: Option<&Arc<Element>>,
        new: Option<&Arc<Element>>,
        before: &Snapshot,
        built: &mut Built,
    ) {
        let answers = |it: &Arc<Element>| it.instance().map(Arc::clone);
        let (was, is) = (old.and_then(answers), new.and_then(answers));
        if let Some(was) = was.filter(|was| is.as_ref().is_none_or(|is| !Arc::ptr_eq(was, is))) {
            built.replaced.push(was);
        }
        let bad = |it: &Element| matches!(it.state, State::Stale(_) | State::Broken);
        let what = match (old, new) {
            (Some(old), Some(new)) if bad(new) => {
                let said = |snapshot: &Snapshot| -> Vec<Diagnostic> {
                    new.folder.iter().flat_map(|it| snapshot.mistakes_in(it)).cloned().collect()
                };
                let same = Arc::ptr_eq(old, new) && said(before) == said(&built.snapshot);
                let what = if is.is_some() { What::Stale } else { What::Broken };
                if same { None } else { Some(what) }
            }
            (Some(old), Some(new)) if Arc::ptr_eq(old, new) => None,
            (Some(old), Some(_)) if bad(old) => Some(What::Healed),
            (Some(_), Some(_)) => Some(What::Edited),
            (None, Some(new)) if bad(new) => Some(What::Broken),
            (None, Some(_)) => Some(What::Added),
            (Some(_), None) => Some(What::Removed),
            (None, None) => None,
        };
        let (Some(what), Some(element)) = (what, new.or(old)) else { return };
        let serves = is.map(|it| it.generation);
        built.changes.push(Change { app: app.clone(), element: Some(element.full_name.clone()), what, serves });
    }

    async fn elements(&self, planned: Vec<Planned>, old: &Layer) -> Vec<(Arc<Element>, Vec<Diagnostic>)> {
        let all = planned.into_iter().map(|it| {
            let old = old.get(it.full_name.as_str());
            self.element(it, old)
        });
        stream::iter(all).buffer_unordered(STARTS_AT_ONCE).collect().await
    }

    async fn element(&self, mut planned: Planned, old: Option<&Arc<Element>>) -> (Arc<Element>, Vec<Diagnostic>) {
        let last_good = || old.and_then(|it| it.instance());
        let withheld = || last_good().map_or(State::Broken, |it| State::Stale(Arc::clone(it)));
        let todo = std::mem::replace(&mut planned.todo, Todo::Withhold);
        let state = match todo {
            Todo::Declare => State::Declared,
            Todo::Withhold => withheld(),
            Todo::Build { ty, config, key } => match last_good().filter(|it| it.key == key) {
                Some(same) => State::InService(Arc::clone(same)),
                None => match Instance::make(self.engine, self.generation, ty, &config, key, &planned.documents).await {
                    Ok(it) => State::InService(it),
                    Err(mistake) => {
                        planned.diagnostics.push(mistake);
                        withheld()
                    }
                },
            },
        };
        if let (State::Stale(_), Some(old)) = (&state, old) {
            // What answers is what was there before, so it is found as what it was.
            planned.kind = old.kind;
            planned.chain.clone_from(&old.chain);
        }
        let declares = if matches!(state, State::Declared) { print(&planned) } else { 0 };
        let Planned { full_name, title, kind, folder, chain, documents, mut diagnostics, .. } = planned;
        diagnostics.sort();
        diagnostics.dedup();
        let files = documents.iter().map(|it| Arc::clone(&it.path)).collect();
        let element = Element { full_name, title, kind, folder, chain, files, declares, state, since: self.now };
        // One that is as it was is the same one.
        match old.filter(|old| old.is_as(&element)) {
            Some(old) => (Arc::clone(old), diagnostics),
            None => (Arc::new(element), diagnostics),
        }
    }

    /// An element that stays as it was, while nobody can say what its files mean.
    fn stale(&self, old: &Arc<Element>) -> Arc<Element> {
        match &old.state {
            State::InService(it) => {
                let state = State::Stale(Arc::clone(it));
                Arc::new(Element { state, since: self.now, ..Element::clone(old) })
            }
            _ => Arc::clone(old),
        }
    }
}

/// Two Types that are declared alike and say the same are the same.
fn print(planned: &Planned) -> u64 {
    let mut hasher = foldhash::fast::FixedState::default().build_hasher();
    for document in &planned.documents {
        hasher.write(document.text().as_bytes());
    }
    hasher.finish()
}

fn names(layer: &Layer) -> BTreeSet<FullName> {
    layer.elements.values().map(|it| it.full_name.clone()).collect()
}
