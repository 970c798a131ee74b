//! How it goes: what is in service and what is not, and whether edits are noticed.
use crate::{Diagnostic, LibraryInfo, Registry, Runtime, Snapshot, State, library::mapped_images};
use element::{AppId, FullName};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Mutex,
};

/// What is in service and what is not, at one time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Of the snapshot in service.
    pub generation: u64,
    /// How many apps there are.
    pub apps: usize,
    /// How many elements they define.
    pub elements: usize,
    /// Elements whose files have mistakes, in the order of apps and full names.
    pub troubled: Vec<Troubled>,
    /// What is wrong with the files, in the order of files.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether edits are noticed.
    pub watch: Watching,
    /// Code that came in files.
    #[serde(default)]
    pub libraries: LibrariesInService,
    /// Why what elements keep cannot be read or written now; `None`: it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
}

/// Libraries of Types that are in use.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LibrariesInService {
    /// Those that something in service is made of, or may be, in the order of their files. Two of one file: an element with
    /// mistakes is still made of the older one.
    pub loaded: Vec<LibraryInfo>,
    /// How many others are mapped into the process: they were in service, or were refused when they were loaded. Code is
    /// never unloaded, so a host that has had many new versions is one to start again at an occasion.
    pub retained: usize,
}

/// An element whose files have mistakes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Troubled {
    /// The app.
    pub app: AppId,
    /// Its full name.
    pub element: FullName,
    /// `stale`: what was good before answers. `broken`: nothing does.
    pub state: String,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// The generation that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<u64>,
}

/// How changes of files are noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// They are not: somebody has to ask for a reload.
    #[default]
    Off,
    /// The file system tells, and a slow sweep makes sure.
    Native,
    /// The file system does not tell everything, so all files are looked at again and again.
    Polling,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Native => "native",
            Self::Polling => "polling",
        })
    }
}

/// How changes of files are noticed, and how many were.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Watching {
    /// How they are noticed.
    pub mode: Mode,
    /// Why it is not native.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the file system told.
    pub events: u64,
    /// How often it told that it could not tell all.
    pub overflows: u64,
    /// How often all folders were looked at.
    pub sweeps: u64,
    /// Folders where a sweep found what nobody had told. More than 0 while native: a file system that is not what it seems.
    pub sweep_finds: u64,
    /// Changes that went into service.
    pub applied: u64,
    /// Edits that did not, because of mistakes.
    pub rejected: u64,
    /// Folders that were looked at and said the same as before.
    pub unchanged: u64,
    /// Folders that are looked at again before they are believed, now.
    pub doubted: u64,
    /// From one sweep to the next, in milliseconds.
    pub sweep_every_ms: u64,
}

/// The one place where the counters are.
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Watching>);

impl Counters {
    pub(crate) fn get(&self) -> Watching {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Counts, and tells whoever collects metrics.
    pub(crate) fn count(&self, how: impl FnOnce(&mut Watching)) {
        let now = {
            let mut counters = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            how(&mut counters);
            counters.clone()
        };
        let totals = [
            ("element_reload_events_total", now.events),
            ("element_reload_overflows_total", now.overflows),
            ("element_reload_sweeps_total", now.sweeps),
            ("element_reload_sweep_finds_total", now.sweep_finds),
            ("element_reload_applied_total", now.applied),
            ("element_reload_rejected_total", now.rejected),
            ("element_reload_unchanged_total", now.unchanged),
        ];
        for (name, value) in totals {
            metrics::counter!(name).absolute(value);
        }
        metrics::gauge!("element_reload_doubted").set(now.doubted as f64);
        for mode in [Mode::Off, Mode::Native, Mode::Polling] {
            metrics::gauge!("element_watch_mode", "mode" => mode.to_string()).set(f64::from(u8::from(mode == now.mode)));
        }
    }
}

impl Runtime {
    /// What is in service and what is not, and whether edits are noticed. Looks at every element.
    #[must_use]
    pub fn status(&self) -> Status {
        let (snapshot, registry) = (self.snapshot(), self.registry());
        let libraries = LibrariesInService::of(&snapshot, &registry);
        Status { store: self.store().trouble(), libraries, ..Status::of(&snapshot, self.watching()) }
    }
}

impl LibrariesInService {
    fn of(snapshot: &Snapshot, registry: &Registry) -> Self {
        let apps = snapshot.apps();
        let elements = apps.iter().flat_map(|it| it.own_elements()).filter_map(|it| it.ty.as_ref());
        let instances = snapshot.instances();
        let types = elements.chain(instances.iter().map(|it| &it.ty)).filter_map(|it| it.library.as_ref());
        let in_use: BTreeMap<_, _> = types.chain(registry.libraries()).map(|it| ((&it.path, &it.sha256), it)).collect();
        let images: BTreeSet<&str> = in_use.values().map(|it| &*it.sha256).collect();
        let retained = mapped_images().saturating_sub(images.len());
        Self { loaded: in_use.into_values().cloned().collect(), retained }
    }
}

impl Status {
    fn of(snapshot: &Snapshot, watch: Watching) -> Self {
        let apps = snapshot.apps();
        let (mut elements, mut troubled) = (0, Vec::new());
        for app in &apps {
            let own = app.own_elements();
            elements += own.len();
            for it in own.into_iter().chain(app.adapted_elements()) {
                if matches!(it.state, State::Stale(_) | State::Broken) {
                    troubled.push(Troubled {
                        app: app.id.clone(),
                        element: it.full_name.clone(),
                        state: it.state.word().into(),
                        since: it.since,
                        serves: it.instance().map(|it| it.generation),
                    });
                }
            }
        }
        let diagnostics = snapshot.diagnostics().into_iter().cloned().collect();
        let (generation, apps, libraries) = (snapshot.generation, apps.len(), LibrariesInService::default());
        Self { generation, apps, elements, troubled, diagnostics, watch, libraries, store: None }
    }
}
