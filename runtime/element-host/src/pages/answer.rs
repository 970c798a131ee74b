//! A page on its way out: its frame, what a browser may do with it, and the headers that every answer has.
use super::{Visitor, words::Words};
use crate::reply::{self, REQUEST_ID};
use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Redirect, Response},
};
use element::ErrorKind;

/// What every page shows around its own part.
pub(super) struct Frame<'a> {
    pub(super) words: &'static Words,
    /// What stands before the path of every page.
    pub(super) base: &'a str,
    /// The same page in the other language, where it can be asked for again.
    pub(super) other_language: Option<String>,
}

impl<'a> Frame<'a> {
    pub(super) fn of(visitor: &'a Visitor) -> Self {
        let (words, base) = (visitor.words, visitor.site.public_url.base());
        // What a form was answered with cannot be asked for again.
        let other_language = (visitor.parts.method == Method::GET).then(|| visitor.in_other_language());
        Self { words, base, other_language }
    }
}

/// A page on its way out.
pub(super) struct Answer<'a, T> {
    pub(super) visitor: &'a Visitor,
    pub(super) page: T,
    /// Why it is no good news, if it is none.
    pub(super) status: Option<ErrorKind>,
    /// The site that may be shown in a frame.
    pub(super) frame: Option<String>,
    /// May pictures come from anywhere? A person's picture lies with the provider.
    pub(super) pictures: bool,
    pub(super) cookies: Vec<HeaderValue>,
}

impl<'a, T: Template> Answer<'a, T> {
    pub(super) fn new(visitor: &'a Visitor, page: T) -> Self {
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

    pub(super) fn send(self) -> Response {
        let Ok(html) = self.page.render() else {
            let started = &self.visitor.started;
            return reply::failure(started, &reply::inside(&started.request_id, "a page could not be written"));
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
        finish(self.visitor, response, self.cookies)
    }
}

/// Leads the browser on with a GET.
pub(super) fn lead_to(visitor: &Visitor, address: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    finish(visitor, Redirect::to(address).into_response(), cookies)
}

/// What every answer to a browser has.
fn finish(visitor: &Visitor, mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let headers = response.headers_mut();
    for cookie in cookies.into_iter().chain(visitor.remember_language()) {
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
