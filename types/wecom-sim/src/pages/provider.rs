//! The provider on the simulator's own page: its templates, their callbacks, tickets and installs.

use axum::http::StatusCode;
use axum::response::Response;
use futures_util::future::BoxFuture;
use url::form_urlencoded::Serializer;

use super::asked::Asked;
use super::html::{May, redirect};
use super::problem::Problem;
use super::target::company_name;
use super::words::{Words, fill};
use crate::Sim;
use crate::secret::Demo;
use crate::sim::Refused;

/// How many installs of a template are listed.
const LISTED: usize = 50;

/// The provider as the template wants it.
pub(crate) struct ShownProvider {
    pub(crate) corp_id: String,
    /// As far as it may be shown.
    pub(crate) secret: String,
    pub(crate) trusted: String,
    pub(crate) templates: Vec<ShownTemplate>,
}

pub(crate) struct ShownTemplate {
    pub(crate) suite_id: String,
    pub(crate) name: String,
    /// Names and values, as far as they may be shown.
    pub(crate) secrets: [(&'static str, String); 3],
    pub(crate) callback: String,
    pub(crate) ticket: String,
    pub(crate) installs: Vec<(String, String, String)>,
    pub(crate) more: Option<String>,
    /// What was just done to it.
    pub(crate) done: &'static str,
}

pub(crate) fn shown(sim: &Sim, asked: &Asked, w: &'static Words, demo: &Demo) -> Option<ShownProvider> {
    let provider = sim.provider()?;
    let now_ms = sim.now_ms();
    let template = |template: &crate::Template| {
        let suite_id = &template.suite_id;
        let installs = sim.installs(suite_id);
        let named = |install: &crate::Install| {
            let company = sim.state().company(&install.corp_id).cloned();
            let name = company.map_or_else(|| install.corp_id.clone(), |company| company_name(w, &company));
            let query = Serializer::new(String::new())
                .extend_pairs([("suite_id", suite_id.as_str()), ("corp_id", &install.corp_id), ("lang", w.code)])
                .finish();
            let ids = format!("{} · agentid {} · {}", install.corp_id, install.agent_id, install.auth_corp_id);
            (name, ids, format!("/sim/install?{query}"))
        };
        let newest = sim.state().suites.tickets.newest(suite_id).map(|ticket| ticket.made_ms);
        let left = installs.len().saturating_sub(LISTED);
        ShownTemplate {
            suite_id: suite_id.clone(),
            name: template.name.clone(),
            secrets: [
                ("Secret", template.secret.shown(demo).to_owned()),
                ("Token", template.token.shown(demo).to_owned()),
                ("EncodingAESKey", template.encoding_aes_key.shown(demo).to_owned()),
            ],
            callback: template.callback_url.clone().unwrap_or_default(),
            ticket: newest.map_or_else(|| w.install.no_ticket.to_owned(), |made_ms| age(w, now_ms.saturating_sub(made_ms))),
            installs: installs.iter().take(LISTED).map(named).collect(),
            more: (left > 0).then(|| fill(w.home.more, &[&left.to_string()])),
            done: if asked.get("suite_id") == Some(suite_id) { done(asked, w) } else { "" },
        }
    };
    let trusted: Vec<_> = provider.trusted_ips.iter().map(ToString::to_string).collect();
    Some(ShownProvider {
        corp_id: provider.corp_id.clone(),
        secret: provider.secret.shown(demo).to_owned(),
        trusted: if trusted.is_empty() { w.home.any_address.to_owned() } else { trusted.join(", ") },
        templates: provider.templates.iter().map(template).collect(),
    })
}

fn age(w: &'static Words, ms: u64) -> String {
    match ms / 1000 {
        seconds @ 0..60 => fill(w.ago_seconds, &[&seconds.to_string()]),
        seconds => fill(w.ago_minutes, &[&(seconds / 60).to_string()]),
    }
}

fn done(asked: &Asked, w: &'static Words) -> &'static str {
    match asked.get("done") {
        Some("saved") => w.install.callback_saved,
        Some("pushed") => w.install.ticket_pushed,
        Some("made") => w.install.ticket_made,
        _ => "",
    }
}

/// `POST /sim/provider/callback` with `suite_id` and `url`: what the verification found.
pub(crate) fn save_callback<'a>(sim: &'a Sim, asked: &'a Asked) -> BoxFuture<'a, Response> {
    Box::pin(async move {
        let w = asked.words();
        let Some(suite_id) = asked.get("suite_id") else { return Problem::missing(w, "suite_id").page(May::default()) };
        let Some(url) = asked.get("url") else { return Problem::missing(w, "url").page(May::default()) };
        match sim.save_template_callback(suite_id, url).await {
            Ok(()) => back(w, suite_id, "saved"),
            Err(why) => refused(w, w.install.callback_refused, why),
        }
    })
}

/// `POST /sim/provider/ticket` with `suite_id`.
pub(crate) fn push_ticket(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    let Some(suite_id) = asked.get("suite_id") else { return Problem::missing(w, "suite_id").page(May::default()) };
    if let Err(why) = sim.push_ticket(suite_id) {
        return refused(w, w.install.not_done, why);
    }
    let told = sim.state().suites.template(suite_id).is_some_and(|template| template.callback_url.is_some());
    back(w, suite_id, if told { "pushed" } else { "made" })
}

fn back(w: &Words, suite_id: &str, done: &str) -> Response {
    let query = [("lang", w.code), ("suite_id", suite_id), ("done", done)];
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    redirect(StatusCode::SEE_OTHER, format!("/?{query}#provider"))
}

fn refused(w: &'static Words, title: &'static str, Refused(why): Refused) -> Response {
    Problem::new(w, title).line(why).next(w.install.back, format!("/?lang={}#provider", w.code)).page(May::default())
}
