//! Logging in inside a client: `GET /connect/oauth2/authorize` (pages 91022, 96441) and its consent page.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::USER_AGENT;
use axum::response::Response;

use super::asked::Asked;
use super::client;
use super::html::{May, html, redirect};
use super::problem::Problem;
use super::target::{Target, company_name, title};
use super::words::{Words, fill};
use crate::Sim;
use crate::codes::Identity;
use crate::member::Member;
use crate::redirect;
use crate::tickets::Consent;

/// The parameters that the consent page hands on to its answer.
const HANDED_ON: &[&str] = &["appid", "redirect_uri", "response_type", "scope", "state", "agentid", "lang"];

/// How much an app asks for.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    /// Who it is, without a word.
    Base,
    /// Their details, if they agree.
    Private,
}

pub(crate) fn authorize(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    let (target, scope) = match admit(sim, asked, w) {
        Ok(admitted) => admitted,
        Err(problem) => return problem.page(May::default()),
    };
    let Some(member) = client::member(asked, &target.company) else {
        return client::ask(asked, w, &target.company);
    };
    if scope == Scope::Base {
        // WeCom tells of members outside the visible range as well; only their profile is withheld.
        return hand_over(sim, &target, Identity::Member(member.user_id.clone()));
    }
    if let Err(problem) = in_range(w, &target, member) {
        let here = asked.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        return problem.next(w.someone_else, client::someone_else(&here)).page(May::default());
    }
    let given = |name: &&'static str| asked.get(name).map(|value| (*name, value.to_owned()));
    let page = ConsentPage {
        w,
        title: fill(w.consent, &[&title(&target.app)]),
        company: company_name(w, &target.company),
        name: member.name.clone(),
        user_id: member.user_id.clone(),
        details: details(w, member),
        hidden: HANDED_ON.iter().filter_map(given).collect(),
    };
    html(StatusCode::OK, &page, May { lead_away: true, ..May::default() })
}

/// `POST /connect/oauth2/consent`: the same parameters, `decision` and `grant`s.
pub(crate) fn consent(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    let (target, _) = match admit(sim, asked, w) {
        Ok(admitted) => admitted,
        Err(problem) => return problem.page(May::default()),
    };
    let Some(member) = client::member(asked, &target.company) else {
        return Problem::new(w, w.client_of).page(May::default());
    };
    if let Err(problem) = in_range(w, &target, member) {
        return problem.page(May::default());
    }
    match asked.get("decision") {
        Some("agree") => {
            let consent = Consent::to(asked.ticked("grant"));
            hand_over(sim, &target, Identity::Consenting(member.user_id.clone(), consent))
        }
        Some("decline") => {
            let back = redirect::with(&target.redirect, &[("state", &target.state)]);
            redirect(StatusCode::FOUND, back)
        }
        _ => Problem::missing(w, "decision").page(May::default()),
    }
}

/// Everything that is checked before it matters who asks.
fn admit(sim: &Sim, asked: &Asked, w: &'static Words) -> Result<(Target, Scope), Box<Problem>> {
    let agent = asked.header(USER_AGENT).to_ascii_lowercase();
    let is_client = agent.contains("wxwork") || agent.contains("micromessenger");
    if !is_client && !sim.shared.options.any_browser {
        return Err(Problem::new(w, w.open_in_wecom).line(w.open_in_wecom_note));
    }
    let wrong =
        |name: &str, allowed: &str| Problem::new(w, fill(w.wrong_value, &[name])).line(fill(w.write_one_of, &[allowed]));
    if asked.get("response_type") != Some("code") {
        return Err(wrong("response_type", "code"));
    }
    let scope = match asked.get("scope") {
        Some("snsapi_base") => Scope::Base,
        Some("snsapi_privateinfo") => Scope::Private,
        _ => return Err(wrong("scope", "snsapi_base, snsapi_privateinfo")),
    };
    let target = Target::find(sim, asked, w, scope == Scope::Private)?;
    if target.state.len() > 128 || !target.state.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(wrong("state", "a-zA-Z0-9, ≤ 128"));
    }
    Ok((target, scope))
}

fn in_range(w: &'static Words, target: &Target, member: &Member) -> Result<(), Box<Problem>> {
    if target.company.visible(&target.app, member) {
        return Ok(());
    }
    let page = Problem::new(w, w.no_permission).status(StatusCode::FORBIDDEN);
    Err(page.line(fill(w.no_permission_note, &[&member.name])).line(w.oauth_range_next))
}

fn hand_over(sim: &Sim, target: &Target, identity: Identity) -> Response {
    let code = sim.shared.random.code();
    sim.state().codes.send(code.clone(), target.key(), identity, &target.redirect, sim.now_ms());
    let back = redirect::with(&target.redirect, &[("code", &code), ("state", &target.state)]);
    redirect(StatusCode::FOUND, back)
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    w: &'static Words,
    title: String,
    company: String,
    name: String,
    user_id: String,
    details: Vec<Detail>,
    hidden: Vec<(&'static str, String)>,
}

/// A detail that can be granted.
struct Detail {
    name: &'static str,
    label: &'static str,
    value: String,
}

fn details(w: &'static Words, member: &Member) -> Vec<Detail> {
    let gender = [w.gender_0, w.gender_1, w.gender_2].get(usize::from(member.gender)).copied().unwrap_or(w.gender_0);
    let all = [
        ("gender", w.gender, gender),
        ("avatar", w.avatar, &member.avatar),
        ("mobile", w.mobile, &member.mobile),
        ("email", w.email, &member.email),
        ("biz_mail", w.biz_mail, &member.biz_mail),
        ("qr_code", w.qr_code, &member.qr_code),
        ("address", w.address, &member.address),
    ];
    let shown = |value: &str| if value.is_empty() { w.empty.to_owned() } else { value.to_owned() };
    all.into_iter().map(|(name, label, value)| Detail { name, label, value: shown(value) }).collect()
}
