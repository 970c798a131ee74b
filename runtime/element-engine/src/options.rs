//! What the operator decides: where things are, and what stands in for the machine's own clock and randomness.
use crate::{Disk, Files, Trust, files::absolute};
use element::{
    AppId,
    host::{Clock, Random, SystemClock},
};
use element_store::Store;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    sync::Arc,
};

/// What the operator decides. The default is a real disk, a real clock, and a store in memory.
#[derive(Clone)]
pub struct Options {
    /// Values of `{{NAME}}` in configs.
    pub vars: BTreeMap<String, String>,
    /// The folder of the files that `{{file:NAME}}` names.
    pub secrets_dir: Option<PathBuf>,
    /// Settings that Types ask for, such as `WECOM_API_BASE`.
    pub settings: BTreeMap<String, String>,
    /// What is not among the settings is taken from the environment of the process, if some Type says that it asks for it.
    pub environment: bool,
    /// Code that comes in files.
    pub libraries: Libraries,
    /// What lasts. Its clock should be `clock`.
    pub store: Store,
    /// Where app files are.
    pub files: Arc<dyn Files>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives bytes that nobody can guess.
    pub random: Arc<dyn Random>,
    /// Elements are made, which finds every mistake in their files, but none is started and no job is done: for whoever
    /// looks at apps that are served elsewhere.
    pub only_look: bool,
    /// Of the jobs in the store, only those are done that calls from outside begin here: for whoever stays for one call, and
    /// shares the store with hosts that stay.
    pub own_jobs_only: bool,
    /// Edits go live by themselves, and the log tells of them.
    pub watch: bool,
}

/// Libraries with Types, and who may bring some. None unless the operator says so.
#[derive(Debug, Clone, Default)]
pub struct Libraries {
    /// Files, for the whole host.
    pub files: Vec<PathBuf>,
    /// A folder with more of them.
    pub folder: Option<PathBuf>,
    /// Whose libraries run.
    pub trust: Trust,
    /// Apps whose own folders may bring libraries.
    pub apps: BTreeSet<AppId>,
}

impl Libraries {
    /// The folders that these files are in.
    pub(crate) fn dirs(&self) -> BTreeSet<PathBuf> {
        let files = self.files.iter().map(|it| absolute(it)).filter_map(|it| Some(it.parent()?.to_owned()));
        files.chain(self.folder.iter().map(|it| absolute(it))).collect()
    }
}

/// Variables may be secrets: their names are shown.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("vars", &self.vars.keys())
            .field("secrets_dir", &self.secrets_dir)
            .field("settings", &self.settings.keys())
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        let clock = Arc::new(SystemClock);
        Self {
            vars: BTreeMap::new(),
            secrets_dir: None,
            settings: BTreeMap::new(),
            environment: false,
            libraries: Libraries::default(),
            store: Store::memory(Arc::<SystemClock>::clone(&clock)),
            files: Arc::new(Disk),
            clock,
            random: Arc::new(SystemRandom),
            only_look: false,
            own_jobs_only: false,
            watch: false,
        }
    }
}

/// The system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no state, code or session is safe, so nothing may go on.
        assert!(getrandom::fill(bytes).is_ok(), "the system gives no random bytes");
    }
}
