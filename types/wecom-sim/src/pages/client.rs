//! Whose client it is: a choice among members, kept in a cookie.

use std::sync::Arc;

use askama::Template;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use url::form_urlencoded;

use super::asked::Asked;
use super::html::{May, html, redirect};
use super::problem::Problem;
use super::target::company_name;
use super::words::{Words, fill};
use crate::Sim;
use crate::directory::Directory;
use crate::member::Member;
use crate::phone::has_client;

const COOKIE: &str = "sim-member";
/// The only page that sends people here, so the only one to send them back to.
const BACK: &str = "/connect/oauth2/authorize?";

/// How many members are listed; a company may have thousands.
const LISTED: usize = 200;

/// A page on which members of a company are buttons.
#[derive(Template)]
#[template(path = "pick.html")]
pub(crate) struct Pick {
    pub(crate) w: &'static Words,
    pub(crate) title: &'static str,
    pub(crate) note: String,
    pub(crate) action: &'static str,
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) company: Arc<Directory>,
}

impl Pick {
    /// Those who can be chosen.
    fn members(&self) -> impl Iterator<Item = &Member> {
        self.company.members.iter().filter(|member| has_client(member))
    }

    /// Those of them that have a button.
    fn listed(&self) -> impl Iterator<Item = &Member> {
        self.members().take(LISTED)
    }

    /// Said of the others, who are chosen by their userid.
    fn more(&self) -> Option<String> {
        let left = self.members().skip(LISTED).count();
        (left > 0).then(|| fill(self.w.more_to_pick, &[&left.to_string()]))
    }

    /// What stands in place of a picture.
    fn initial(name: &str) -> String {
        name.chars().take(1).collect()
    }
}

/// The member of this company who owns the client, once chosen.
pub(crate) fn member<'a>(asked: &Asked, company: &'a Directory) -> Option<&'a Member> {
    company.member(&asked.cookie(COOKIE)?).filter(|member| has_client(member))
}

/// The page to choose on; it comes back to this request.
pub(crate) fn ask(asked: &Asked, w: &'static Words, company: &Arc<Directory>) -> Response {
    let back = asked.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let page = Pick {
        w,
        title: w.client_of,
        note: fill(w.client_of_note, &[&company_name(w, company)]),
        action: "/sim/client",
        hidden: vec![("back", back), ("lang", w.code.to_owned())],
        company: Arc::clone(company),
    };
    // What comes back may lead on to the app at once.
    html(StatusCode::OK, &page, May { lead_away: true, ..May::default() })
}

/// Where this browser is asked anew whose client it is, and then leads back here.
pub(crate) fn someone_else(back: &str) -> String {
    let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    format!("/sim/client/forget?back={back}")
}

/// `GET /sim/client/forget` with `back`, if there is somewhere to go back to.
pub(crate) fn forget(_: &Sim, asked: &Asked) -> Response {
    let back = asked.get("back").filter(|it| it.starts_with(BACK)).unwrap_or("/");
    let mut response = redirect(StatusCode::SEE_OTHER, back.to_owned());
    if let Ok(cookie) = HeaderValue::try_from(format!("{COOKIE}=; Path=/connect; Max-Age=0")) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// `POST /sim/client` with `userId` and `back`.
pub(crate) fn choose(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    let Some(user_id) = asked.get("userId") else { return Problem::missing(w, "userId").page(May::default()) };
    let back = asked.get("back").unwrap_or_default();
    if !back.starts_with(BACK) {
        return Problem::new(w, fill(w.wrong_value, &["back"])).page(May::default());
    }
    if !has_member(sim, back, user_id) {
        let page = Problem::new(w, w.no_member).line(fill(w.no_member_note, &[user_id]));
        return page.next(w.someone_else, back.to_owned()).page(May::default());
    }
    let value: String = form_urlencoded::byte_serialize(user_id.as_bytes()).collect();
    let mut response = redirect(StatusCode::SEE_OTHER, back.to_owned());
    if let Ok(cookie) = HeaderValue::try_from(format!("{COOKIE}={value}; Path=/connect; HttpOnly; SameSite=Lax")) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Whether the company that the login is for has this member. Without a company the login itself will
/// say so.
fn has_member(sim: &Sim, back: &str, user_id: &str) -> bool {
    let query = back.trim_start_matches(BACK);
    let corp_id = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "appid").map(|(_, corp_id)| corp_id);
    let company = corp_id.and_then(|corp_id| sim.state().company(&corp_id).cloned());
    company.is_none_or(|company| company.member(user_id).is_some_and(has_client))
}
