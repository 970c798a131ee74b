//! 企业微信代开发登录: logging in through an app that was made for other companies.
//!
//! ```text
//! WeCom ──► service.notify ──► inbox: signed, sealed, for whom ──► push_record, durable ──► "success"
//!                                                                     │ a job
//!                                                                     ▼
//!          sweep ──► follow: what the event says ──► suite: ticket, permanent code ──► settle ──► company
//!
//! somebody who logs in ──► QywxProxy (or service, which finds the one for a company) ──► company ──► Client as its app
//! ```
mod alone;
mod company;
mod config;
mod event;
mod follow;
mod inbox;
mod org_code;
mod provider;
mod push_record;
mod service;
mod settle;
mod suite;
mod sweep;
#[cfg(test)]
mod tests;

pub use company::{Company, CompanyState};
pub use config::{AuthConfig, QywxProxy};
pub use inbox::Asked;
pub use provider::{InstallUrl, Provider};
pub use push_record::Push;
pub use service::QywxProxyAuthService;

use crate::{
    identity,
    member::{self, Terms},
    urls::{Legacy, Start},
    values::{AgentId, Lang},
};
use auths::{Corp, Login, LoginConfig, LoginResult, recognise, state};
use element::{Ctx, Error, Level, Result, Vital};

/// How somebody came to log in.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum LoginType {
    /// With the phone, by QR code.
    Qr,
    /// Inside the WeCom client, from the workbench.
    Workbench,
}

/// How an Instance serves a company.
#[element::data]
#[derive(Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Serves {
    /// Not at all.
    No,
    /// As one of all, but it is switched off.
    SwitchedOff,
    /// As one of all that authorized its template.
    AsOneOfAll,
    /// Its config names the company. If it is switched off, no other one takes its place.
    ByName,
}

#[element::ty("auths.loginTypes.QywxProxyType", meta = Login)]
impl QywxProxy {
    /// What a page needs to start a login of one company: ids, a new `state`, and the addresses of WeCom's pages, ready to
    /// open. If it is not settled which company is meant, only what is known and `needsOrgCode`.
    pub async fn get_login_config(
        &self,
        ctx: &Ctx,
        /// The company, if the config names none.
        corp_id: Option<&str>,
        /// Its organisation code in place of it.
        org_code: Option<&str>,
        /// What WeCom's pages are written in, `zh` or `en`.
        lang: Option<Lang>,
        /// For the older panel: a style sheet at an https address.
        href: Option<&str>,
        /// For the older panel: its frame goes on by itself, not the window around it.
        self_redirect: Option<bool>,
    ) -> Result<LoginConfig> {
        self.must_be_active()?;
        let legacy = Legacy::new(href, self_redirect)?;
        let suite_id = Some(self.suite_id().to_owned());
        let redirect_uri = self.redirect_uri(ctx).await?;
        let of_code = match org_code {
            Some(code) => Some(org_code::find(ctx, code).await?.ok_or_else(org_code::unknown)?),
            None => None,
        };
        if of_code.is_none() && corp_id.is_none() && self.corp_id.is_none() {
            let redirect_uri = Some(redirect_uri.as_str().to_owned());
            return Ok(LoginConfig { suite_id, redirect_uri, needs_org_code: true, ..LoginConfig::default() });
        }
        let company = self.company(ctx, of_code.as_deref().or(corp_id)).await?;
        let agent_id = AgentId::of_wecom(company.agent_id.as_deref().unwrap_or_default())?;
        let state = state::issue_for(ctx, &company.corp_id).await?;
        let (corp_id, redirect_uri) = (&*company.corp_id, &redirect_uri);
        let start = Start { corp_id, agent_id: &agent_id, redirect_uri, state: &state.text, lang };
        let config = start.config(ctx, &legacy).await?;
        Ok(LoginConfig { suite_id, state_expires_at: Some(state.expires_at), ..config })
    }

    /// Trades the code that came back from WeCom for the person, as the app in their company. A member gets a `loginCode` and
    /// the profile that WeCom grants; a member of a linked company, or somebody who is no member, gets only the ids that WeCom
    /// tells.
    pub async fn get_login_code(
        &self,
        ctx: &Ctx,
        /// The company, in either form of its id. Not needed with `state`, which knows it, nor if the config names it.
        corp_id: Option<&str>,
        /// The `code` that WeCom sent back; good for one use within five minutes.
        #[serde(alias = "authCode")]
        code: &str,
        /// `qr` or `workbench`. WeCom's codes are the same either way, and so is what comes of them.
        login_type: Option<LoginType>,
        /// The `state` that came back beside it. Required from outside.
        state: Option<&str>,
    ) -> Result<LoginResult> {
        let _ = login_type;
        identity::must_be_code("code", code)?;
        self.must_be_active()?;
        let begun_for = match state.filter(|it| !it.is_empty()) {
            Some(state) => auths::started(ctx, state).await?.ok_or_else(state::invalid)?.corp_id,
            None => None,
        };
        let company = self.company(ctx, corp_id.or(begun_for.as_deref())).await?;
        if begun_for.is_some_and(|it| it != company.corp_id) {
            return Err(Error::invalid_args("`corpId`: the login that `state` belongs to was begun for another company"));
        }
        let corp_name = company.corp_name.clone().unwrap_or_else(|| company.corp_id.clone());
        let terms = Terms {
            auth_type: Self::FULL_NAME,
            corp: Corp { corp_id: company.corp_id.clone(), corp_name },
            known_only: self.known_users_only,
        };
        let client = self.client(ctx, &company).await?;
        recognise(ctx, state, code, identity::of_code(&client, code), |who| member::of_login(&client, who, terms)).await
    }

    /// May people log in this way now?
    pub async fn is_active(&self) -> Result<bool> {
        Ok(self.is_active)
    }

    /// A link that installs the app in a company: one of its administrators scans it as a QR code, or opens it.
    pub async fn get_install_url(
        &self,
        ctx: &Ctx,
        /// Comes back with the authorization, in `installState` of the company's record: up to 32 letters and digits.
        state: Option<&str>,
    ) -> Result<InstallUrl> {
        let provider = self.auth_config.provider.as_ref().ok_or_else(provider::no_provider)?;
        let state = state.unwrap_or_default();
        if state.len() > 32 || !state.bytes().all(|it| it.is_ascii_alphanumeric()) {
            return Err(Error::invalid_args("`state`: expected up to 32 letters and digits"));
        }
        provider.install_url(ctx, self.suite_id(), state, self.proxy.as_ref()).await
    }

    /// How this login serves a company: the service asks it.
    pub async fn serves(
        &self,
        ctx: &Ctx,
        /// The company, in either form of its id.
        corp_id: &str,
    ) -> Result<Serves> {
        // What needs no look goes first: there may be a folder for each company.
        if self.corp_id.as_ref().is_some_and(|own| !own.may_be(corp_id)) {
            return Ok(Serves::No);
        }
        let company = self.known(ctx, corp_id).await?.filter(|it| it.must_be_authorized().is_ok());
        Ok(match company {
            Some(it) if !self.is_for(ctx, &it).await? => Serves::No,
            Some(_) if self.corp_id.is_some() => Serves::ByName,
            Some(_) if self.is_active => Serves::AsOneOfAll,
            Some(_) => Serves::SwitchedOff,
            None => Serves::No,
        })
    }

    /// The company's id as the provider sees it, or null if it never authorized the template: the service asks it.
    pub async fn corp_id_of(
        &self,
        ctx: &Ctx,
        /// The company, in either form of its id.
        corp_id: &str,
    ) -> Result<Option<String>> {
        Ok(self.known(ctx, corp_id).await?.map(|it| it.corp_id))
    }

    /// The answer to a callback, once what it says is kept; null if no token of this config signed it. The service asks it.
    pub async fn receive_call_back(
        &self,
        ctx: &Ctx,
        /// The request.
        asked: Asked,
    ) -> Result<Option<String>> {
        self.hear(ctx, asked).await
    }

    /// Does what follows from a callback that was kept. The service calls it.
    pub async fn follow_call_back(
        &self,
        ctx: &Ctx,
        /// The key of its record.
        key: &str,
        /// A person asked for it: what was done is done again.
        #[serde(default)]
        anew: bool,
    ) -> Result<()> {
        self.follow(ctx, key, anew).await
    }

    /// How old the template's ticket is: `suiteTicketAgeSeconds`, null if none came yet. One that is older than half an hour
    /// opens nothing any more. The service asks it.
    pub async fn ticket_age(&self, ctx: &Ctx) -> Result<Vital> {
        let ticket = suite::Ticket::find(ctx, self.suite_id()).await?;
        let value = ticket.map(|it| (ctx.now() - it.value.received_at).max(0) as f64 / 1000.0);
        Ok(Vital { name: "suiteTicketAgeSeconds".into(), of: self.suite_id().into(), value })
    }

    /// Has done what a host left behind that died. A job calls it some time after a start.
    pub async fn look_after_call_backs(&self, ctx: &Ctx) -> Result<()> {
        sweep::look_after(ctx, false).await
    }

    /// Has looked after what a host left behind that died.
    #[start]
    async fn start(&self, ctx: &Ctx) -> Result<()> {
        // That it cannot be done now is no reason not to serve: tickets have it done, too.
        if let Err(e) = sweep::after_start(ctx).await {
            ctx.log(Level::Warn, &format!("callbacks that a host may have left behind are not looked after now: {e}"));
        }
        Ok(())
    }

    /// The template, secrets masked.
    #[property]
    pub fn auth_config(&self) -> &AuthConfig {
        &self.auth_config
    }

    /// The Type's full name.
    #[property]
    pub fn auth_type(&self) -> &str {
        Self::FULL_NAME
    }

    /// The full name of the model that keeps the members: an element like others.
    #[property]
    #[serde(alias = "QywxProxyAuthModel")]
    pub fn auth_model_elem_name(&self) -> &str {
        crate::QywxProxyAuthModel::FULL_NAME
    }
}
