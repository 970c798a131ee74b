//! Installs of templates: what a customer's administrator does, and what the provider is told of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Kept;
use crate::Sim;
use crate::company::{App, AppChange, AppKind, Company, VisibleRange};
use crate::directory::Directory;
use crate::push::{Callback, News};
use crate::sim::Refused;
use crate::state::State;
use crate::tokens::AppKey;

/// The first agentid that companies give.
const FIRST_AGENT: u32 = 1_000_002;
/// The longest `state` (page 90313, at 84025).
const LONGEST_STATE: usize = 128;

/// How a template is installed; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NewInstall {
    /// Handed on to the provider: up to 128 letters and digits.
    pub state: Option<String>,
    /// The id of the new app; the first free one from 1000002 on when left out.
    pub agent_id: Option<u32>,
    /// See [`App::visible_range`].
    pub visible_range: Option<VisibleRange>,
    /// See [`App::redirect_domains`].
    pub redirect_domains: Option<Vec<String>>,
    /// See [`App::callback`]; that of the template when left out.
    pub callback: Option<Callback>,
}

/// What to change about an install; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct InstallChange {
    /// See [`App::enabled`].
    pub enabled: Option<bool>,
    /// See [`App::visible_range`]; the whole company is `{"departments": [1]}`.
    pub visible_range: Option<VisibleRange>,
    /// See [`App::full_profile`].
    pub full_profile: Option<bool>,
    /// See [`App::redirect_domains`].
    pub redirect_domains: Option<Vec<String>>,
    /// See [`App::callback`].
    pub callback: Option<Callback>,
}

/// A template in a company.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Install {
    /// The company.
    pub corp_id: String,
    /// The company as the provider is told it.
    pub auth_corp_id: String,
    /// The app.
    pub agent_id: u32,
    /// What was handed on when it was installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// What came of an install or a reset.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Installed {
    /// The company.
    pub corp_id: String,
    /// The company as the provider is told it.
    pub auth_corp_id: String,
    /// The app.
    pub agent_id: u32,
    /// What `get_permanent_code` takes, once and within 600 seconds. The template's callback is told
    /// it as well.
    pub auth_code: String,
}

impl Sim {
    /// Installs a template in a company, as its administrator does: the company has one more app, and
    /// the template is told (`create_auth`).
    ///
    /// # Errors
    ///
    /// When there is no such template or company, the company has it already, or the app could not be
    /// as asked.
    pub fn install(&self, suite_id: &str, corp_id: &str, new: NewInstall) -> Result<Installed, Refused> {
        let NewInstall { state: said, agent_id, visible_range, redirect_domains, callback } = new;
        let said = said.filter(|said| !said.is_empty());
        let mut state = self.state();
        let (_, template) = state.suites.named(suite_id)?;
        let company = state.resolve_company(Some(corp_id))?.clone();
        if let Some(app) = state.suites.app_of(suite_id, &company.corp_id) {
            let (corp, agent) = (&company.corp_id, app.agent());
            return Err(Refused(format!("{corp} has {suite_id} already, as app {agent}; change, reset or cancel that")));
        }
        let fits = |said: &String| said.len() <= LONGEST_STATE && said.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if said.as_ref().is_some_and(|said| !fits(said)) {
            return Err(Refused(format!("state must be up to {LONGEST_STATE} letters and digits (84025 in WeCom)")));
        }
        let free = || (FIRST_AGENT..).find(|id| company.app(*id).is_none()).unwrap_or_default();
        let app = App {
            agent_id: agent_id.unwrap_or_else(free),
            name: template.name.clone(),
            kind: AppKind::Customized,
            secret: self.shared.random.permanent_code().into(),
            enabled: true,
            created_at: Some(self.now_ms() / 1000),
            full_profile: None,
            trusted_ips: Vec::new(),
            visible_range,
            redirect_domains,
            callback: callback.or_else(|| template.callback()),
        };
        let key = AppKey::new(&company.corp_id, app.agent_id);
        let mut after = Company::clone(company.company());
        after.apps.push(app);
        after.check().map_err(Refused)?;
        state.put(Arc::new(Directory::new(after)), self.now_ms());
        state.suites.installs.push(Kept { suite_id: suite_id.to_owned(), app: key.clone(), state: said.clone() });
        let auth_code = self.new_auth_code(&mut state, suite_id, &key);
        self.tell_template(&template, &News::Created { auth_code: &auth_code, state: said.as_deref() });
        let auth_corp_id = state.suites.names_of_templates().corp(&company.corp_id);
        Ok(Installed { corp_id: company.corp_id.clone(), auth_corp_id, agent_id: key.agent(), auth_code })
    }

    /// Changes an install; the app as it is then. The template is told (`change_auth`), unless only what
    /// is the provider's own business changes: its callback and its domains.
    ///
    /// # Errors
    ///
    /// When the template is not installed there, or the app could not be as asked.
    pub fn change_install(&self, suite_id: &str, corp_id: &str, change: InstallChange) -> Result<App, Refused> {
        let app = self.state().installed(suite_id, corp_id)?;
        let InstallChange { enabled, visible_range, full_profile, redirect_domains, callback } = change;
        let change = AppChange { enabled, visible_range, full_profile, redirect_domains, callback, ..AppChange::default() };
        self.change_app(app.corp(), app.agent(), change)
    }

    /// Cancels an install, as the company's administrator does: its app is gone, and the template is told
    /// (`cancel_auth`).
    ///
    /// # Errors
    ///
    /// When the template is not installed there.
    pub fn cancel_install(&self, suite_id: &str, corp_id: &str) -> Result<(), Refused> {
        let mut state = self.state();
        let key = state.installed(suite_id, corp_id)?;
        let (_, template) = state.suites.named(suite_id)?;
        let company = state.resolve_company(Some(key.corp()))?.clone();
        let auth_corp_id = state.suites.names_of_templates().corp(&company.corp_id);
        let mut after = Company::clone(company.company());
        after.apps.retain(|app| app.agent_id != key.agent());
        state.put(Arc::new(Directory::new(after)), self.now_ms());
        self.tell_template(&template, &News::Cancelled { auth_corp_id: &auth_corp_id });
        Ok(())
    }

    /// Resets the permanent code of an install: the old one and its tokens end at once, and the template
    /// is told what to ask for the new one with (`reset_permanent_code`).
    ///
    /// # Errors
    ///
    /// When the template is not installed there.
    pub fn reset_install(&self, suite_id: &str, corp_id: &str) -> Result<Installed, Refused> {
        let mut state = self.state();
        let key = state.installed(suite_id, corp_id)?;
        let (_, template) = state.suites.named(suite_id)?;
        let company = state.resolve_company(Some(key.corp()))?.clone();
        let mut after = Company::clone(company.company());
        for app in after.apps.iter_mut().filter(|app| app.agent_id == key.agent()) {
            app.secret = self.shared.random.permanent_code().into();
        }
        state.put(Arc::new(Directory::new(after)), self.now_ms());
        let auth_code = self.new_auth_code(&mut state, suite_id, &key);
        self.tell_template(&template, &News::Reset { auth_code: &auth_code });
        let auth_corp_id = state.suites.names_of_templates().corp(&company.corp_id);
        Ok(Installed { corp_id: company.corp_id.clone(), auth_corp_id, agent_id: key.agent(), auth_code })
    }

    /// Where a template is installed, in the order of the installs; nowhere for an unknown one.
    pub fn installs(&self, suite_id: &str) -> Vec<Install> {
        let state = self.state();
        let names = state.suites.names_of_templates();
        let shown = |kept: &Kept| {
            let corp_id = state.company(kept.app.corp())?.corp_id.clone();
            let auth_corp_id = names.corp(&corp_id);
            Some(Install { corp_id, auth_corp_id, agent_id: kept.app.agent(), state: kept.state.clone() })
        };
        state.suites.installs.iter().filter(|kept| kept.suite_id == suite_id).filter_map(shown).collect()
    }

    fn new_auth_code(&self, state: &mut State, suite_id: &str, app: &AppKey) -> String {
        let auth_code = self.shared.random.auth_code();
        state.suites.auth_codes.issue(auth_code.clone(), suite_id, app.clone(), self.now_ms());
        auth_code
    }

    /// Tells the template of an app that its company changed what it may do.
    pub(crate) fn tell_changed(&self, state: &State, app: &AppKey) {
        let Some(template) = state.suites.of_app(app).and_then(|(suite_id, _)| state.suites.template(suite_id)) else {
            return;
        };
        let Some(company) = state.company(app.corp()) else { return };
        let auth_corp_id = state.suites.names_of_templates().corp(&company.corp_id);
        self.tell_template(template, &News::Changed { auth_corp_id: &auth_corp_id });
    }
}

impl State {
    /// The app that a company has of a template.
    pub(crate) fn installed(&self, suite_id: &str, corp_id: &str) -> Result<AppKey, Refused> {
        self.suites.named(suite_id)?;
        let company = self.resolve_company(Some(corp_id))?;
        let app = self.suites.app_of(suite_id, &company.corp_id).cloned();
        app.ok_or_else(|| {
            let path = format!("POST /sim/templates/{suite_id}/installs");
            Refused(format!("{} has not installed {suite_id}; install it first: {path}", company.corp_id))
        })
    }

    /// A company that comes whole keeps the apps that were installed in it: they are none of its file.
    /// One whose agentid the file gives to another app is gone.
    pub(crate) fn with_installs(&self, mut company: Company) -> Company {
        let old = self.company(&company.corp_id).map(|old| old.apps.clone()).unwrap_or_default();
        for mut app in old.into_iter().filter(|app| app.kind == AppKind::Customized) {
            if company.app(app.agent_id).is_some() {
                continue;
            }
            if let Some(range) = &mut app.visible_range {
                range.departments.retain(|id| company.department(*id).is_some());
                range.members.retain(|id| company.members.iter().any(|it| it.user_id.eq_ignore_ascii_case(id)));
            }
            company.apps.push(app);
        }
        company
    }
}
