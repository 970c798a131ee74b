//! The simulator as a value: what is known, and what can be done to it without HTTP.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::{Clock, millis};
use crate::codes::CodeFor;
use crate::company::{App, AppChange, AppKind, Company};
use crate::directory::Directory;
use crate::faults::{Fault, Faults};
use crate::journal::{Journal, JournalEntry};
use crate::options::Options;
use crate::push::Pushes;
use crate::random::Random;
use crate::state::{State, identify};
use crate::suite::Provider;
use crate::tokens::AppKey;

/// Why something asked of the simulator was not done, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub(crate) String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// The simulator. A clone is the same one.
#[derive(Clone)]
pub struct Sim {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    /// Where it listens, once it does, for the commands it offers.
    pub(crate) address: OnceLock<SocketAddr>,
    /// Wakes the pages that wait for a QR login to come further.
    pub(crate) qr_changed: Notify,
    pub(crate) pushes: Pushes,
    state: Mutex<State>,
    journal: Mutex<Journal>,
    faults: Mutex<Faults>,
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let companies: Vec<_> = self.companies().iter().map(|c| c.corp_id.clone()).collect();
        f.debug_struct("Sim").field("companies", &companies).finish_non_exhaustive()
    }
}

impl Sim {
    /// The demo company ([`Company::demo`]) and its provider ([`Provider::demo`]) with the default options.
    pub fn demo() -> Self {
        let sim = Self::new(vec![Company::demo()], Options::default());
        sim.put_provider(Provider::demo());
        sim
    }

    /// These companies, and no provider. Of two with the same corpid the later one counts.
    pub fn new(companies: Vec<Company>, options: Options) -> Self {
        let (limits, delay) = (options.limits, millis(options.trusted_ip_delay));
        let encrypt_ids = options.encrypt_ids;
        let sim = Self {
            shared: Arc::new(Shared {
                clock: Clock::default(),
                random: Random::new(options.seed),
                options,
                address: OnceLock::new(),
                qr_changed: Notify::new(),
                pushes: Pushes::default(),
                state: Mutex::default(),
                journal: Mutex::default(),
                faults: Mutex::default(),
            }),
        };
        sim.set_limits(limits);
        sim.state().trusted_ips.delay_ms = delay;
        sim.state().suites.encrypt_ids = encrypt_ids;
        for company in companies {
            sim.put_company(company);
        }
        sim
    }

    /// Makes a login code, as the login page does after a scan. Good for 300 seconds and one use.
    ///
    /// # Errors
    ///
    /// When the company, app or member is not there or not said.
    pub fn issue_code(&self, who: CodeFor) -> Result<String, Refused> {
        let mut state = self.state();
        let (company, agent) = state.resolve(who.corp_id.as_deref(), who.agent_id)?;
        let identity = identify(&company, who.who)?;
        let code = self.shared.random.code();
        let app = AppKey::new(&company.corp_id, agent);
        state.codes.issue(code.clone(), app, identity, self.now_ms());
        Ok(code)
    }

    /// Adds a company, or replaces the one with the same corpid; whether it replaced one. Tokens
    /// live on where the app and its secret are still there, and so do installs of templates.
    pub fn put_company(&self, company: Company) -> bool {
        let mut state = self.state();
        let company = state.with_installs(company);
        state.put(Arc::new(Directory::new(company)), self.now_ms())
    }

    /// The companies as they are now.
    pub fn companies(&self) -> Vec<Arc<Company>> {
        self.state().companies.iter().map(|directory| Arc::clone(directory.company())).collect()
    }

    /// Changes an app; the app as it is then. That of an install changes as
    /// [`Sim::change_install`] says.
    ///
    /// # Errors
    ///
    /// When there is no such app, or it could not be as asked.
    pub fn change_app(&self, corp_id: &str, agent_id: u32, change: AppChange) -> Result<App, Refused> {
        let mut state = self.state();
        let (company, agent) = state.resolve(Some(corp_id), Some(agent_id))?;
        let mut company = Company::clone(&company);
        let app = company.apps.iter_mut().find(|app| app.agent_id == agent);
        let installed = app.as_ref().is_some_and(|app| app.kind == AppKind::Customized);
        if installed && (change.secret.is_some() || change.trusted_ips.is_some()) {
            let what = "the app is an install: its secret is reset at POST /sim/templates/{suiteId}/installs/{corpId}/reset, \
                and trustedIps are its provider's, PUT /sim/provider";
            return Err(Refused(what.into()));
        }
        let told = installed && change.is_the_companys();
        let app = app.map(|app| (app.change(change), app.clone()).1);
        company.check().map_err(Refused)?;
        let key = AppKey::new(&company.corp_id, agent);
        state.put(Arc::new(Directory::new(company)), self.now_ms());
        if told {
            self.tell_changed(&state, &key);
        }
        app.ok_or_else(|| Refused("the app is gone".into()))
    }

    /// Ends all tokens of an app at once: the next call with one gets 40014. How many there were.
    ///
    /// # Errors
    ///
    /// When there is no such app.
    pub fn revoke_tokens(&self, corp_id: Option<&str>, agent_id: Option<u32>) -> Result<usize, Refused> {
        let mut state = self.state();
        let app = state.resolve_key(corp_id, agent_id)?;
        Ok(state.tokens.revoke(&app))
    }

    /// Lets all tokens of an app expire now: the next call with one gets 42001. How many that changed.
    ///
    /// # Errors
    ///
    /// When there is no such app.
    pub fn expire_tokens(&self, corp_id: Option<&str>, agent_id: Option<u32>) -> Result<usize, Refused> {
        let mut state = self.state();
        let app = state.resolve_key(corp_id, agent_id)?;
        Ok(state.tokens.expire(&app, self.now_ms()))
    }

    /// Adds a fault; how many are waiting.
    ///
    /// # Errors
    ///
    /// When its path is not served or a number is out of range.
    pub fn add_fault(&self, fault: Fault) -> Result<usize, Refused> {
        fault.check().map_err(Refused)?;
        Ok(self.faults_lock().add(fault))
    }

    /// The faults that wait, in the order they were added.
    pub fn faults(&self) -> Vec<Fault> {
        self.faults_lock().waiting().to_vec()
    }

    /// Takes all faults back; how many there were.
    pub fn clear_faults(&self) -> usize {
        self.faults_lock().clear()
    }

    /// Every call kept, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.journal_lock().all().cloned().collect()
    }

    /// Empties the journal; how many entries there were.
    pub fn clear_journal(&self) -> usize {
        self.journal_lock().clear()
    }

    /// Moves the clock forward. Suite tickets that come due are pushed.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
        self.shared.qr_changed.notify_waiters();
        self.push_due_tickets();
    }

    /// The simulator's time in unix milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.shared.clock.now_ms()
    }

    // A poisoned lock is taken all the same: every change under these locks is complete in itself.

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn journal_lock(&self) -> MutexGuard<'_, Journal> {
        self.shared.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults_lock(&self) -> MutexGuard<'_, Faults> {
        self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
