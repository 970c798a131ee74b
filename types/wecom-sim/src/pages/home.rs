//! The simulator's own page: what is simulated, and what happens to it while one looks.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::asked::Asked;
use super::company::{Room, Shown, View, shown};
use super::html::{May, html, in_script, redirect};
use super::provider::{self, ShownProvider};
use super::tree::Piece;
use super::words::{Words, fill};
use crate::Sim;
use crate::advice::{self, Advice};
use crate::company::Company;
use crate::secret::Demo;

/// How many calls the journal shows.
const CALLS: u64 = 200;
/// How many pushes are shown.
const PUSHES: u64 = 100;
/// How many companies the page shows.
const COMPANIES: usize = 20;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    w: &'static Words,
    companies: Vec<Shown<'a>>,
    provider: Option<ShownProvider>,
    /// Said of companies that are left out.
    more: Option<String>,
    tables: [Table; 5],
    /// How to give an app a callback, while none has one.
    to_call_back: Option<String>,
    settings: String,
}

/// A list of what is in the air, which `home.js` fills.
struct Table {
    id: &'static str,
    title: &'static str,
    columns: Vec<&'static str>,
}

/// `GET /sim` and `GET /sim/`, where the page was before.
pub(crate) fn moved(_: &Sim, asked: &Asked) -> Response {
    lead(asked, "")
}

/// `GET /sim/watch`, where the journal was before.
pub(crate) fn journal(_: &Sim, asked: &Asked) -> Response {
    lead(asked, "#journal")
}

fn lead(asked: &Asked, part: &str) -> Response {
    let lang = asked.get("lang").and_then(Words::named).map(|w| format!("?lang={}", w.code)).unwrap_or_default();
    redirect(StatusCode::SEE_OTHER, format!("/{lang}{part}"))
}

/// `GET /`.
pub(crate) fn page(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    // The revision first: at worst the page says too early that it is old, never too late.
    let revision = sim.state().revision;
    let companies = sim.companies();
    let last = sim.journal_lock().last();
    let to_call_back = to_call_back(sim, &companies);
    let view = View { w, demo: Demo::read(), options: &sim.shared.options };
    let mut room = Room::default();
    let left = companies.len().saturating_sub(COMPANIES);
    let several = companies.len() > 1;
    let companies: Vec<_> = companies.iter().take(COMPANIES).map(|it| shown(&view, it, &mut room)).collect();
    let apps = companies.iter().zip(1..).flat_map(|(company, number)| {
        company.apps.iter().map(move |app| {
            let title = if several { format!("{} · {}", company.name, app.title) } else { app.title.clone() };
            let members = format!("members-{number}");
            let (corp_id, agent_id) = (company.corp_id, app.agent_id);
            json!({ "corpId": corp_id, "agentId": agent_id, "title": title, "secret": app.secret, "logsIn": app.logs_in,
                "members": members })
        })
    });
    let provider = provider::shown(sim, asked, w, &view.demo);
    let templates = provider.iter().flat_map(|it| &it.templates).map(|it| (it.suite_id.clone(), json!(it.name)));
    let settings = json!({
        "lang": w.code,
        "revision": revision,
        "calls": CALLS,
        "pushes": PUSHES,
        "after": last.saturating_sub(CALLS),
        "apps": apps.collect::<Vec<_>>(),
        "templates": templates.collect::<serde_json::Map<_, _>>(),
        "texts": texts(w),
    });
    let more = (left > 0).then(|| fill(w.home.more_companies, &[&left.to_string()]));
    let page = Home { w, companies, provider, more, tables: tables(w), to_call_back, settings: in_script(&settings) };
    html(StatusCode::OK, &page, May::default())
}

/// A command for the first app there is; `None` when an app has a callback, or there is no app.
fn to_call_back(sim: &Sim, companies: &[Arc<Company>]) -> Option<String> {
    let mut apps = companies.iter().flat_map(|company| company.apps.iter().map(move |app| (company, app)));
    let (company, app) = apps.next().filter(|(_, app)| app.callback.is_none())?;
    if apps.any(|(_, app)| app.callback.is_some()) {
        return None;
    }
    let advice = advice::give_callback(sim.shared.address.get(), &company.corp_id, app.agent_id);
    advice.map(|(Advice::Command(text) | Advice::Data(text))| text)
}

fn tables(w: &Words) -> [Table; 5] {
    let table = |id, title, columns| Table { id, title, columns };
    [
        table("tokens", w.home.tokens, vec![w.home.app, w.home.col_begins, w.home.col_left]),
        table("codes", w.home.codes, vec![w.home.app, w.home.col_begins, w.home.col_who, w.home.col_left]),
        table("qrLogins", w.home.qr_logins, vec![w.home.app, w.home.col_status, w.home.col_left, w.home.col_phone]),
        table("tickets", w.home.tickets, vec![w.home.app, w.home.col_begins, w.home.col_who, w.home.col_left]),
        table("faults", w.home.faults, vec![w.home.col_call, w.home.col_effect, w.home.col_times]),
    ]
}

/// What the scripts say.
fn texts(w: &Words) -> Value {
    let texts = [
        ("live", w.home.live),
        ("stale", w.home.stale),
        ("codeMade", w.home.code_made),
        ("codeUse", w.home.code_use),
        ("forwarded", w.home.forwarded),
        ("revoke", w.home.revoked),
        ("expire", w.home.expired),
        ("cleared", w.home.cleared),
        ("notDone", w.home.not_done),
        ("seconds", w.home.seconds),
        ("overTime", w.home.over_time),
        ("more", w.home.more),
        ("waiting", w.state_waiting),
        ("scanned", w.state_scanned),
        ("desktop", w.state_desktop),
        ("openPhone", w.home.open_phone),
        ("late", w.home.late),
        ("truncated", w.home.truncated),
        ("pause", w.home.pause),
        ("resume", w.home.resume),
        ("paused", w.home.paused),
        ("lookUp", w.home.look_up),
        ("verify", w.home.verified),
        ("limits", w.home.limits),
        ("undecided", w.home.undecided),
        ("noAnswer", w.home.no_answer),
        ("pushWaiting", w.home.push_waiting),
        ("pushHeld", w.home.push_held),
        ("pushDelivered", w.home.push_delivered),
        ("pushFailed", w.home.push_failed),
        ("pushDropped", w.home.push_dropped),
        ("saved", w.home.saved),
        ("added", w.home.added),
        ("removed", w.home.removed),
    ];
    json!(BTreeMap::from(texts))
}
