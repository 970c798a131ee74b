//! Making one Instance of a Type and a config, and seeing it off. Runs Types' code, so nothing in here is taken on trust.
use crate::{
    Diagnostic, Document, Instance, Part, call,
    conceal::without_secrets,
    engine::Engine,
    plan::{InstanceKey, Make},
    snapshot::Once,
};
use element::{
    ErrorKind,
    host::{Object, START, STOP},
};
use serde_json::Value;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Its files are good, but what it needs is not there: perhaps it is later.
pub(crate) const START_FAILED: &str = "start-failed";
/// How long an element that was replaced may be held by calls before it stops. Calls have half a minute unless somebody
/// says otherwise, jobs take what they take.
const DRAIN: Duration = Duration::from_secs(10 * 60);

impl Instance {
    /// Makes the object and starts it.
    pub(crate) async fn make(
        engine: &Arc<Engine>,
        generation: u64,
        make: &Make,
        overridden: Option<Arc<Self>>,
        documents: &[&Document],
    ) -> Result<Arc<Self>, Diagnostic> {
        let Make { ty, config, key, .. } = make;
        let made = {
            // What a library's object asks for is worked at here, whoever asked for the reload.
            let _inside = engine.handle.enter();
            catch_unwind(AssertUnwindSafe(|| (ty.build)(config)))
        };
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
        let only_look = engine.options.only_look;
        if ty.info.starts && !only_look {
            let hook = call::hook(engine, key, &object, START).await;
            hook.map_err(|e| {
                let reason = match e.kind {
                    ErrorKind::Internal => {
                        let (element, code, internal) = (&key.full_name, e.code, &e.internal);
                        tracing::warn!(%element, code, %internal, "an element does not start: {e}");
                        "something went wrong inside the Type, and the log has the details".to_owned()
                    }
                    // The diagnostic says it all, and says it once, however often it is tried.
                    _ => without_secrets(e.message.clone(), config, ty.info.schema.as_ref()),
                };
                blamed(START_FAILED, documents, format!("it does not start: {reason}"))
            })?;
        }
        let stop = (ty.info.stops && !only_look).then(|| stop_later(engine, key, &object));
        Ok(Arc::new(Self {
            key: key.clone(),
            ty: Arc::clone(ty),
            generation,
            object,
            overridden,
            draining: AtomicBool::new(false),
            stop,
        }))
    }
}

/// Sees to it that an element that was replaced stops, even if somebody holds it for very long. While an app that cannot be
/// worked out keeps it in service, it goes on.
pub(crate) fn drain(engine: &Arc<Engine>, replaced: &Arc<Instance>) {
    for it in replaced.all().filter(|it| it.stop.is_some() && !it.draining.swap(true, Ordering::Relaxed)) {
        engine.handle.spawn(drained(Arc::downgrade(engine), Arc::downgrade(it), engine.closing.clone()));
    }
}

async fn drained(engine: Weak<Engine>, replaced: Weak<Instance>, closing: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(DRAIN) => {}
            // Closing waits for the stops itself.
            () = closing.cancelled() => return,
        }
        let (Some(engine), Some(held)) = (engine.upgrade(), replaced.upgrade()) else { return };
        // Nobody puts it into service again meanwhile.
        let _one_writer = engine.writer.lock().await;
        if engine.snapshot.load().instances().iter().any(|it| Arc::ptr_eq(it, &held)) {
            continue;
        }
        tracing::warn!(
            element = %held.key.full_name,
            generation = held.generation,
            "an element was replaced {} minutes ago and is still held by a call: it is stopped all the same",
            DRAIN.as_secs() / 60
        );
        held.stop.iter().for_each(Once::run);
        return;
    }
}

/// Whoever waits for the stops waits for the calls that still hold the element as well.
fn stop_later(engine: &Arc<Engine>, key: &InstanceKey, object: &Arc<dyn Object>) -> Once {
    let (token, key, object) = (engine.stops.token(), key.clone(), Arc::clone(object));
    let engine = Arc::downgrade(engine);
    Once::new(move || {
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

/// What a Type says against a config, at the key that it names first, such as `` `agentId` `` or `` `retry.times` ``, or deeper down
/// where only one place has it; else somewhere in the Instance's own config.
fn blamed(code: &'static str, documents: &[&Document], message: String) -> Diagnostic {
    let key = message.split('`').nth(1).map(|key| key.replace('.', "/"));
    let configs = documents.get(1..).unwrap_or_default();
    let named = key.and_then(|key| {
        configs.iter().find_map(|config| {
            let mut found = Vec::new();
            having(&config.value, &key, &mut String::new(), &mut found);
            let pointer = found.iter().find(|it| it[1..] == key).or(if found.len() == 1 { found.first() } else { None })?;
            Some((config, config.place(pointer, Part::Value)?))
        })
    });
    match (named, documents.get(1).or_else(|| documents.first())) {
        (Some((config, place)), _) => Diagnostic::error(code, &config.path, message).at(Some(place)),
        (None, own) => Diagnostic::error(code, &own.map_or_else(|| "".into(), |it| Arc::clone(&it.path)), message),
    }
}

/// Every place in a config that `key` leads to from some object in it.
fn having(value: &Value, key: &str, at: &mut String, found: &mut Vec<String>) {
    let Value::Object(fields) = value else { return };
    if value.pointer(&format!("/{key}")).is_some() {
        found.push(format!("{at}/{key}"));
    }
    for (name, it) in fields {
        let length = at.len();
        // A key with such a mark in it is nobody's.
        at.push('/');
        at.push_str(name);
        having(it, key, at, found);
        at.truncate(length);
    }
}
