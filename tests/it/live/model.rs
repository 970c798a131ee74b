//! What must be so, whatever happened: compared with a fresh look at the same files, and with what was good before.
use crate::engine::apps::registry;
use element::{code, host::Clock};
use element_engine::{Diagnostic, Files, InstanceKey, Options, Registry, Runtime, Severity, Snapshot, State};
use element_store::Store;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

/// Made once: its schemas cost more than a story.
pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| registry(|it| it));

/// An app and a full name.
pub(crate) type Name = (String, String);

/// What a look at the files says of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Says {
    Declared,
    Good(InstanceKey),
    Bad,
}

/// A runtime that follows a disk, and what is known of the past.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    files: Arc<dyn Files>,
    base: PathBuf,
    clock: Arc<dyn Clock>,
    /// Some changes were not told.
    pub(crate) lossy: bool,
    /// What was good since it was there without a break.
    good: BTreeMap<Name, InstanceKey>,
    /// What answers, and has to go on answering as long as it is there.
    answering: BTreeSet<Name>,
}

impl World {
    pub(crate) async fn open(files: Arc<dyn Files>, base: &Path, clock: Arc<dyn Clock>) -> Self {
        let options = Options { watch: true, ..options(&files, base, &clock) };
        let runtime = Runtime::open(base.join("apps"), REGISTRY.clone(), options).await;
        let (base, good, answering) = (base.to_owned(), BTreeMap::new(), BTreeSet::new());
        let mut world = Self { runtime, files, base, clock, lossy: false, good, answering };
        world.observe().await;
        world
    }

    /// A look at the files by somebody who knows nothing.
    pub(crate) async fn fresh(&self) -> Arc<Snapshot> {
        let options = Options { only_look: true, ..options(&self.files, &self.base, &self.clock) };
        Runtime::open(self.base.join("apps"), REGISTRY.clone(), options).await.snapshot()
    }

    /// After something happened: what answered and is still there, answers.
    pub(crate) async fn observe(&mut self) {
        let look = self.fresh().await;
        let fresh = says(&look);
        for (name, it) in &fresh {
            match it {
                Says::Good(key) => drop(self.good.insert(name.clone(), key.clone())),
                // It was a different thing for a while.
                Says::Declared => drop(self.good.remove(name)),
                Says::Bad => {}
            }
        }
        // One that somebody made a Type is one, even if what speaks against that is in doubt for a moment.
        let live = self.runtime.snapshot();
        let is_declared = |name: &Name| element(&live, name).is_some_and(|it| matches!(it.state, State::Declared));
        let is_abstract = |(app, name): &Name| {
            let folder = self.base.join("apps").join(&**look.app(app)?.element(name)?.folder.as_ref()?);
            let (text, _) = self.files.read(&folder.join("e.json"), 10_000).ok()?;
            Some(String::from_utf8_lossy(&text).contains("abstract"))
        };
        let is_type = |name: &Name| is_declared(name) || is_abstract(name) == Some(true);
        let rivals = |(app, name): &Name| {
            fresh.keys().filter(|it| (&it.0, it.1.to_lowercase()) == (app, name.to_lowercase())).count() > 1
        };
        let is_hidden = |name: &Name| self.is_hidden(&live, name);
        let is_there = |name: &Name| match fresh.get(name) {
            Some(Says::Good(_) | Says::Bad) => !is_type(name) && !rivals(name),
            Some(Says::Declared) => false,
            None => is_hidden(name),
        };
        for name in self.answering.iter().filter(|it| is_there(it)) {
            if let Err(e) = self.call(name).await {
                // Whoever is not told that one app took another's id cannot know that the other is not gone.
                assert!(self.lossy && e.code == code::NO_APP, "{name:?} does not answer any more: {e}");
            }
        }
        let mut answering = BTreeSet::new();
        let kept = self.answering.iter().filter(|it| !fresh.contains_key(*it));
        for name in fresh.keys().chain(kept).filter(|it| is_there(it)) {
            if self.call(name).await.is_ok() {
                answering.insert(name.clone());
            }
        }
        self.answering = answering;
    }

    /// Nobody has taken away what nobody may look at, or what is in a folder that nobody knows what it is now.
    fn is_hidden(&self, live: &Snapshot, name: &Name) -> bool {
        let Some(folder) = element(live, name).and_then(|it| it.folder.as_deref()) else { return false };
        let listed = self.files.list(&self.base.join("apps").join(folder));
        let denied = listed.is_err_and(|e| e.kind() == io::ErrorKind::PermissionDenied);
        denied || !live.apps().iter().any(|it| folder.split('/').next() == Some(&*it.folder))
    }

    async fn call(&self, (app, name): &Name) -> element::Result<serde_json::Value> {
        self.runtime.app(app)?.get_element(name)?.call("greet", json!({})).await
    }

    /// Whether everything has come to rest, as far as one can see.
    pub(crate) async fn is_at_rest(&self) -> bool {
        let (fresh, live) = (self.fresh().await, self.runtime.snapshot());
        let (expected, served) = (says(&fresh), says(&live));
        let mut more = served.iter().filter(|(name, _)| !expected.contains_key(*name));
        agree(&live, &fresh)
            && expected.iter().all(|(name, it)| served.get(name) == Some(it) || self.is_hidden(&live, name))
            && !more.any(|(_, it)| matches!(it, Says::Good(_)))
    }

    /// Once everything has come to rest. `exactly`: and nothing happened since it last had.
    pub(crate) async fn check(&mut self, exactly: bool) {
        let (fresh, live) = (self.fresh().await, self.runtime.snapshot());
        let (expected, served) = (says(&fresh), says(&live));
        assert!(agree(&live, &fresh), "what is wrong is what a fresh look says:\n{}\n\n{}", told(&live), told(&fresh));
        // Where it cannot be looked at, a fresh look sees what stands behind it.
        for (name, it) in expected.iter().filter(|(name, _)| !self.is_hidden(&live, name)) {
            let Some(live) = element(&live, name) else {
                // Whoever knows nothing cannot know that it was private.
                let owner = fresh.app(&name.0).and_then(|app| app.owner(element(&fresh, name)?));
                assert!(*it == Says::Bad && owner.is_some_and(|it| it.as_str() != name.0), "{name:?} is missing");
                continue;
            };
            match it {
                Says::Good(_) if is_denied(&fresh) && matches!(live.state, State::Stale(_)) => {}
                Says::Declared | Says::Good(_) => assert_eq!(served.get(name), Some(it), "{name:?}"),
                Says::Bad => match &live.state {
                    State::Stale(serves) => {
                        // While a file is in doubt, others go on, so in a rush old and new may come together, and what
                        // comes with a mistake in another folder may be good until that one is believed.
                        let was_good = |name: &Name| self.good.get(name).is_none_or(|it| *it == serves.key);
                        // What was inherited from another app before is another thing now.
                        let there = (serves.key.app.as_ref().map_or(String::new(), ToString::to_string), name.1.clone());
                        // What may not be looked at still stands before what a fresh look found good behind it.
                        let right = !exactly || is_denied(&fresh) || was_good(name) || was_good(&there);
                        assert!(right, "{name:?} serves what was not good last: {:?}", serves.key);
                    }
                    State::Broken => {
                        assert!(!exactly || !self.good.contains_key(name), "{name:?} was good and nothing answers")
                    }
                    other => panic!("{name:?} is {}, and its files are bad", other.word()),
                },
            }
        }
        let errors = live.diagnostics();
        for name in served.keys().filter(|it| !expected.contains_key(*it)) {
            let it = element(&live, name).unwrap();
            let is_own = live.app(&name.0).unwrap().own_elements().iter().any(|own| own.full_name == it.full_name);
            if !is_own && fresh.app(&name.0).is_none() {
                // An app that is kept as it was keeps what it inherits.
                continue;
            }
            // A fresh look does not see it, since it cannot look there: that is told, and the last good one serves.
            let app = live.app(&name.0).unwrap();
            assert!(matches!(it.state, State::Stale(_) | State::Declared | State::Broken), "{name:?}: {}", it.state.word());
            let why = errors.iter().any(|it| it.severity == Severity::Error);
            assert!(why, "{name:?} of {} is kept and nobody says why", app.folder);
        }
        // What is gone has no past.
        self.good.retain(|name, _| served.contains_key(name));
    }
}

fn told(it: &Snapshot) -> String {
    it.diagnostics().iter().map(|it| format!("{it}\n")).collect()
}

/// That something may not be looked at.
fn denials(fresh: &Snapshot) -> Vec<&Diagnostic> {
    fresh.diagnostics().into_iter().filter(|it| it.message.ends_with("no permission")).collect()
}

/// Where something may not be looked at, what was there still stands before what a fresh look sees behind it, and what is
/// wrong with that is another thing.
fn is_denied(fresh: &Snapshot) -> bool {
    !denials(fresh).is_empty()
}

fn agree(live: &Snapshot, fresh: &Snapshot) -> bool {
    let served = live.diagnostics();
    served == fresh.diagnostics() || is_denied(fresh) && denials(fresh).iter().all(|it| served.contains(it))
}

fn options(files: &Arc<dyn Files>, base: &Path, clock: &Arc<dyn Clock>) -> Options {
    Options {
        files: Arc::clone(files),
        secrets_dir: Some(base.join("secrets")),
        clock: Arc::clone(clock),
        store: Store::memory(Arc::clone(clock)),
        ..Options::default()
    }
}

fn element<'s>(snapshot: &'s Snapshot, (app, name): &Name) -> Option<&'s Arc<element_engine::Element>> {
    snapshot.app(app)?.element(name).filter(|it| it.folder.is_some())
}

fn says(snapshot: &Snapshot) -> BTreeMap<Name, Says> {
    let apps = snapshot.apps();
    let all = apps.iter().flat_map(|app| app.elements().into_iter().map(move |it| (app, it)));
    let all = all.filter(|(_, it)| it.folder.is_some());
    let says = |it: &element_engine::Element| match &it.state {
        State::Declared => Says::Declared,
        State::InService(it) => Says::Good(it.key.clone()),
        State::Stale(_) | State::Broken => Says::Bad,
    };
    all.map(|(app, it)| ((app.id.to_string(), it.full_name.to_string()), says(it))).collect()
}
