//! The choice of a company, for people who are in several.
use super::{
    Answer, Frame, Visitor, app_of, callback,
    failure::{self, Place},
};
use crate::caller::other_origin;
use askama::Template;
use auths::Corp;
use axum::{
    extract::{Form, Path, rejection::PathRejection},
    response::Response,
};
use element::Result;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "company.html")]
struct Page<'a> {
    frame: Frame<'a>,
    action: String,
    login_code: &'a str,
    corps: &'a [Corp],
    return_to: &'a str,
}

/// What the page sends back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Choice {
    login_code: String,
    corp: String,
    #[serde(default, rename = "return")]
    return_to: String,
}

/// The page. The login code in it is good in this browser only.
pub(super) fn ask(visitor: &Visitor, app: &str, login_code: &str, corps: &[Corp], return_to: Option<&str>) -> Response {
    let action = visitor.path(&format!("{}/login", super::path_of(app)));
    let page = Page { frame: visitor.frame(), action, login_code, corps, return_to: return_to.unwrap_or_default() };
    Answer::new(visitor, page).send()
}

pub(super) async fn choose(
    visitor: Visitor,
    address: Result<Path<(String, String)>, PathRejection>,
    Form(choice): Form<Choice>,
) -> Response {
    let app = match app_of(address) {
        Ok(it) => it,
        Err(e) => return failure::show(&visitor, None, &e),
    };
    // What a form brings is no more to be trusted than an address.
    let back = visitor.site.public_url.way_back(&choice.return_to, &visitor.site.origins);
    let back = back.filter(|_| !choice.return_to.is_empty());
    let outcome = async {
        if !visitor.site.public_url.is_own(&visitor.parts.headers) {
            return Err(other_origin());
        }
        visitor.count()?;
        callback::enter(&visitor, &app, &choice.login_code, &choice.corp, back.as_deref()).await
    };
    match outcome.await {
        Ok(it) => it,
        Err(e) => {
            let place = Place { app: &app, return_to: back.as_deref(), repeatable: false };
            failure::show(&visitor, Some(place), &e)
        }
    }
}
