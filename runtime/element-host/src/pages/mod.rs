//! The pages that people meet: login, callback, choice of company, profile.
//!
//! They are rendered here and work without scripts; a small script adds the QR code in place. They know the login Meta
//! and `AuthSvc`, and no Type.
mod assets;
mod callback;
mod company;
mod failure;
mod language;
mod login;
mod profile;
mod visitor;
mod words;

use crate::{
    reply::{self, REQUEST_ID},
    site::Site,
};
use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Path, Request, rejection::PathRejection},
    http::{HeaderValue, header, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use element::{AppId, Error, ErrorKind, code};
use element_engine::App;
use std::time::Instant;
use visitor::Visitor;
use words::Words;

/// The addresses of the pages.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/{org}/{app}", get(profile::enter))
        .route("/{org}/{app}/login", get(login::show).post(company::choose))
        .route("/{org}/{app}/profile", get(profile::show))
        .route("/{org}/{app}/logout", post(profile::logout))
        .route("/api/auth/{provider}/callback", get(callback::arrive).head(callback::refuse_head))
        .layer(from_fn(note))
        .merge(assets::routes())
}

/// The page for an address where nothing is.
pub(crate) async fn nothing_here(site: &Site, parts: &mut Parts) -> Response {
    match Visitor::from_request_parts(parts, site).await {
        Ok(visitor) => failure::show(&visitor, None, &no_page()),
        Err(never) => match never {},
    }
}

fn no_page() -> Error {
    Error::new(ErrorKind::NotFound, code::NO_APP, "there is no such page")
}

/// What the router makes of an address with an app in it.
type Address = Result<Path<(String, String)>, PathRejection>;

/// The app that an address names: `acme.demo` for `/acme/demo/…`. What could be no app's id goes nowhere, neither into
/// the name of a cookie nor into a link.
fn app_of(address: Address) -> Result<AppId, Error> {
    let Path((org, app)) = address.map_err(|_| no_page())?;
    format!("{org}.{app}").parse().map_err(|_| no_page())
}

/// The path of an app's pages: `/acme/demo`.
fn path_of(app: &AppId) -> String {
    format!("/{}", app.as_str().replacen('.', "/", 1))
}

/// What people call an app.
fn title_of(app: &App) -> &str {
    if app.title.is_empty() { app.id.as_str() } else { &app.title }
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

/// What every page shows around its own part.
#[derive(Debug)]
struct Frame<'a> {
    words: &'static Words,
    /// What stands before the path of every page.
    base: &'a str,
    /// The same page in the other language, where it can be asked for again.
    other_language: Option<String>,
}

/// A page on its way out.
struct Answer<'a, T> {
    visitor: &'a Visitor,
    page: T,
    /// Why it is no good news, if it is none.
    status: Option<ErrorKind>,
    /// The site that may be shown in a frame.
    frame: Option<String>,
    /// May pictures come from anywhere? A person's picture lies with the provider.
    pictures: bool,
    cookies: Vec<HeaderValue>,
}

impl<'a, T: Template> Answer<'a, T> {
    fn new(visitor: &'a Visitor, page: T) -> Self {
        Self { visitor, page, status: None, frame: None, pictures: false, cookies: Vec::new() }
    }

    /// What the browser may do with the page: show it, send its forms here, and nothing else.
    fn policy(&self) -> String {
        let frame = self.frame.as_deref().unwrap_or("'none'");
        let pictures = if self.pictures { "'self' https:" } else { "'self'" };
        // A form's answer leads on, and that counts as where the form goes.
        let origins: String = self.visitor.site.origins.iter().map(|it| format!(" {it}")).collect();
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src {pictures}; \
             frame-src {frame}; form-action 'self'{origins}; base-uri 'none'; frame-ancestors 'none'"
        )
    }

    fn send(self) -> Response {
        let Ok(html) = self.page.render() else {
            tracing::error!("a page could not be written");
            return reply::failure(&self.visitor.started, &Error::internal("a page could not be written"));
        };
        let mut response = Response::new(Body::from(html));
        if let Some(kind) = self.status {
            *response.status_mut() = reply::status(kind);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Ok(policy) = HeaderValue::from_str(&self.policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        let cookies = self.cookies.into_iter().chain(self.visitor.remember_language());
        finish(self.visitor, response, cookies)
    }
}

/// Leads the browser on with a GET.
fn lead_to(visitor: &Visitor, address: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    finish(visitor, Redirect::to(address).into_response(), cookies)
}

/// What every answer to a browser has.
fn finish(visitor: &Visitor, mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let headers = response.headers_mut();
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The address of a callback has a code in it, which is nobody else's business. With no referrer at all, browsers
    // would not even say that our own forms are ours.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(id) = HeaderValue::from_str(&visitor.started.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
