//! The suite side: a provider whose templates companies install (代开发), and what that gives and takes.

mod codes;
pub(crate) mod ids;
mod install;
mod provider;
mod templates;
mod tickets;

use std::sync::Arc;

pub use install::{Install, InstallChange, Installed, NewInstall};
pub use provider::{Provider, Template};

pub(crate) use codes::{AuthCodes, PRE_AUTH_MS, PreAuth, PreAuthCodes};
pub(crate) use ids::Names;
pub(crate) use tickets::{EVERY_MS, SuiteTickets};

use crate::company::{App, AppKind};
use crate::sim::Refused;
use crate::tokens::{AppKey, Tokens};

/// What the provider has been given, and what has come of it. Part of [`State`](crate::state::State).
#[derive(Default)]
pub(crate) struct Suites {
    pub(crate) provider: Option<Arc<Provider>>,
    /// Whether customized apps are told ids of their provider's own.
    pub(crate) encrypt_ids: bool,
    pub(crate) tickets: SuiteTickets,
    /// By suite_id.
    pub(crate) suite_tokens: Tokens<String>,
    /// By the provider's corpid.
    pub(crate) provider_tokens: Tokens<String>,
    /// Those that `get_corp_token` gave for installs, good for nothing.
    pub(crate) corp_tokens: Tokens,
    pub(crate) pre_auth_codes: PreAuthCodes,
    pub(crate) auth_codes: AuthCodes,
    installs: Vec<Kept>,
}

/// An install as it is kept: which template became which app.
struct Kept {
    suite_id: String,
    app: AppKey,
    state: Option<String>,
}

impl Suites {
    pub(crate) fn templates(&self) -> &[Template] {
        self.provider.as_ref().map_or(&[], |provider| &provider.templates)
    }

    pub(crate) fn template(&self, suite_id: &str) -> Option<&Template> {
        self.templates().iter().find(|template| template.suite_id == suite_id)
    }

    /// The template that an act names.
    pub(crate) fn named(&self, suite_id: &str) -> Result<(Arc<Provider>, Template), Refused> {
        let known: Vec<_> = self.templates().iter().map(|template| template.suite_id.as_str()).collect();
        match (&self.provider, self.template(suite_id)) {
            (Some(provider), Some(template)) => Ok((Arc::clone(provider), template.clone())),
            (None, _) => Err(Refused("there is no provider; give one: PUT /sim/provider".into())),
            _ => Err(Refused(format!("there is no template `{suite_id}`; write a suiteId of: {}", known.join(", ")))),
        }
    }

    /// Under which ids this app is told of its company.
    pub(crate) fn names(&self, app: &App) -> Names {
        if app.kind == AppKind::Customized { self.names_of_templates() } else { Names::default() }
    }

    /// Under which ids templates and their installs are told of companies.
    pub(crate) fn names_of_templates(&self) -> Names {
        let provider = self.provider.as_ref().filter(|_| self.encrypt_ids);
        Names { provider: provider.map(|provider| provider.corp_id.as_str().into()) }
    }

    /// The app that a company has of a template.
    pub(crate) fn app_of(&self, suite_id: &str, corp_id: &str) -> Option<&AppKey> {
        let mut of = self.installs.iter().filter(|install| install.suite_id == suite_id);
        of.find(|install| install.app.corp().eq_ignore_ascii_case(corp_id)).map(|install| &install.app)
    }

    /// The template that an app is of, and what came as `state` when it was installed.
    pub(crate) fn of_app(&self, app: &AppKey) -> Option<(&str, Option<&str>)> {
        let install = self.installs.iter().find(|install| install.app == *app)?;
        Some((&install.suite_id, install.state.as_deref()))
    }

    /// Whether a company has installed any template.
    pub(crate) fn is_customer(&self, corp_id: &str) -> bool {
        self.installs.iter().any(|install| install.app.corp().eq_ignore_ascii_case(corp_id))
    }

    /// An app's secret is no longer what it was: what came of the old one is over.
    pub(crate) fn secret_changed(&mut self, app: &AppKey) {
        self.corp_tokens.revoke(app);
    }

    /// Forgets an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.installs.retain(|install| install.app != *app);
        self.auth_codes.forget(app);
    }
}
