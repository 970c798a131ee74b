//! The pages that people meet: login, callback, choice of company, profile.
//!
//! They are rendered here and work without scripts; a small script adds the QR code in place. They know the login Meta
//! and `AuthSvc`, and no Type.
mod answer;
mod app;
mod assets;
mod callback;
mod company;
mod enter;
mod failure;
mod language;
mod login;
mod organisation;
mod profile;
mod visitor;
mod words;

use crate::{reply::REQUEST_ID, site::Site};
pub(crate) use app::path_of;
use axum::{
    Router,
    extract::{FromRequestParts, Request},
    http::request::Parts,
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};
use element::{Error, ErrorKind, code};
use std::time::Instant;
use visitor::Visitor;

/// The addresses of the pages.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/{org}/{app}", get(profile::enter))
        .route("/{org}/{app}/login", get(login::show).post(company::choose))
        .route("/{org}/{app}/profile", get(profile::show))
        .route("/{org}/{app}/logout", post(profile::logout))
        // Only a browser that comes to see the answer ends a login.
        .route("/api/auth/{provider}/callback", get(callback::arrive).head(no_such_page))
        .method_not_allowed_fallback(no_such_page)
        .layer(from_fn(note))
        .merge(assets::routes())
}

/// The page for an address where nothing is.
pub(crate) async fn nothing_here(site: &Site, parts: &mut Parts) -> Response {
    let Ok(visitor) = Visitor::from_request_parts(parts, site).await;
    no_such_page(visitor).await
}

async fn no_such_page(visitor: Visitor) -> Response {
    failure::show(&visitor, None, &no_page())
}

fn no_page() -> Error {
    Error::new(ErrorKind::NotFound, code::NO_APP, "there is no such page")
}

/// One line about each page. The query stays out: a code and a state are in it.
async fn note(request: Request, next: Next) -> Response {
    let (verb, path, at) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let response = next.run(request).await;
    let path = &path[..path.floor_char_boundary(200)];
    let request_id = response.headers().get(REQUEST_ID).and_then(|it| it.to_str().ok()).unwrap_or_default();
    tracing::info!(%verb, path, status = response.status().as_u16(), ms = at.elapsed().as_millis(), request_id, "answered");
    response
}
