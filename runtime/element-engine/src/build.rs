//! Third room: a [`Plan`] and the snapshot before become the next snapshot. One bad element hurts only itself, and what was
//! good before stays in service as stale.
use crate::{
    App, Diagnostic, Element, Instance, Snapshot,
    app::{Layer, Layers},
    build_one::Before,
    change::Change,
    compare::compare_app,
    engine::Engine,
    index::Use,
    instance::START_FAILED,
    make::{Made, make_all},
    plan::{Fate, Plan, Planned, PlannedApp, Step, Todo},
    tree::app_of,
};
use element::{AppId, FullName};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The next snapshot, and how it differs from the one before.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) snapshot: Snapshot,
    pub(crate) changes: Vec<Change>,
    /// Where something else is wrong than before, see [`Snapshot::mistakes`].
    pub(crate) news: BTreeSet<Arc<str>>,
    /// Elements that were to be built; whether they were.
    pub(crate) tried: BTreeMap<Use, bool>,
    /// Whether code offers something else.
    pub(crate) new_code: bool,
    /// What is not in service any more where it was.
    pub(crate) replaced: Vec<Arc<Instance>>,
}

/// Makes the next snapshot. An Instance with the key of one that is alive is that one.
pub(crate) async fn build(engine: &Arc<Engine>, plan: Plan, before: &Snapshot) -> Built {
    let snapshot = Snapshot { generation: before.generation + 1, ..before.clone() };
    let (news, tried) = (BTreeSet::new(), BTreeMap::new());
    let new_code = plan.built_in.is_some();
    let mut built = Built { snapshot, changes: Vec::new(), news, tried, new_code, replaced: Vec::new() };
    let steps = plan.apps.iter().flat_map(|it| it.steps.iter().chain(&it.adapted));
    let planned: Vec<&Planned> = steps.filter_map(Step::planned).chain(plan.built_in.iter().flatten()).collect();
    let made = make_all(engine, built.snapshot.generation, &planned).await;
    let builder = Builder { made, now: engine.options.clock.now(), before };
    for (folder, diagnostics) in plan.notes {
        builder.say(&mut built, &folder, diagnostics);
    }
    if let Some(all) = plan.built_in {
        builder.built_in(all, &mut built);
    }
    for app in &plan.apps {
        builder.forget_view(app, &mut built);
    }
    let mut touched: Vec<(AppId, Names)> = Vec::new();
    for app in plan.apps {
        let id = app.id.clone();
        touched.push((id, builder.app(app, &mut built)));
    }
    for id in touched.iter().map(|(id, _)| id).chain(&plan.children) {
        builder.look_up(id, &mut built.snapshot);
    }
    let after = built.snapshot.clone();
    for (id, names) in &touched {
        compare_app(id, names, before, &after, &mut built);
    }
    built.changes.sort();
    built
}

/// Full names of elements that something may have happened to.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) own: BTreeSet<FullName>,
    pub(crate) adapted: BTreeSet<FullName>,
}

pub(crate) struct Builder<'a> {
    pub(crate) made: Made,
    /// In milliseconds since 1970.
    pub(crate) now: i64,
    before: &'a Snapshot,
}

impl Builder<'_> {
    /// What is wrong somewhere: this, and nothing else.
    fn say(&self, built: &mut Built, place: &Arc<str>, diagnostics: Vec<Diagnostic>) {
        if diagnostics.is_empty() {
            built.snapshot.mistakes.remove_mut(&**place);
        } else {
            built.snapshot.mistakes.insert_mut(Arc::clone(place), diagnostics.into());
        }
        // Folders are noted before their elements were worked out: what counts is the end.
        if self.before.mistakes_in(place) == built.snapshot.mistakes_in(place) {
            built.news.remove(place);
        } else {
            built.news.insert(Arc::clone(place));
        }
    }

    /// What code registers: the last layer of every app.
    fn built_in(&self, all: Vec<Planned>, built: &mut Built) {
        let place = |name: &FullName| Arc::<str>::from(format!("built-in {name}"));
        let mut layer = Layer::default();
        for it in self.before.built_in.elements() {
            self.say(built, &place(&it.full_name), Vec::new());
        }
        for it in all {
            let place = place(&it.full_name);
            let old = self.before.built_in.get(it.full_name.as_str());
            let (element, diagnostics) = self.element(it, old);
            self.say(built, &place, diagnostics);
            layer.put(element);
        }
        let before = &self.before.built_in;
        let is_as_before = |it: &Arc<Element>| before.get(it.full_name.as_str()).is_some_and(|old| Arc::ptr_eq(old, it));
        if self.before.generation > 0
            && layer.elements().count() == before.elements().count()
            && layer.elements().all(is_as_before)
        {
            // A service was tried once more, for nothing.
            built.new_code = false;
            return;
        }
        let answers = |it: &Element| it.instance().map(Arc::clone);
        let now: Vec<_> = layer.elements().filter_map(|it| answers(it)).collect();
        let was = self.before.built_in.elements().filter_map(|it| answers(it));
        built.replaced.extend(was.filter(|was| !now.iter().any(|now| Arc::ptr_eq(was, now))));
        let built_in = Arc::new(layer);
        for app in self.before.apps() {
            let app = App { built_in: Arc::clone(&built_in), ..App::clone(app) };
            built.snapshot.apps.insert_mut(app.id.as_str().into(), Arc::new(app));
        }
        built.snapshot.built_in = built_in;
    }

    /// Nothing of a folder that does not serve any more is worked out, so nothing is known to be wrong in its view.
    fn forget_view(&self, planned: &PlannedApp, built: &mut Built) {
        let Some(old) = self.before.app(planned.id.as_str()) else { return };
        let serves = match &planned.fate {
            Fate::Whole { line, .. } => line[0].folder == old.folder,
            Fate::Part => true,
            Fate::Keep | Fate::Gone => false,
        };
        if serves {
            return;
        }
        for it in old.adapted_elements().into_iter().filter_map(|it| it.folder.as_ref()) {
            self.say(built, &seen_from(&old.folder, it), Vec::new());
        }
    }

    /// What an app brings into views, its own and others.
    fn app(&self, planned: PlannedApp, built: &mut Built) -> Names {
        let PlannedApp { id, fate, steps, adapted } = planned;
        let old = self.before.app(id.as_str());
        let before = old.and_then(|it| it.line.first()).map(Arc::clone).unwrap_or_default();
        let mut names = Names::default();
        if !matches!(fate, Fate::Part) {
            // What it does not have any more goes, too.
            names.own.extend(before.own.elements().map(|it| it.full_name.clone()));
            names.adapted.extend(before.adapted.elements().map(|it| it.full_name.clone()));
        }
        names.own.extend(steps.iter().map(|it| it.name().clone()));
        names.adapted.extend(adapted.iter().map(|it| it.name().clone()));
        let folder = match (&fate, old) {
            (Fate::Whole { line, .. }, _) => Arc::clone(&line[0].folder),
            (_, Some(old)) => Arc::clone(&old.folder),
            // It was never in service, and is not now.
            (_, None) => return names,
        };
        let mut defined = match &fate {
            Fate::Whole { unsure, .. } => {
                let has_moved = old.is_some_and(|it| it.folder != folder);
                let adapted = if has_moved { Layer::default() } else { before.adapted.clone() };
                Layers { own: before.own.only(unsure), adapted, ..Layers::default() }
            }
            Fate::Part => Layers::clone(&before),
            Fate::Keep => {
                let stale = |layer: &Layer| layer.map(|it| self.stale(it));
                Layers { own: stale(&before.own), adapted: stale(&before.adapted), ..Layers::clone(&before) }
            }
            Fate::Gone => Layers::default(),
        };
        let was = Before { layer: &before.own, app: old };
        self.take(steps, &was, &mut defined.own, &folder, built);
        let was = Before { layer: &before.adapted, app: old };
        self.take(adapted, &was, &mut defined.adapted, &folder, built);
        let mut app = match fate {
            Fate::Gone => {
                built.snapshot.apps.remove_mut(id.as_str());
                return names;
            }
            Fate::Whole { title, version, line, .. } => {
                defined.app = Some(id.clone());
                defined.version.clone_from(&version);
                let line =
                    line.iter().map(|it| Arc::new(Layers { app: Some(it.id.clone()), ..Layers::default() })).collect();
                let built_in = Arc::clone(&built.snapshot.built_in);
                App { id: id.clone(), title, version, folder, line, built_in, is_kept: false }
            }
            Fate::Part | Fate::Keep => {
                let Some(old) = old else { return names };
                let built_in = Arc::clone(&built.snapshot.built_in);
                App { is_kept: matches!(fate, Fate::Keep), built_in, ..App::clone(old) }
            }
        };
        if let Some(first) = app.line.first_mut() {
            *first = Arc::new(defined);
        }
        built.snapshot.apps.insert_mut(id.as_str().into(), Arc::new(app));
        names
    }

    /// Does to a layer what the steps say. `view` is the folder of the app whose layer it is.
    fn take(&self, steps: Vec<Step>, before: &Before<'_>, layer: &mut Layer, view: &Arc<str>, built: &mut Built) {
        for step in steps {
            match step {
                Step::Keep(name, otherwise) => match (before.layer.get(name.as_str()), otherwise) {
                    (Some(it), _) => layer.put(self.stale(it)),
                    (None, Some(planned)) => layer.put(self.element(*planned, before.good(name.as_str())).0),
                    (None, None) => {}
                },
                Step::Gone(name) => {
                    if let Some(folder) = before.layer.get(name.as_str()).and_then(|it| it.folder.as_ref()) {
                        let place = seen_from(view, folder);
                        if place != *folder {
                            self.say(built, &place, Vec::new());
                        }
                    }
                    layer.remove(name.as_str());
                }
                Step::Plan(planned) => {
                    let old = before.good(planned.full_name.as_str());
                    let to_build = matches!(planned.todo, Todo::Build(_));
                    let (element, diagnostics) = self.element(*planned, old);
                    // Another one may have stood in its place.
                    let was = before.layer.get(element.full_name.as_str()).and_then(|it| it.folder.as_ref());
                    if let Some(was) = was.filter(|it| element.folder.as_ref() != Some(*it) && app_of(it) != &**view) {
                        self.say(built, &seen_from(view, was), Vec::new());
                    }
                    if let Some(folder) = &element.folder {
                        if to_build {
                            let user = Use { view: Arc::clone(view), folder: Arc::clone(folder) };
                            built.tried.insert(user, !diagnostics.iter().any(|it| it.code == START_FAILED));
                        }
                        self.say(built, &seen_from(view, folder), diagnostics);
                    }
                    layer.put(element);
                }
            }
        }
    }

    /// An app sees the layers that there are now, unless it is kept as it was.
    fn look_up(&self, id: &AppId, snapshot: &mut Snapshot) {
        let Some(app) = snapshot.app(id.as_str()).filter(|it| !it.is_kept) else { return };
        let now = |it: &Arc<Layers>| {
            let found = it.app.as_ref().and_then(|id| snapshot.app(id.as_str())?.line.first());
            Arc::clone(found.unwrap_or(it))
        };
        let line: Vec<_> = app.line.iter().map(now).collect();
        if !line.iter().zip(&app.line).all(|(a, b)| Arc::ptr_eq(a, b)) {
            let app = App { line, ..App::clone(app) };
            snapshot.apps.insert_mut(id.as_str().into(), Arc::new(app));
        }
    }
}

/// Where mistakes of an element are kept that was worked out in the view of the app in this folder.
pub(crate) fn seen_from(view: &str, folder: &Arc<str>) -> Arc<str> {
    if app_of(folder) == view { Arc::clone(folder) } else { format!("{view}//{folder}").into() }
}
