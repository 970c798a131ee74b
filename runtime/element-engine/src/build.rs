//! Third room: a [`Plan`] and the snapshot before become the next snapshot. Runs Types' code, each on its own:
//! one bad element hurts only itself, and what was good before stays in service as stale.
use crate::{
    App, Diagnostic, Element, Instance, Kind, Snapshot, State,
    plan::{InstanceKey, Plan, Planned, Todo},
    runtime::Inner,
    snapshot::{Layer, OnDrop},
};
use element::{AppId, FullName, Object, START, STOP};
use futures_util::{StreamExt, stream};
use hashbrown::HashMap;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

/// How many `start` hooks run at once.
const STARTS_AT_ONCE: usize = 16;

/// Makes the next snapshot. Instances with the same key are the same objects as before.
pub(crate) async fn build(inner: &Arc<Inner>, plan: Plan, before: &Snapshot) -> Snapshot {
    let generation = before.generation + 1;
    let builder = Builder { inner, generation, before, known: known(before), diagnostics: Mutex::new(plan.diagnostics) };
    let built_in = Arc::new(builder.layer(None, plan.built_in).await);
    let mut snapshot = Snapshot { generation, ..Snapshot::default() };
    for app in plan.apps {
        let own = Arc::new(builder.layer(Some(&app.id), app.elements).await);
        let layers = vec![own, Arc::clone(&built_in)];
        let name = app.id.as_str().into();
        snapshot
            .apps
            .insert(name, Arc::new(App { id: app.id, title: app.title, version: app.version, folder: app.folder, layers }));
    }
    for id in &plan.disputed {
        if let Some(app) = before.app(id.as_str()) {
            snapshot.apps.insert(id.as_str().into(), Arc::new(stale(app, &built_in)));
        }
    }
    snapshot.diagnostics = builder.diagnostics.into_inner().unwrap_or_else(PoisonError::into_inner);
    snapshot.diagnostics.sort();
    snapshot
}

fn known(before: &Snapshot) -> HashMap<&InstanceKey, &Arc<Instance>> {
    let elements = before.apps.values().flat_map(|app| &app.layers).flat_map(|layer| layer.elements.values());
    elements.filter_map(|it| it.instance()).map(|it| (&it.key, it)).collect()
}

/// An app that stays as it was, because nobody can say which of two folders is the new one.
fn stale(app: &App, built_in: &Arc<Layer>) -> App {
    let mut own = Layer::default();
    for (name, element) in app.layers.iter().take(1).flat_map(|layer| &layer.elements) {
        let state = match &element.state {
            State::InService(it) => State::Stale(Arc::clone(it)),
            other => other.clone(),
        };
        own.elements.insert(name.clone(), Arc::new(Element { state, ..Element::clone(element) }));
    }
    App { layers: vec![Arc::new(own), Arc::clone(built_in)], ..app.clone() }
}

struct Builder<'a> {
    inner: &'a Arc<Inner>,
    generation: u64,
    before: &'a Snapshot,
    known: HashMap<&'a InstanceKey, &'a Arc<Instance>>,
    diagnostics: Mutex<Vec<Diagnostic>>,
}

impl Builder<'_> {
    async fn layer(&self, app: Option<&AppId>, elements: Vec<Planned>) -> Layer {
        let mut layer = Layer::default();
        let mut built = stream::iter(elements.into_iter().map(|it| self.element(app, it))).buffer_unordered(STARTS_AT_ONCE);
        while let Some((element, files)) = built.next().await {
            let name = &element.full_name;
            if element.kind == Kind::Instance {
                for ancestor in &element.chain {
                    layer.dependents.by_ancestor.entry(ancestor.as_str().into()).or_default().push(name.clone());
                }
            }
            for file in files {
                layer.dependents.by_file.entry((*file).into()).or_default().push(name.clone());
            }
            layer.elements.insert(name.as_str().into(), Arc::new(element));
        }
        layer
    }

    async fn element(&self, app: Option<&AppId>, planned: Planned) -> (Element, Vec<Arc<str>>) {
        let state = match planned.todo {
            Todo::Declare => State::Declared,
            Todo::Withhold => self.last_good(app, &planned.full_name),
            Todo::Build { ty, config, key } => match self.known.get(&key) {
                Some(same) => State::InService(Arc::clone(same)),
                None => match self.instance(ty, &config, key).await {
                    Ok(it) => State::InService(it),
                    Err(mut diagnostic) => {
                        // The Instance's own config comes last but for the files of derived Types; `e.json` is first.
                        let own = planned.files.get(1).or_else(|| planned.files.first());
                        diagnostic.file = own.map_or_else(|| "".into(), Arc::clone);
                        self.diagnostics.lock().unwrap_or_else(PoisonError::into_inner).push(diagnostic);
                        self.last_good(app, &planned.full_name)
                    }
                },
            },
        };
        let Planned { full_name, title, kind, folder, chain, files, .. } = planned;
        (Element { full_name, title, kind, folder, chain, state }, files)
    }

    fn last_good(&self, app: Option<&AppId>, name: &FullName) -> State {
        let app = app.and_then(|id| self.before.app(id.as_str()));
        let own = app.and_then(|app| app.layers.first()).and_then(|layer| layer.elements.get(name.as_str()));
        own.and_then(|it| it.instance()).map_or(State::Broken, |it| State::Stale(Arc::clone(it)))
    }

    /// Makes the object and starts it. The mistake has no file yet.
    async fn instance(
        &self,
        ty: Arc<crate::Type>,
        config: &serde_json::Value,
        key: InstanceKey,
    ) -> Result<Arc<Instance>, Diagnostic> {
        let made = catch_unwind(AssertUnwindSafe(|| (ty.build)(config)));
        let object = match made {
            Ok(Ok(it)) => it,
            Ok(Err(reason)) => return Err(Diagnostic::error("bad-config", &"".into(), reason)),
            Err(_) => {
                let message = format!("`{}` panicked over this config", ty.info.full_name);
                return Err(Diagnostic::error("panic", &"".into(), message)
                    .help("that is a mistake in the Type: the log has the place"));
            }
        };
        if ty.info.starts {
            let hook = self.inner.hook(&key, &object, START).await;
            hook.map_err(|e| Diagnostic::error("start-failed", &"".into(), format!("it does not start: {e}")))?;
        }
        let stop = ty.info.stops.then(|| self.stop_later(&key, &object));
        Ok(Arc::new(Instance { key, ty, generation: self.generation, object, _stop: stop }))
    }

    fn stop_later(&self, key: &InstanceKey, object: &Arc<dyn Object>) -> OnDrop {
        let (inner, key, object) = (Arc::downgrade(self.inner), key.clone(), Arc::clone(object));
        OnDrop::new(move || {
            let Some(inner) = inner.upgrade() else { return };
            let (stops, handle) = (inner.stops.clone(), inner.handle.clone());
            stops.spawn_on(
                async move {
                    if let Err(e) = inner.hook(&key, &object, STOP).await {
                        tracing::warn!(element = %key.full_name, code = e.code, internal = %e.internal, "an element did not stop well: {e}");
                    }
                },
                &handle,
            );
        })
    }
}
