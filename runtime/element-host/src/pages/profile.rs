//! Who is logged in, and the way out.
use super::{
    Answer, Frame, Visitor, app_of,
    failure::{self, Place},
    lead_to, path_of, title_of,
};
use crate::{
    caller::{self, other_origin},
    cookies,
};
use askama::Template;
use auths::{AuthSvc, CurrentUser, User};
use axum::{
    extract::{Path, rejection::PathRejection},
    response::Response,
};
use element::{Caller, Error, Result};
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
    until: Option<i64>,
    logout: String,
}

type Address = Result<Path<(String, String)>, PathRejection>;

/// `/acme/demo` is where one goes without knowing more.
pub(super) async fn enter(visitor: Visitor, address: Address) -> Response {
    match app_of(address).and_then(|app| visitor.site.runtime.app(&app).map(|_| app)) {
        Ok(app) => lead_to(&visitor, &visitor.path(&format!("{}/profile", path_of(&app))), []),
        Err(e) => failure::show(&visitor, None, &e),
    }
}

pub(super) async fn show(visitor: Visitor, address: Address) -> Response {
    let app = match app_of(address) {
        Ok(it) => it,
        Err(e) => return failure::show(&visitor, None, &e),
    };
    match answer(&visitor, &app).await {
        Ok(it) => it,
        Err(e) => failure::show(&visitor, Some(Place { app: &app, return_to: None, repeatable: true }), &e),
    }
}

async fn answer(visitor: &Visitor, app: &str) -> Result<Response> {
    let handle = visitor.site.runtime.app(app)?;
    let session = match visitor.token(app) {
        Some(token) => caller::session(&visitor.site, app, &token).await?,
        None => None,
    };
    let Some(session) = session else {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("return", visitor.parts.uri.path());
        return Ok(lead_to(visitor, &visitor.path(&format!("{}/login?{}", path_of(app), query.finish())), []));
    };
    let caller = Caller::Session(caller::as_caller(app, &session));
    let user = visitor.call(app, AuthSvc::FULL_NAME, "currentUser", json!({}), caller).await?;
    let user: CurrentUser = serde_json::from_value(user)
        .map_err(|e| Error::internal(format!("`currentUser` gave what is no CurrentUser: {e}")))?;
    let profile = user.profile.clone().unwrap_or_default();
    let name = profile.name.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| user.user_id.clone());
    let picture = profile.avatar.clone().filter(|it| it.starts_with("https://"));
    let page = Page {
        frame: visitor.frame(),
        app: title_of(handle.app()),
        initial: name.chars().next().map(String::from).unwrap_or_default(),
        name,
        rows: rows(visitor, &user, &profile),
        not_granted: not_granted(visitor, &profile),
        until: user.expires_at,
        logout: visitor.path(&format!("{}/logout", path_of(app))),
        picture,
    };
    Ok(Answer { pictures: page.picture.is_some(), ..Answer::new(visitor, page) }.send())
}

/// What is known, in the order of interest.
fn rows(visitor: &Visitor, user: &CurrentUser, profile: &User) -> Vec<(&'static str, String)> {
    let words = visitor.words;
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
        (words.company, user.corp_name.clone()),
        (words.user_id, Some(user.user_id.clone())),
        (words.local_user, user.local_user_id.clone()),
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

pub(super) async fn logout(visitor: Visitor, address: Address) -> Response {
    let outcome = async {
        let app = app_of(address)?;
        if !visitor.site.public_url.is_own(&visitor.parts.headers) {
            return Err(other_origin());
        }
        if let Some(token) = visitor.token(&app) {
            visitor.call(&app, AuthSvc::FULL_NAME, "logout", json!({ "token": token }), Caller::Anonymous).await?;
        }
        let gone = cookies::remove(&visitor.site.public_url, &cookies::session(&app));
        Ok(lead_to(&visitor, &visitor.path(&format!("{}/login?out=1", path_of(&app))), [gone]))
    };
    match outcome.await {
        Ok(it) => it,
        Err(e) => failure::show(&visitor, None, &e),
    }
}
