//! Which app a login page is for, and where it may lead.

use std::sync::Arc;

use url::Url;

use super::asked::Asked;
use super::problem::Problem;
use super::words::{Words, ZH, fill};
use crate::Sim;
use crate::advice;
use crate::company::{App, Company};
use crate::directory::Directory;
use crate::redirect::{self, NotAllowed};
use crate::tokens::AppKey;

/// A login that may go ahead.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) company: Arc<Directory>,
    pub(crate) app: App,
    pub(crate) redirect: Url,
    pub(crate) state: String,
    /// The company as the app is told it.
    pub(crate) appid: String,
}

impl Target {
    /// From `appid`, `agentid`, `redirect_uri` and `state`. `agentid` may be left out only where
    /// `agent_needed` is false and there is no choice.
    pub(crate) fn find(sim: &Sim, asked: &Asked, w: &'static Words, agent_needed: bool) -> Result<Self, Box<Problem>> {
        let corp_id = asked.get("appid").ok_or_else(|| Problem::missing(w, "appid"))?;
        let company = sim.state().company(corp_id).cloned();
        let company = company.ok_or_else(|| unknown_company(sim, w, corp_id))?;
        let agent = match (asked.get("agentid"), agent_needed) {
            (Some(agent), _) => agent.to_owned(),
            (None, true) => return Err(Problem::missing(w, "agentid")),
            (None, false) => match sim.state().resolve(Some(corp_id), None) {
                Ok((_, agent)) => agent.to_string(),
                Err(_) => return Err(Problem::missing(w, "agentid")),
            },
        };
        let app = agent.parse().ok().and_then(|agent| company.app(agent)).cloned();
        let app = app.ok_or_else(|| unknown_app(sim, w, &company, &agent))?;
        if !app.enabled {
            return Err(Problem::new(w, w.app_disabled).line(fill(w.app_disabled_note, &[&title(&app)])));
        }
        if !app.logs_in() {
            return Err(no_login(w, &company, &app));
        }
        let uri = asked.get("redirect_uri").ok_or_else(|| Problem::missing(w, "redirect_uri"))?;
        let redirect = redirect::check(&app, uri).map_err(|why| match why {
            NotAllowed::NoAddress => Problem::new(w, fill(w.wrong_value, &["redirect_uri"])).line(w.bad_redirect_note),
            NotAllowed::OtherDomain(domain) => other_domain(sim, w, &company, &app, &domain),
        })?;
        let state = asked.get("state").unwrap_or_default().to_owned();
        let appid = sim.state().suites.names(&app).corp(&company.corp_id);
        Ok(Self { company, app, redirect, state, appid })
    }

    pub(crate) fn key(&self) -> AppKey {
        AppKey::new(&self.company.corp_id, self.app.agent_id)
    }
}

/// What people call an app.
pub(crate) fn title(app: &App) -> String {
    if app.name.is_empty() { app.agent_id.to_string() } else { app.name.clone() }
}

/// What people call a company.
pub(crate) fn company_name(w: &Words, company: &Company) -> String {
    let names = if w.code == ZH.code { [&company.name, &company.name_en] } else { [&company.name_en, &company.name] };
    let named = names.into_iter().find(|name| !name.is_empty());
    named.unwrap_or(&company.corp_id).clone()
}

pub(crate) fn unknown_company(sim: &Sim, w: &'static Words, corp_id: &str) -> Box<Problem> {
    let known: Vec<_> = sim.companies().iter().map(|company| company.corp_id.clone()).collect();
    let page = Problem::new(w, fill(w.unknown_company, &[corp_id])).line(w.unknown_company_note);
    let page = page.line(fill(w.known_companies, &[&known.join(", ")]));
    page.advice(w.to_add, advice::add_company(sim.shared.address.get(), corp_id))
}

fn unknown_app(sim: &Sim, w: &'static Words, company: &Company, agent: &str) -> Box<Problem> {
    let known: Vec<_> = company.apps.iter().map(|app| format!("{} {}", app.agent_id, app.name)).collect();
    let page = Problem::new(w, fill(w.unknown_app, &[agent]));
    let page = page.line(fill(w.unknown_app_note, &[&company.corp_id, &known.join(", ")]));
    page.advice(w.to_add_app, advice::send_company_again(sim.shared.address.get()))
}

fn no_login(w: &'static Words, company: &Company, app: &App) -> Box<Problem> {
    let others = company.apps.iter().filter(|app| app.logs_in());
    let others: Vec<_> = others.map(|app| format!("{} {}", app.agent_id, app.name).trim().to_owned()).collect();
    let others = if others.is_empty() { w.redirect_none.to_owned() } else { others.join(", ") };
    Problem::new(w, fill(w.sync_app, &[&title(app)])).line(fill(w.sync_app_note, &[&company.corp_id, &others]))
}

fn other_domain(sim: &Sim, w: &'static Words, company: &Company, app: &App, domain: &str) -> Box<Problem> {
    let mut page = Problem::new(w, w.redirect_mismatch);
    if w.code != ZH.code {
        // The text that people will search for.
        page = page.line(ZH.redirect_mismatch);
    }
    let registered = app.redirect_domains.as_deref().unwrap_or_default().join(", ");
    let registered = if registered.is_empty() { w.redirect_none } else { &registered };
    let page = page
        .line(fill(w.redirect_is, &[domain]))
        .line(fill(w.redirect_registered, &[&title(app), registered]))
        .line(w.redirect_exact);
    match advice::register_domain(sim.shared.address.get(), &company.corp_id, app.agent_id, domain) {
        Some(advice) => page.advice(w.to_register, advice),
        None => page,
    }
}
