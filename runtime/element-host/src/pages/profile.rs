//! Who is logged in, and the way out.
use super::{
    Visitor,
    answer::{Answer, Frame, lead_to},
    app::{AtApp, title_of},
    failure::{self, Place},
};
use crate::{caller::other_origin, cookies};
use askama::Template;
use auths::{AuthSvc, SessionInfo, User};
use axum::{http::header, response::Response};
use element::{AppId, Caller, Result};
use serde_json::json;

#[derive(Template)]
#[template(path = "profile.html")]
struct Page<'a> {
    frame: Frame<'a>,
    app: &'a str,
    name: String,
    /// The person's picture, or the first letter of the name in its place.
    picture: Option<String>,
    initial: String,
    rows: Vec<(&'static str, String)>,
    not_granted: Option<String>,
    /// When the session ends, in milliseconds since 1970.
    until: i64,
    logout: String,
}

/// `/acme/demo` is where one goes without knowing more.
pub(super) async fn enter(AtApp(visitor, app): AtApp) -> Response {
    match visitor.site.runtime.app(app.as_str()) {
        Ok(_) => lead_to(&visitor, &visitor.page(&app, "profile"), []),
        Err(e) => failure::show(&visitor, None, &e),
    }
}

pub(super) async fn show(AtApp(visitor, app): AtApp) -> Response {
    match answer(&visitor, &app).await {
        Ok(it) => it,
        Err(e) => failure::show(&visitor, Some(Place { app: &app, return_to: Some(&visitor.here()), repeatable: true }), &e),
    }
}

async fn answer(visitor: &Visitor, app: &AppId) -> Result<Response> {
    let handle = visitor.site.runtime.app(app.as_str())?;
    let Some(session) = visitor.session(app).await? else {
        return Ok(lead_to(visitor, &visitor.login_page(app, Some(&visitor.here())), []));
    };
    let profile = &session.profile;
    let name = profile.name.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| session.user_id.clone());
    // Old pictures are known under an address without TLS, and are there with it.
    let picture = profile.avatar.as_ref().map(|it| it.replacen("http://", "https://", 1));
    let picture = picture.filter(|it| it.starts_with("https://"));
    let page = Page {
        frame: Frame::of(visitor),
        app: title_of(handle.app()),
        initial: name.chars().next().map(String::from).unwrap_or_default(),
        name,
        rows: rows(visitor, &session),
        not_granted: not_granted(visitor, profile),
        until: session.expires_at,
        logout: visitor.page(app, "logout"),
        picture,
    };
    Ok(Answer { pictures: page.picture.is_some(), ..Answer::new(visitor, page) }.send())
}

/// What is known, in the order of interest.
fn rows(visitor: &Visitor, session: &SessionInfo) -> Vec<(&'static str, String)> {
    let (words, profile) = (visitor.words, &session.profile);
    let mut department = match &profile.department_names {
        Some(names) if !names.is_empty() => names.join(words.listed_by),
        _ => words.no_department.into(),
    };
    if profile.is_leader == Some(true) {
        department = format!("{department} ({})", words.leader);
    }
    let rows = [
        (words.department, Some(department)),
        (words.position, profile.position.clone()),
        (words.company, Some(session.corp_name.clone())),
        (words.user_id, Some(session.user_id.clone())),
        (words.local_user, session.local_user_id.clone()),
        (words.mobile, profile.mobile.clone()),
        (words.email, profile.email.clone()),
    ];
    rows.into_iter().filter_map(|(label, value)| Some((label, value.filter(|it| !it.is_empty())?))).collect()
}

/// What the provider keeps to itself, in the reader's words.
fn not_granted(visitor: &Visitor, profile: &User) -> Option<String> {
    let words = visitor.words;
    let name = |field: &str| match field {
        "name" => words.name,
        "mobile" => words.mobile,
        "email" => words.email,
        "avatar" => words.avatar,
        "department" | "mainDepartment" => words.department,
        "position" => words.position,
        "gender" => words.gender,
        _ => "",
    };
    let fields: Vec<_> = profile.not_granted.iter().map(|it| name(it)).filter(|it| !it.is_empty()).collect();
    // In the middle of a sentence, where labels stand small.
    (!fields.is_empty()).then(|| fields.join(words.listed_by).to_lowercase())
}

pub(super) async fn logout(AtApp(visitor, app): AtApp) -> Response {
    let place = Place { app: &app, return_to: None, repeatable: false };
    if !visitor.site.public_url.is_own(&visitor.parts.headers) {
        return failure::show(&visitor, Some(place), &other_origin());
    }
    let gone = cookies::remove(&visitor.site.public_url, &cookies::session(app.as_str()));
    if let Some(token) = visitor.token(&app) {
        let args = json!({ "token": token });
        let ended: Result<bool> = visitor.call(&app, AuthSvc::FULL_NAME, "logout", args, Caller::Anonymous).await;
        if let Err(e) = ended {
            // This browser forgets it all the same.
            let mut response = failure::show(&visitor, Some(place), &e);
            response.headers_mut().append(header::SET_COOKIE, gone);
            return response;
        }
    }
    lead_to(&visitor, &(visitor.page(&app, "login") + "?out=1"), [gone])
}
