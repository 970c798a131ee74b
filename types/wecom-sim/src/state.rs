//! What the simulator knows, and the rules that hold it together.

use std::sync::Arc;

use crate::callers::Callers;
use crate::codes::{Codes, Identity, Who};
use crate::company::{App, AppKind, DEMO_AGENT, DEMO_CORP};
use crate::directory::Directory;
use crate::js_tickets::JsTickets;
use crate::limits::Calls;
use crate::qr::QrLogins;
use crate::random::openid_of;
use crate::sim::Refused;
use crate::suite::{Suites, ids};
use crate::tickets::Tickets;
use crate::tokens::{AppKey, Tokens};
use crate::trusted_ips::TrustedIps;

/// What calls look at and change together, under one lock: a code is taken exactly once because of it.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) companies: Vec<Arc<Directory>>,
    pub(crate) tokens: Tokens,
    pub(crate) codes: Codes,
    pub(crate) tickets: Tickets,
    pub(crate) js_tickets: JsTickets,
    pub(crate) qr_logins: QrLogins,
    pub(crate) callers: Callers,
    pub(crate) calls: Calls,
    pub(crate) trusted_ips: TrustedIps,
    pub(crate) suites: Suites,
    /// Rises with every change of a company, so that a page knows when it shows an old one.
    pub(crate) revision: u64,
}

impl State {
    /// The company of a corpid: a plain one whatever its case, or one that is the provider's to the letter
    /// (page 97104).
    pub(crate) fn company(&self, corp_id: &str) -> Option<&Arc<Directory>> {
        let plain = self.companies.iter().find(|company| company.corp_id.eq_ignore_ascii_case(corp_id));
        plain.or_else(|| {
            let provider = &self.suites.provider.as_ref()?.corp_id;
            self.companies.iter().find(|company| ids::corp(provider, &company.corp_id) == corp_id)
        })
    }

    /// Adds or replaces; whether it replaced. Tokens end with their app and with its secret; codes,
    /// tickets and QR logins with the app.
    pub(crate) fn put(&mut self, company: Arc<Directory>, now_ms: u64) -> bool {
        self.revision += 1;
        let Some(at) = self.companies.iter().position(|c| c.corp_id.eq_ignore_ascii_case(&company.corp_id)) else {
            self.companies.push(company);
            return false;
        };
        let old = std::mem::replace(&mut self.companies[at], company);
        let new = Arc::clone(&self.companies[at]);
        for app in &old.apps {
            let key = AppKey::new(&old.corp_id, app.agent_id);
            let now = new.app(app.agent_id);
            if now.is_none_or(|now| !now.secret.matches(app.secret.reveal())) {
                self.tokens.revoke(&key);
                self.suites.secret_changed(&key);
            }
            if now.is_some_and(|now| now.trusted_ips != app.trusted_ips) {
                self.trusted_ips.changed(&key, &app.trusted_ips, now_ms);
            }
            if now.is_none() {
                self.codes.forget(&key);
                self.tickets.forget(&key);
                self.js_tickets.forget(&key);
                self.qr_logins.forget(&key);
                self.trusted_ips.forget(&key);
                self.suites.forget(&key);
            }
        }
        true
    }

    pub(crate) fn resolve_key(&self, corp_id: Option<&str>, agent_id: Option<u32>) -> Result<AppKey, Refused> {
        let (company, agent) = self.resolve(corp_id, agent_id)?;
        Ok(AppKey::new(&company.corp_id, agent))
    }

    /// The app that is meant: what is left out must leave no choice, but for the demo app. Apps that are
    /// installs are always named, so that an install takes no choice away.
    pub(crate) fn resolve(&self, corp_id: Option<&str>, agent_id: Option<u32>) -> Result<(Arc<Directory>, u32), Refused> {
        let company = self.resolve_company(corp_id)?;
        let own: Vec<&App> = company.apps.iter().filter(|app| app.kind != AppKind::Customized).collect();
        let agent = match (agent_id, &own[..]) {
            (Some(id), _) => company.app(id).map(|app| app.agent_id),
            (None, [only]) => Some(only.agent_id),
            (None, _) if company.corp_id == DEMO_CORP => company.app(DEMO_AGENT).map(|app| app.agent_id),
            (None, _) => None,
        };
        let Some(agent) = agent else {
            let known: Vec<_> = company.apps.iter().map(|app| app.agent_id.to_string()).collect();
            let asked = agent_id.map_or("which app?".into(), |id| format!("there is no app {id};"));
            let corp = &company.corp_id;
            return Err(Refused(format!("{asked} write an agentId of {corp}: {}", known.join(", "))));
        };
        Ok((Arc::clone(company), agent))
    }

    /// The company that is meant: only one of several must be named.
    pub(crate) fn resolve_company(&self, corp_id: Option<&str>) -> Result<&Arc<Directory>, Refused> {
        let company = match (corp_id, &self.companies[..]) {
            (Some(id), _) => self.company(id),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        company.ok_or_else(|| {
            let known: Vec<_> = self.companies.iter().map(|c| c.corp_id.as_str()).collect();
            let asked = corp_id.map_or("which company?".into(), |id| format!("there is no company `{id}`;"));
            Refused(format!("{asked} write a corpId of: {}", known.join(", ")))
        })
    }
}

/// How many members a message names; a company may have thousands.
const NAMED: usize = 20;

/// Who a code will stand for, with userids as the company writes them.
pub(crate) fn identify(company: &Directory, who: Who) -> Result<Identity, Refused> {
    let fits = |text: &str| !text.is_empty() && text.len() <= 64;
    match who {
        // `CorpId/userid`: a member of a linked company, of whom nothing more is known here.
        Who::Member(id) if id.split_once('/').is_some_and(|(corp, user)| fits(corp) && fits(user)) => {
            Ok(Identity::Member(id))
        }
        Who::Member(id) => match company.member(&id) {
            Some(member) => Ok(Identity::Member(member.user_id.clone())),
            None => {
                let known: Vec<_> = company.members.iter().take(NAMED).map(|m| m.user_id.as_str()).collect();
                let more = if company.members.len() > NAMED { "…" } else { "" };
                Err(Refused(format!(
                    "{} has no member `{id}`; write a userId of: {}{more}, or CorpId/userid for a linked company",
                    company.corp_id,
                    known.join(", ")
                )))
            }
        },
        Who::Outsider { openid, external_user_id } => {
            let mut both = openid.iter().chain(&external_user_id).peekable();
            if both.peek().is_none() || !both.all(|id| fits(id)) {
                return Err(Refused("openid and externalUserId are 1 to 64 bytes; write one or both".into()));
            }
            let made = || openid_of(&company.corp_id, external_user_id.as_deref().unwrap_or_default());
            Ok(Identity::Outsider { openid: openid.unwrap_or_else(made), external_user_id })
        }
    }
}
