//! The choice of a company, for people who are in several.
use super::{
    Visitor,
    answer::{Answer, Frame, lead_to},
    app::AtApp,
    enter::enter,
    failure::{self, Place},
};
use crate::{arguments, caller::other_origin};
use askama::Template;
use auths::Corp;
use axum::{body::Body, response::Response};
use element::{AppId, Error, Result, code};
use url::form_urlencoded;

/// A larger form is none of ours, in bytes.
const FORM_LIMIT: usize = 16 << 10;

#[derive(Template)]
#[template(path = "company.html")]
struct Page<'a> {
    frame: Frame<'a>,
    action: String,
    login_code: &'a str,
    corps: &'a [Corp],
    return_to: &'a str,
}

/// The page. The login code in it is good in this browser only, and once: the page cannot be asked for again, so it has
/// no link to itself in the other language.
pub(super) fn ask(visitor: &Visitor, app: &AppId, login_code: &str, corps: &[Corp], return_to: Option<&str>) -> Response {
    let action = visitor.page(app, "login");
    let frame = Frame { other_language: None, ..Frame::of(visitor) };
    let page = Page { frame, action, login_code, corps, return_to: return_to.unwrap_or_default() };
    Answer::new(visitor, page).send()
}

/// What the page sends back.
#[derive(Default)]
struct Choice {
    login_code: String,
    corp: String,
    return_to: String,
}

pub(super) async fn choose(AtApp(visitor, app): AtApp, body: Body) -> Response {
    let choice = match read(&visitor, body).await {
        Ok(it) => it,
        Err(e) => return failure::show(&visitor, Some(Place { app: &app, return_to: None, repeatable: false }), &e),
    };
    // What a form brings is no more to be trusted than an address.
    let back = Some(choice.return_to.as_str()).filter(|it| !it.is_empty());
    let back = back.and_then(|it| visitor.site.public_url.way_back(it, &visitor.site.origins));
    match enter(&visitor, &app, &choice.login_code, &choice.corp, back.as_deref()).await {
        Ok(it) => it,
        // Pressed twice: the first one did it.
        Err(e) if e.code == code::LOGIN_CODE_INVALID && matches!(visitor.session(&app).await, Ok(Some(_))) => {
            lead_to(&visitor, &back.unwrap_or_else(|| visitor.page(&app, "profile")), [])
        }
        Err(e) => {
            let place = Place { app: &app, return_to: back.as_deref(), repeatable: false };
            failure::show(&visitor, Some(place), &e)
        }
    }
}

/// Who may not send it is sent away before a byte of it is waited for.
async fn read(visitor: &Visitor, body: Body) -> Result<Choice> {
    if !visitor.site.public_url.is_own(&visitor.parts.headers) {
        return Err(other_origin());
    }
    visitor.count()?;
    let bytes = arguments::read(body, FORM_LIMIT).await;
    let bytes = bytes.map_err(|_| Error::invalid_args("the form is too large, or did not arrive whole"))?;
    let mut choice = Choice::default();
    for (name, value) in form_urlencoded::parse(&bytes) {
        match &*name {
            "loginCode" => choice.login_code = value.into(),
            "corp" => choice.corp = value.into(),
            "return" => choice.return_to = value.into(),
            _ => {}
        }
    }
    Ok(choice)
}
