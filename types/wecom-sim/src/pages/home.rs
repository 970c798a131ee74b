//! The simulator's own pages: what there is, and what has been asked.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::asked::Asked;
use super::html::{May, html, in_script, redirect};
use super::target::{company_name, title};
use super::words::Words;
use crate::Sim;
use crate::journal::JournalEntry;

/// How many calls the journal page shows.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    w: &'static Words,
    companies: Vec<Shown>,
}

struct Shown {
    name: String,
    corp_id: String,
    members: usize,
    apps: Vec<(u32, String)>,
}

/// `GET /` and `GET /sim`: whoever comes without knowing more is led to the index.
pub(crate) fn front_door(_: &Sim, _: &Asked) -> Response {
    redirect(StatusCode::SEE_OTHER, "/sim/".to_owned())
}

/// `GET /sim/`.
pub(crate) fn index(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    let shown = sim.companies().into_iter().map(|company| Shown {
        name: company_name(w, &company),
        corp_id: company.corp_id.clone(),
        members: company.members.len(),
        apps: company.apps.iter().map(|app| (app.agent_id, title(app))).collect(),
    });
    html(StatusCode::OK, &Home { w, companies: shown.collect() }, May::default())
}

#[derive(Template)]
#[template(path = "watch.html")]
struct Watch {
    w: &'static Words,
    entries: Vec<Line>,
    settings: String,
}

/// An entry as a row of the table; `journal.js` makes the same ones.
struct Line {
    seq: u64,
    time: String,
    call: String,
    query: String,
    status: u16,
    errcode: String,
}

/// `GET /sim/watch`.
pub(crate) fn watch(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    let journal = sim.journal();
    let entries: Vec<_> = journal.iter().rev().take(SHOWN).map(line).collect();
    let after = entries.first().map_or(0, |entry| entry.seq);
    let texts = json!({ "pause": w.pause, "resume": w.resume, "live": w.live, "paused": w.paused, "stale": w.stale });
    let settings = in_script(&json!({ "after": after, "shown": SHOWN, "texts": texts }));
    html(StatusCode::OK, &Watch { w, entries, settings }, May::default())
}

fn line(entry: &JournalEntry) -> Line {
    let seconds = entry.unix_ms / 1000;
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    let query: Vec<_> = entry.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Line {
        seq: entry.seq,
        time: format!("{hours:02}:{minutes:02}:{:02}", seconds % 60),
        call: format!("{} {}", entry.method, entry.path),
        query: query.join(" "),
        status: entry.status,
        errcode: entry.errcode.map(|code| code.to_string()).unwrap_or_default(),
    }
}
