//! The simulator's own page: what is simulated, and what happens to it while one looks.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::asked::Asked;
use super::company::{Room, Shown, shown};
use super::html::{May, html, in_script, redirect};
use super::tree::Piece;
use super::words::{Words, fill};
use crate::Sim;
use crate::company::Company;

/// How many calls the journal shows.
const CALLS: u64 = 200;
/// How many companies the page shows.
const COMPANIES: usize = 20;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    w: &'static Words,
    companies: Vec<Shown<'a>>,
    /// Said of companies that are left out.
    more: Option<String>,
    tables: [Table; 5],
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
    let (demo, mut room) = (Company::demo(), Room::default());
    let left = companies.len().saturating_sub(COMPANIES);
    let several = companies.len() > 1;
    let companies: Vec<_> = companies.iter().take(COMPANIES).map(|it| shown(w, it, &demo, &mut room)).collect();
    let apps = companies.iter().zip(1..).flat_map(|(company, number)| {
        company.apps.iter().map(move |app| {
            let title = if several { format!("{} · {}", company.name, app.title) } else { app.title.clone() };
            let members = format!("members-{number}");
            let (corp_id, agent_id) = (company.corp_id, app.agent_id);
            json!({ "corpId": corp_id, "agentId": agent_id, "title": title, "secret": app.secret, "members": members })
        })
    });
    let settings = json!({
        "lang": w.code,
        "revision": revision,
        "calls": CALLS,
        "after": last.saturating_sub(CALLS),
        "apps": apps.collect::<Vec<_>>(),
        "texts": texts(w),
    });
    let more = (left > 0).then(|| fill(w.more_companies, &[&left.to_string()]));
    let page = Home { w, companies, more, tables: tables(w), settings: in_script(&settings) };
    html(StatusCode::OK, &page, May::default())
}

fn tables(w: &Words) -> [Table; 5] {
    let table = |id, title, columns| Table { id, title, columns };
    [
        table("tokens", w.tokens, vec![w.app, w.col_begins, w.col_left]),
        table("codes", w.codes, vec![w.app, w.col_begins, w.col_who, w.col_left]),
        table("qrLogins", w.qr_logins, vec![w.app, w.col_status, w.col_left, w.col_phone]),
        table("tickets", w.tickets, vec![w.app, w.col_begins, w.col_who, w.col_left]),
        table("faults", w.faults, vec![w.col_call, w.col_effect, w.col_times]),
    ]
}

/// What the scripts say.
fn texts(w: &Words) -> Value {
    let texts = [
        ("live", w.live),
        ("stale", w.stale),
        ("codeMade", w.code_made),
        ("codeUse", w.code_use),
        ("forwarded", w.forwarded),
        ("revoke", w.revoked),
        ("expire", w.expired),
        ("cleared", w.cleared),
        ("notDone", w.not_done),
        ("seconds", w.seconds),
        ("overTime", w.over_time),
        ("more", w.more),
        ("waiting", w.state_waiting),
        ("scanned", w.state_scanned),
        ("openPhone", w.open_phone),
        ("late", w.late),
        ("truncated", w.truncated),
        ("pause", w.pause),
        ("resume", w.resume),
        ("paused", w.paused),
        ("lookUp", w.look_up),
    ];
    json!(BTreeMap::from(texts))
}
