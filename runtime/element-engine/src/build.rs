//! Third room: a [`Plan`] and the snapshot before become the next snapshot. Runs Types' code, each on its own:
//! one bad element hurts only itself, and what was good before stays in service as stale.
use crate::{
    App, Diagnostic, Document, Element, Instance, Part, Snapshot, State, Type, call,
    conceal::without_secrets,
    engine::Engine,
    plan::{InstanceKey, Plan, Planned, Todo},
    snapshot::{Layer, OnDrop},
};
use element::{
    AppId, ErrorKind, FullName,
    host::{Object, START, STOP},
};
use futures_util::{StreamExt, stream};
use hashbrown::HashMap;
use serde_json::Value;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

/// How many `start` hooks run at once.
const STARTS_AT_ONCE: usize = 16;

/// Makes the next snapshot. Instances with the same key are the same objects as before.
pub(crate) async fn build(engine: &Arc<Engine>, plan: Plan, before: &Snapshot) -> Snapshot {
    let generation = before.generation + 1;
    let builder = Builder { engine, generation, before, known: known(before), diagnostics: Mutex::new(plan.diagnostics) };
    let built_in = Arc::new(builder.layer(None, plan.built_in).await);
    let mut snapshot = Snapshot { generation, built_in: Arc::clone(&built_in), ..Snapshot::default() };
    for app in plan.apps {
        let mut own = builder.layer(Some(&app.id), app.elements).await;
        if let Some(before) = before.app(app.id.as_str()) {
            own.keep_unseen(before, &plan.unseen);
        }
        let own = Arc::new(own);
        let layers = vec![own, Arc::clone(&built_in)];
        let name = app.id.as_str().into();
        snapshot
            .apps
            .insert(name, Arc::new(App { id: app.id, title: app.title, version: app.version, folder: app.folder, layers }));
    }
    // An app stays as it was if nobody can say which of two folders is the new one, or what its folder says.
    for app in before.apps.values() {
        let unseen = plan.unseen.iter().any(|it| it.is_empty() || **it == *app.folder);
        if plan.disputed.contains(&app.id) || unseen && snapshot.app(app.id.as_str()).is_none() {
            snapshot.apps.insert(app.id.as_str().into(), Arc::new(stale(app, &built_in)));
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

/// An app that stays as it was.
fn stale(app: &App, built_in: &Arc<Layer>) -> App {
    let mut own = Layer::default();
    own.keep_unseen(app, &["".into()]);
    App { layers: vec![Arc::new(own), Arc::clone(built_in)], ..app.clone() }
}

struct Builder<'a> {
    engine: &'a Arc<Engine>,
    generation: u64,
    before: &'a Snapshot,
    known: HashMap<&'a InstanceKey, &'a Arc<Instance>>,
    diagnostics: Mutex<Vec<Diagnostic>>,
}

impl Builder<'_> {
    async fn layer(&self, app: Option<&AppId>, elements: Vec<Planned>) -> Layer {
        let mut layer = Layer::default();
        let mut built = stream::iter(elements.into_iter().map(|it| self.element(app, it))).buffer_unordered(STARTS_AT_ONCE);
        while let Some(element) = built.next().await {
            layer.add(element);
        }
        layer
    }

    async fn element(&self, app: Option<&AppId>, mut planned: Planned) -> Element {
        let state = match planned.todo {
            Todo::Declare => State::Declared,
            Todo::Withhold => self.last_good(app, &planned.full_name),
            Todo::Build { ty, config, key } => match self.known.get(&key) {
                Some(same) => State::InService(Arc::clone(same)),
                None => match self.instance(ty, &config, key, &planned.documents).await {
                    Ok(it) => State::InService(it),
                    Err(mistake) => {
                        self.diagnostics.lock().unwrap_or_else(PoisonError::into_inner).push(mistake);
                        self.last_good(app, &planned.full_name)
                    }
                },
            },
        };
        if let (State::Stale(_), Some(before)) = (&state, self.before(app, &planned.full_name)) {
            // What answers is what was there before, so it is found as what it was.
            planned.kind = before.kind;
            planned.chain.clone_from(&before.chain);
        }
        let Planned { full_name, title, kind, folder, chain, documents, .. } = planned;
        let files = documents.iter().map(|it| Arc::clone(&it.path)).collect();
        Element { full_name, title, kind, folder, chain, files, state }
    }

    fn before(&self, app: Option<&AppId>, name: &FullName) -> Option<&Arc<Element>> {
        let app = app.and_then(|id| self.before.app(id.as_str()))?;
        app.layers.first()?.elements.get(name.as_str())
    }

    fn last_good(&self, app: Option<&AppId>, name: &FullName) -> State {
        let own = self.before(app, name);
        own.and_then(|it| it.instance()).map_or(State::Broken, |it| State::Stale(Arc::clone(it)))
    }

    /// Makes the object and starts it.
    async fn instance(
        &self,
        ty: Arc<Type>,
        config: &Value,
        key: InstanceKey,
        documents: &[Document],
    ) -> Result<Arc<Instance>, Diagnostic> {
        let made = catch_unwind(AssertUnwindSafe(|| (ty.build)(config)));
        let object = match made {
            Ok(Ok(it)) => it,
            Ok(Err(reason)) => {
                return Err(blamed("bad-config", documents, without_secrets(reason, config, ty.info.schema.as_ref())));
            }
            Err(_) => {
                let message = format!("`{}` panicked over this config", ty.info.full_name);
                return Err(blamed("panic", documents, message).help("that is a mistake in the Type: the log has the place"));
            }
        };
        let only_look = self.engine.options.only_look;
        if ty.info.starts && !only_look {
            let hook = call::hook(self.engine, &key, &object, START).await;
            hook.map_err(|e| {
                tracing::warn!(element = %key.full_name, code = e.code, internal = %e.internal, "an element does not start: {e}");
                let reason = match e.kind {
                    ErrorKind::Internal => "something went wrong inside the Type, and the log has the details".to_owned(),
                    _ => without_secrets(e.message.clone(), config, ty.info.schema.as_ref()),
                };
                blamed("start-failed", documents, format!("it does not start: {reason}"))
            })?;
        }
        let stop = (ty.info.stops && !only_look).then(|| self.stop_later(&key, &object));
        Ok(Arc::new(Instance { key, ty, generation: self.generation, object, _stop: stop }))
    }

    fn stop_later(&self, key: &InstanceKey, object: &Arc<dyn Object>) -> OnDrop {
        let (engine, key, object) = (Arc::downgrade(self.engine), key.clone(), Arc::clone(object));
        // Whoever waits for the stops waits for the calls that still hold the element as well.
        let token = self.engine.stops.token();
        OnDrop::new(move || {
            let (Some(engine), _token) = (engine.upgrade(), token) else { return };
            let (stops, handle) = (engine.stops.clone(), engine.handle.clone());
            stops.spawn_on(
                async move {
                    if let Err(e) = call::hook(&engine, &key, &object, STOP).await {
                        tracing::warn!(element = %key.full_name, code = e.code, internal = %e.internal, "an element did not stop well: {e}");
                    }
                },
                &handle,
            );
        })
    }
}

/// What a Type says against a config, at the key that it names first, such as `` `agentId` `` or `` `retry.times` ``;
/// else somewhere in the Instance's own config.
fn blamed(code: &'static str, documents: &[Document], message: String) -> Diagnostic {
    let pointer = message.split('`').nth(1).map(|key| format!("/{}", key.replace('.', "/")));
    let configs = documents.get(1..).unwrap_or_default();
    let named = pointer.and_then(|it| configs.iter().find_map(|config| Some((config, config.place(&it, Part::Value)?))));
    match (named, documents.get(1).or_else(|| documents.first())) {
        (Some((config, place)), _) => Diagnostic::error(code, &config.path, message).at(Some(place)),
        (None, own) => Diagnostic::error(code, &own.map_or_else(|| "".into(), |it| Arc::clone(&it.path)), message),
    }
}
