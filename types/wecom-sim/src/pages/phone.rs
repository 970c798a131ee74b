//! The simulated phone: plain forms, so that it works in any browser and without scripts.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::asked::Asked;
use super::client::Pick;
use super::html::{May, html, redirect};
use super::problem::Problem;
use super::target::{company_name, title};
use super::words::{Words, fill};
use crate::Sim;
use crate::phone::Hindrance;
use crate::qr::{Progress, QrStatus};

/// `GET /sim/phone[?key=]`.
pub(crate) fn show(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    match asked.get("key") {
        None => list(sim, w),
        Some(key) => scanned(sim, w, key).unwrap_or_else(|why| hindered(w, why, key, "")),
    }
}

/// `POST /sim/phone/scan` with `key` and `userId`.
pub(crate) fn scan(sim: &Sim, asked: &Asked) -> Response {
    let user_id = asked.get("userId").unwrap_or_default();
    act(asked, user_id, |key| sim.phone_scans(key, user_id))
}

/// `POST /sim/phone/confirm` with `key`.
pub(crate) fn confirm(sim: &Sim, asked: &Asked) -> Response {
    act(asked, "", |key| sim.phone_confirms(key))
}

/// `POST /sim/phone/refuse` with `key`.
pub(crate) fn refuse(sim: &Sim, asked: &Asked) -> Response {
    act(asked, "", |key| sim.phone_refuses(key))
}

/// Does it and shows what the phone shows then.
fn act(asked: &Asked, user_id: &str, what: impl FnOnce(&str) -> Result<(), Hindrance>) -> Response {
    let w = asked.words();
    let key = asked.get("key").unwrap_or_default();
    match what(key) {
        Ok(()) => redirect(StatusCode::SEE_OTHER, address(w, key)),
        Err(why) => hindered(w, why, key, user_id),
    }
}

fn address(w: &Words, key: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("key", key), ("lang", w.code)]).finish();
    format!("/sim/phone?{query}")
}

fn hindered(w: &'static Words, why: Hindrance, key: &str, user_id: &str) -> Response {
    let list = format!("/sim/phone?lang={}", w.code);
    let page = match why {
        Hindrance::Gone => Problem::new(w, w.gone).line(w.gone_next).next(w.to_list, list).status(StatusCode::NOT_FOUND),
        Hindrance::NoPermission => {
            let page = Problem::new(w, w.no_permission).line(fill(w.no_permission_note, &[user_id]));
            page.line(w.no_permission_next).next(w.other_member, address(w, key)).status(StatusCode::FORBIDDEN)
        }
        Hindrance::NoMember => {
            let page = Problem::new(w, w.no_member).line(fill(w.no_member_note, &[user_id]));
            page.next(w.other_member, address(w, key))
        }
        Hindrance::NotScanned => {
            Problem::new(w, w.not_scanned).line(w.not_scanned_note).next(w.back_to_code, address(w, key))
        }
        Hindrance::Over => Problem::new(w, w.over).line(w.over_note).next(w.to_list, list),
    };
    page.page(May::default())
}

#[derive(Template)]
#[template(path = "phone_list.html")]
struct List {
    w: &'static Words,
    rows: Vec<Row>,
}

struct Row {
    app: String,
    key: String,
    age: String,
    goes_to: String,
    status: &'static str,
}

fn list(sim: &Sim, w: &'static Words) -> Response {
    let now_ms = sim.now_ms();
    let row = |login: crate::QrLogin| {
        let company = sim.state().company(&login.corp_id).cloned();
        let app = company.as_ref().and_then(|company| company.app(login.agent_id));
        let seconds = now_ms.saturating_sub(login.opened_ms) / 1000;
        let age = match seconds {
            0..60 => fill(w.ago_seconds, &[&seconds.to_string()]),
            _ => fill(w.ago_minutes, &[&(seconds / 60).to_string()]),
        };
        let status = match login.status {
            QrStatus::Scanned => w.state_scanned,
            QrStatus::Desktop => w.state_desktop,
            _ => w.state_waiting,
        };
        let app = app.map_or_else(|| login.agent_id.to_string(), title);
        Row { app, key: login.key, age, goes_to: goes_to(w, &login.redirect_uri), status }
    };
    let rows = sim.open_qr_logins().into_iter().map(row).collect();
    html(StatusCode::OK, &List { w, rows }, May::default())
}

fn goes_to(w: &Words, redirect_uri: &str) -> String {
    let origin = url::Url::parse(redirect_uri).map(|url| url.origin().ascii_serialization());
    fill(w.goes_to, &[&origin.unwrap_or_default()])
}

#[derive(Template)]
#[template(path = "phone_confirm.html")]
struct Ask {
    w: &'static Words,
    title: String,
    company: String,
    who: String,
    initial: String,
    goes_to: String,
    key: String,
}

#[derive(Template)]
#[template(path = "phone_end.html")]
struct End {
    w: &'static Words,
    confirmed: bool,
}

/// What a phone shows of the login behind a key.
fn scanned(sim: &Sim, w: &'static Words, key: &str) -> Result<Response, Hindrance> {
    let login = sim.state().qr_logins.live(key, sim.now_ms()).map(|login| login.clone()).ok_or(Hindrance::Gone)?;
    let company = sim.state().company(login.app.corp()).cloned().ok_or(Hindrance::Gone)?;
    let app = company.app(login.app.agent()).ok_or(Hindrance::Gone)?;
    let user_id = match &login.progress {
        Progress::Scanned(user_id) | Progress::Desktop(user_id) => user_id,
        Progress::Waiting => {
            let page = Pick {
                w,
                title: w.scan_as,
                note: fill(w.scan_as_note, &[&company_name(w, &company)]),
                action: "/sim/phone/scan",
                hidden: vec![("key", key.to_owned()), ("lang", w.code.to_owned())],
                company,
            };
            return Ok(html(StatusCode::OK, &page, May::default()));
        }
        ended @ (Progress::Confirmed(_) | Progress::Refused) => {
            let confirmed = ended.status() == QrStatus::Confirmed;
            return Ok(html(StatusCode::OK, &End { w, confirmed }, May::default()));
        }
    };
    let name = company.member(user_id).map_or(user_id.as_str(), |member| &member.name);
    let page = Ask {
        w,
        title: fill(w.log_in_to, &[&title(app)]),
        company: company_name(w, &company),
        who: fill(w.as_member, &[&format!("{name} ({user_id})")]),
        initial: name.chars().take(1).collect(),
        goes_to: goes_to(w, login.redirect_uri.as_str()),
        key: key.to_owned(),
    };
    Ok(html(StatusCode::OK, &page, May::default()))
}
