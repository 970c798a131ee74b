//! `GET /sim/overview`: what is in the air, in counts and short lists, for a page that asks every second.

use std::cmp::Reverse;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::push::{PushCounts, PushLog};
use crate::state;
use crate::tokens::AppKey;
use crate::{Fault, Limits, Sim};

/// How many of each kind are listed; all are counted.
const SHOWN: usize = 50;
/// How much of a token is told: enough to tell two apart, nothing to call with.
const TOLD: usize = 6;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Overview {
    /// The simulator's time in unix milliseconds, and how far that is ahead of the system's.
    now: u64,
    ahead_ms: u64,
    revision: u64,
    tokens: Tokens,
    codes: List<Held>,
    tickets: List<Held>,
    qr_logins: List<Login>,
    faults: List<Fault>,
    limits: Limits,
    pushes: PushCounts,
    journal: Journal,
}

#[derive(Serialize)]
struct List<T> {
    count: usize,
    shown: Vec<T>,
}

#[derive(Serialize)]
struct Tokens {
    /// Those that are good.
    count: usize,
    /// Those that answer 42001.
    expired: usize,
    /// Both, app by app.
    shown: Vec<Held>,
}

/// A token, code or ticket that was given out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    #[serde(flatten)]
    app: App,
    begins: String,
    /// Whom it tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    /// Seconds; 0 when it has expired.
    expires_in: u64,
}

#[derive(Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
struct App {
    corp_id: String,
    agent_id: u32,
}

/// A QR login that waits for a phone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    key: String,
    #[serde(flatten)]
    app: App,
    /// As the pages of WeCom are told it.
    status: &'static str,
    expires_in: u64,
}

/// `entries` are kept; the newest one there ever was is number `last`.
#[derive(Serialize)]
struct Journal {
    entries: usize,
    last: u64,
}

pub(crate) async fn read(State(sim): State<Sim>) -> Json<Overview> {
    let now = sim.now_ms();
    let left = |ends: u64| ends.saturating_sub(now).div_ceil(1000);
    let state = sim.state();
    let held = |text: &str, key: &AppKey, who: Option<&str>, ends: u64| {
        let begins = text.chars().take(TOLD).chain(['…']).collect();
        Held { app: app(&state, key), begins, who: who.map(str::to_owned), expires_in: left(ends) }
    };

    let expired = state.tokens.all().filter(|(.., ends)| *ends <= now).count();
    let (known, tokens) = latest(state.tokens.all(), |(text, _, ends)| (*ends, *text));
    let mut tokens: Vec<_> = tokens.into_iter().map(|(text, key, ends)| held(text, key, None, ends)).collect();
    tokens.sort_by(|a, b| a.app.cmp(&b.app));

    let (count, codes) = latest(state.codes.unused(now), |(text, .., ends)| (*ends, *text));
    let codes = codes.into_iter().map(|(text, key, who, ends)| held(text, key, Some(who.name()), ends));
    let codes = List { count, shown: codes.collect() };

    let (count, tickets) = latest(state.tickets.live(now), |(text, ticket)| (ticket.expires_ms, *text));
    let tickets = tickets.into_iter().map(|(text, it)| held(text, &it.app, Some(&it.user_id), it.expires_ms));
    let tickets = List { count, shown: tickets.collect() };

    let (count, logins) = latest(state.qr_logins.waiting(now).into_iter(), |(_, login)| (login.number, ""));
    let logins = logins.into_iter().map(|(key, login)| Login {
        key: key.clone(),
        app: app(&state, &login.app),
        status: login.progress.status().name(),
        expires_in: left(login.expires_ms),
    });
    let qr_logins = List { count, shown: logins.collect() };
    let (revision, limits) = (state.revision, state.calls.limits);
    drop(state);

    let waiting = sim.faults_lock();
    let waiting = waiting.waiting();
    let faults = List { count: waiting.len(), shown: waiting.iter().take(SHOWN).cloned().collect() };
    let pushes = sim.read_pushes(PushLog::counts);
    let journal = sim.journal_lock();
    let journal = Journal { entries: journal.len(), last: journal.last() };
    let tokens = Tokens { count: known - expired, expired, shown: tokens };
    let ahead_ms = sim.shared.clock.ahead_ms();
    Json(Overview { now, ahead_ms, revision, tokens, codes, tickets, qr_logins, faults, limits, pushes, journal })
}

/// The app with its corpid as the company writes it.
fn app(state: &state::State, key: &AppKey) -> App {
    let corp_id = state.company(key.corp()).map_or(key.corp(), |company| company.corp_id());
    App { corp_id: corp_id.to_owned(), agent_id: key.agent() }
}

/// How many there are, and the latest of them; no more is sorted than is shown.
fn latest<'a, T>(all: impl Iterator<Item = T>, age: impl Fn(&T) -> (u64, &'a str)) -> (usize, Vec<T>) {
    let mut all: Vec<T> = all.collect();
    let count = all.len();
    if count > SHOWN {
        all.select_nth_unstable_by(SHOWN, |a, b| Reverse(age(a)).cmp(&Reverse(age(b))));
        all.truncate(SHOWN);
    }
    all.sort_unstable_by(|a, b| age(b).cmp(&age(a)));
    (count, all)
}
