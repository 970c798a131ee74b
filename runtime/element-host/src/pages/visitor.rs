//! Who visits a page: browser, language, and what every page needs to know about the request.
use super::{language, words::Words};
use crate::{
    browser::Browser,
    caller, cookies,
    reply::{self, Started},
    site::Site,
};
use auths::SessionInfo;
use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderValue, header, request::Parts},
};
use element::{
    AppId, Caller, Result,
    host::{Form, Input},
};
use element_engine::Invocation;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::convert::Infallible;

/// One request for a page. It has cookies, a code and a state in it, so it is not to be printed.
pub(super) struct Visitor {
    pub(super) site: Site,
    pub(super) words: &'static Words,
    pub(super) parts: Parts,
    pub(super) started: Started,
    browser: Result<Browser>,
    query: Vec<(String, String)>,
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Infallible> {
        // A query that is no query has no parameters.
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|it| it.0).unwrap_or_default();
        let words = language::of(
            parameter(&query, "lang"),
            cookies::read(&site.public_url, &parts.headers, cookies::LANGUAGE).as_deref(),
            parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()),
        );
        let browser = Browser::of(site, &parts.headers);
        Ok(Self { site: site.clone(), words, parts: parts.clone(), started: Started::now(), browser, query })
    }
}

fn parameter<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str()).filter(|it| !it.is_empty())
}

impl Visitor {
    /// A parameter of the address; an empty one is none.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        parameter(&self.query, name)
    }

    /// The address of a page of this host.
    pub(super) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.site.public_url.base())
    }

    /// Is this the browser that began something?
    pub(super) fn is(&self, browser: Option<&str>) -> bool {
        self.browser.as_ref().is_ok_and(|it| Some(&*it.id) == browser)
    }

    /// Path and query as they came in, behind whatever stands in front of this host.
    pub(super) fn asked_for(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |it| it.as_str())
    }

    /// The page itself, as a way back to it.
    pub(super) fn here(&self) -> String {
        self.path(self.asked_for())
    }

    /// How long it is until then.
    pub(super) fn seconds_until(&self, at: i64) -> i64 {
        (at - self.site.runtime.ctx().now()).max(0) / 1000
    }

    /// The same page in the other language. Only a query, so that nothing else in an address leads anywhere.
    pub(super) fn in_other_language(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(name, _)| name != "lang"));
        query.append_pair("lang", self.words.other_lang);
        format!("?{}", query.finish())
    }

    /// Where the visitor wants to go when the login is done, if that is allowed.
    pub(super) fn way_back(&self) -> Option<String> {
        self.site.public_url.way_back(self.parameter("return")?, &self.site.origins)
    }

    /// The token in the cookie of an app's session.
    pub(super) fn token(&self, app: &AppId) -> Option<String> {
        cookies::read(&self.site.public_url, &self.parts.headers, &cookies::session(app.as_str()))
    }

    /// The app whose login page was shown last.
    pub(super) fn last_app(&self) -> Option<AppId> {
        let app = cookies::read(&self.site.public_url, &self.parts.headers, cookies::LAST_APP)?;
        Some(self.site.runtime.app(&app).ok()?.app().id.clone())
    }

    /// Is this the client whose user agent holds this word, where a login needs no QR code?
    pub(super) fn is_in_client(&self, word: &str) -> bool {
        !word.is_empty() && self.agent().is_some_and(|it| it.contains(word))
    }

    /// What the visitor logs in with, in the words of `loginByCode`.
    pub(super) fn platform(&self) -> &'static str {
        if self.agent().is_some_and(|it| it.contains("Mobile")) { "mobile" } else { "web" }
    }

    fn agent(&self) -> Option<&str> {
        self.parts.headers.get(header::USER_AGENT)?.to_str().ok()
    }

    /// Counts what everyone may do.
    pub(super) fn count(&self) -> Result<()> {
        self.site.limits.count(&self.parts)
    }

    /// Calls a method for this visitor.
    pub(super) async fn call<R: DeserializeOwned>(
        &self,
        app: &AppId,
        element: &str,
        method: &str,
        args: Value,
        caller: Caller,
    ) -> Result<R> {
        let browser = self.browser.clone()?.id;
        let element = self.site.runtime.app(app.as_str())?.get_element(element)?;
        let request_id = self.started.request_id.as_str().into();
        let invocation = Invocation { request_id, browser: Some(browser), ..Invocation::by(caller) };
        let name = method.to_owned();
        // On its own task: a browser that goes away does not cancel a login half-way.
        let call =
            tokio::spawn(
                async move { element.invoke(&name, Input::Value(&args), Form::Value, invocation).await?.into_value() },
            );
        let result =
            call.await.map_err(|e| reply::inside(&self.started.request_id, &format!("a call's task ended: {e}")))?;
        reply::read(&self.started.request_id, method, result?)
    }

    /// The session of this app that the visitor's cookie proves.
    pub(super) async fn session(&self, app: &AppId) -> Result<Option<SessionInfo>> {
        let Some(token) = self.token(app) else { return Ok(None) };
        let found = caller::session(&self.site, app.as_str(), &token, &self.started.request_id).await;
        if !matches!(found, Ok(Some(_))) {
            // Whoever tries tokens out is counted.
            self.count()?;
        }
        found
    }

    /// What tells a stranger's browser that it is one: without it, nothing that it begins is ever ended.
    pub(super) fn welcome(&self) -> Option<HeaderValue> {
        self.browser.as_ref().ok()?.welcome.clone()
    }

    /// What makes a chosen language last.
    pub(super) fn remember_language(&self) -> Option<HeaderValue> {
        let chosen = language::by_word(self.parameter("lang")?)?;
        Some(cookies::set(&self.site.public_url, cookies::LANGUAGE, chosen.lang, Some(cookies::YEAR)))
    }
}
