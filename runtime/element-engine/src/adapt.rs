//! Which inherited elements are something else in the view of an app than where they are defined, because the app, or
//! another one that it builds on, has another Type of a name that they mention.
use crate::{
    Diagnostic, Link, Part, Severity,
    ancestry::Line,
    index::Use,
    key::Key,
    ledger::Touched,
    plan::{Fate, Planned, PlannedApp, Step, Todo},
    resolve::{Resolve, name_of},
    tree::{app_of, inside},
    vars::Vars,
    view::{Defined, View},
};
use element::{AppId, FullName};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Inherited elements that have to be worked out in this view, by their folders. There may be some among them that come out
/// as they are elsewhere: then they are the same object.
fn adapted<'t>(view: &View<'t>) -> BTreeMap<Arc<str>, Defined<'t>> {
    let (own, above) = (view.folder(), &view.line[1..]);
    let mut found = BTreeMap::new();
    let mut add = |folder: &Arc<str>| {
        let name = view.tree.get(folder).and_then(|it| it.known()).map(|it| &it.full_name);
        if let Some(it) = name.and_then(|name| view.seen(name)).filter(|it| it.layer > 0 && it.folder == folder) {
            found.insert(Arc::clone(folder), it);
        }
    };
    let index = view.index;
    let sees = |app: &str, other: &str| index.line_of(app).is_some_and(|line| line.iter().any(|it| *it.folder == *other));
    // What comes of two of them together is worked out where somebody nearer sees both.
    let is_new = |a: &str, b: &str| !above.iter().any(|it| sees(&it.folder, a) && sees(&it.folder, b));
    for (i, app) in above.iter().enumerate() {
        let folder = &app.folder;
        let others = || above.iter().filter(|it| is_new(folder, &it.folder)).map(|it| &it.folder);
        // The app itself, and others that this one does not know of, have what is mentioned here.
        for other in others().chain([own]) {
            for path in index.asked_in(folder).filter(|path| index.has_path(other, path)) {
                index.used_in(folder, path).for_each(&mut add);
            }
        }
        // Others have a nearer one of what this one adapts.
        for adapted in index.adapted(folder) {
            let path = path_of(adapted);
            others().filter(|other| index.has_path(other, path)).for_each(|other| add(&inside(other, path)));
        }
        // Who does not know of the other one may stand before it and yet not count.
        let nearer = || above[..i].iter().filter(|it| is_new(folder, &it.folder));
        for protected in index.protected(folder) {
            if nearer().any(|it| index.has_path(&it.folder, path_of(protected))) {
                add(protected);
            }
        }
        // What is made of its private Types is not, for those that see it.
        if !above[..i].iter().any(|it| sees(&it.folder, folder)) {
            for private in index.private(folder) {
                index.used_in(folder, path_of(private)).for_each(&mut add);
            }
        }
    }
    found
}

/// The path in its app.
fn path_of(folder: &str) -> &str {
    folder.split_once('/').map_or("", |(_, path)| path)
}

/// What to work out again in the view of one app.
#[derive(Default)]
struct Again<'a> {
    these: BTreeSet<&'a Arc<str>>,
    /// Whichever there are: there may be others than before.
    all: bool,
    /// All of them, whatever is known.
    whole: bool,
}

impl Resolve<'_> {
    /// What apps make of what they inherit.
    pub(crate) fn adapt(&mut self, touched: &Touched, whole: &BTreeSet<AppId>) {
        // In the views of these apps: some elements again, or whatever there is. Whoever builds on an app comes after it.
        let mut views: BTreeMap<(usize, AppId), Again<'_>> = BTreeMap::new();
        let place = |line: &Line| (line.len(), line[0].id.clone());
        for it in &touched.adapted {
            if let Some(line) = self.index.line_of(&it.view) {
                views.entry(place(line)).or_default().these.insert(&it.folder);
            }
        }
        for line in whole.iter().filter_map(|id| self.index.ancestry.line(id)) {
            views.entry(place(line)).or_default().whole = true;
        }
        let mut reshaped = self.index.take_reshaped();
        let mut done = (0, None);
        loop {
            for line in reshaped.iter().flat_map(|app| self.index.views_of(app)) {
                let (len, id) = place(line);
                if (len, Some(&id)) > (done.0, done.1.as_ref()) {
                    views.entry((len, id)).or_default().all = true;
                }
            }
            let Some(((len, id), again)) = views.pop_first() else { break };
            done = (len, Some(id.clone()));
            let Some(line) = self.index.ancestry.line(&id).cloned() else { continue };
            let Again { these, all, whole } = again;
            let steps = if all || whole {
                self.adapt_all(&line, |folder| whole || these.contains(folder))
            } else {
                self.adapt_these(&line, &these)
            };
            if !steps.is_empty() {
                let part = || PlannedApp { id: id.clone(), fate: Fate::Part, steps: Vec::new(), adapted: Vec::new() };
                self.apps.entry(id.clone()).or_insert_with(part).adapted.extend(steps);
            }
            reshaped = self.index.take_reshaped();
        }
        // Perhaps nothing else tells when what is in doubt is settled.
        for folder in std::mem::take(&mut self.held) {
            self.index.reshape(&folder);
        }
        let changed: Vec<Line> = self.apps.keys().filter_map(|id| self.index.ancestry.line(id)).cloned().collect();
        for line in changed {
            let seen_by = self.index.views_of(&line[0].folder);
            self.plan.children.extend(seen_by.into_iter().map(|it| it[0].id.clone()));
        }
    }

    /// Whatever there is in the view of one app; of what was there before, these again.
    fn adapt_all(&mut self, line: &Line, again: impl Fn(&Arc<str>) -> bool) -> Vec<Step> {
        let before: BTreeSet<Arc<str>> = self.index.adapted(&line[0].folder).cloned().collect();
        let view = View::new(line, self.tree, self.index, self.code);
        let now = adapted(&view);
        let news = now.values().filter(|it| again(it.folder) || !before.contains(it.folder));
        let (plans, uses) = self.plan_all(&view, news);
        // While somebody may be about to put back what made it another one, it stays that.
        let is_unsure = self.unsure.iter().any(|it| line.iter().any(|app| *app.folder == *app_of(it)));
        let mut all: BTreeSet<Arc<str>> = now.values().map(|it| Arc::clone(it.folder)).collect();
        let names: BTreeSet<FullName> = now.values().map(|it| it.files.full_name.clone()).collect();
        let (mut steps, mut is_held) = (Vec::new(), false);
        for folder in before.difference(&all.clone()) {
            let Some(name) = name_of(folder) else { continue };
            if is_unsure && view.seen(&name).is_some_and(|it| it.folder == folder) {
                all.insert(Arc::clone(folder));
                is_held = true;
            } else if !names.contains(&name) {
                steps.push(Step::Gone(name));
            }
        }
        steps.extend(plans);
        if is_held {
            self.held.push(Arc::clone(&line[0].folder));
        }
        self.index.set_adapted(&line[0].folder, all);
        self.record(uses);
        steps
    }

    /// These, which are adapted already.
    fn adapt_these(&mut self, line: &Line, again: &BTreeSet<&Arc<str>>) -> Vec<Step> {
        let view = View::new(line, self.tree, self.index, self.code);
        let of = |folder: &Arc<str>| Use { view: Arc::clone(view.folder()), folder: Arc::clone(folder) };
        let these = again.iter().filter(|it| self.index.is_adapted(&of(it)));
        let seen = these.filter_map(|folder| view.seen(&name_of(folder)?).filter(|it| *it.folder == **folder));
        let (steps, uses) = self.plan_all(&view, &seen.collect::<Vec<_>>());
        self.record(uses);
        steps
    }

    pub(crate) fn record(&mut self, uses: Vec<(Use, Vec<Key>)>) {
        uses.into_iter().for_each(|(user, keys)| self.index.record(&user, keys));
    }

    fn plan_all<'d, 't: 'd>(
        &self,
        view: &View<'t>,
        these: impl IntoIterator<Item = &'d Defined<'t>>,
    ) -> (Vec<Step>, Vec<(Use, Vec<Key>)>) {
        let (mut steps, mut uses) = (Vec::new(), Vec::new());
        for it in these {
            if it.is_hidden {
                steps.push(Step::Keep(it.files.full_name.clone(), Some(Box::new(view.withheld(it)))));
                continue;
            }
            steps.push(Step::Plan(Box::new(view.plan_adapted(it, &self.vars))));
            uses.extend(view.used(it));
        }
        (steps, uses)
    }
}

impl View<'_> {
    /// What the element was worked out with since this was asked. One that cannot be read asks for nothing, so what it was
    /// worked out with last still counts.
    pub(crate) fn used(&self, it: &Defined<'_>) -> Option<(Use, Vec<Key>)> {
        let asked = self.asked.take();
        let user = Use { view: Arc::clone(self.folder()), folder: Arc::clone(it.folder) };
        (it.files.declaration.is_some() && !it.has_rivals).then_some((user, asked))
    }

    /// Works out an inherited element. What is wrong with it in this view is told to whoever made it so.
    fn plan_adapted(&self, it: &Defined<'_>, vars: &Vars<'_>) -> Planned {
        let mut planned = self.plan(it, vars);
        let home = &self.line[it.layer];
        let mut wrong = std::mem::take(&mut planned.diagnostics);
        wrong.retain(|it| it.severity == Severity::Error);
        if wrong.is_empty() {
            return planned;
        }
        planned.todo = Todo::Withhold;
        // What is wrong where it is defined is told there.
        let told = self.index.line_of(&home.folder).map(|line| {
            let view = View::new(line, self.tree, self.index, self.code);
            view.plan(&Defined { layer: 0, ..*it }, vars).diagnostics
        });
        wrong.retain(|it| told.as_ref().is_none_or(|told| !told.contains(it)));
        let is_foreign = |link: &&Link| link.app.as_ref().is_some_and(|app| !self.sees(it.layer, app));
        let made_by = planned.links.iter().find(is_foreign).and_then(|it| it.declaration.as_ref());
        let name: &FullName = &planned.full_name;
        planned.diagnostics = wrong
            .into_iter()
            .map(|mistake| {
                let Some(made_by) = made_by.filter(|_| app_of(&mistake.file) != &*self.line[0].folder) else {
                    return mistake;
                };
                let message = format!("`{name}` of `{}` does not fit this Type: {}", home.id, mistake.message);
                let help =
                    mistake.help.unwrap_or_else(|| format!("give defaults here, or define `{name}` in this app, too"));
                let place = made_by.place("/type", Part::Value);
                Diagnostic::error(mistake.code, &made_by.path, message).at(place).help(help)
            })
            .collect();
        planned
    }

    /// Whether the app of this layer sees the other one.
    fn sees(&self, layer: usize, app: &AppId) -> bool {
        self.index.line_of(&self.line[layer].folder).is_some_and(|line| line.iter().any(|it| it.id == *app))
    }
}
