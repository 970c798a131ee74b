//! HTTP in our own words: what a Type sends out, and what a raw method takes in.
use crate::{Error, Result, Secret};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// A request to the outside. Its query and body never reach a log: that is where tokens are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// Scheme, host and path; no query.
    pub url: String,
    /// Names and values of the query, not yet encoded.
    pub query: Vec<(String, HiddenText)>,
    /// Header names and values.
    pub headers: BTreeMap<String, HiddenText>,
    /// The body, if there is one.
    pub body: Option<HiddenText>,
    /// How long to wait for the whole answer, in milliseconds; the call's deadline counts too.
    pub timeout_ms: u64,
    /// A proxy's address, `http://host:port`.
    pub proxy: Option<HiddenText>,
}

/// Text that crosses to the host as it is and prints as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HiddenText(pub String);

impl std::fmt::Debug for HiddenText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl HttpRequest {
    /// A request without query, headers and body that waits ten seconds at most.
    #[must_use]
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            query: Vec::new(),
            headers: BTreeMap::new(),
            body: None,
            timeout_ms: 10_000,
            proxy: None,
        }
    }

    /// Adds one parameter to the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.into(), HiddenText(value.into())));
        self
    }

    /// Adds a secret parameter to the query.
    #[must_use]
    pub fn secret_query(self, name: &str, value: &Secret) -> Self {
        self.query(name, value.expose())
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// `body` cannot be written as JSON.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(|e| Error::internal(e.to_string()))?;
        self.body = Some(HiddenText(body));
        self.headers.insert("content-type".into(), HiddenText("application/json".into()));
        Ok(self)
    }
}

/// The answer from outside, whatever its status.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// The headers that came once, lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body, at most 4 MiB; bytes that are not UTF-8 are replaced.
    pub body: HiddenText,
}

impl HttpReply {
    /// The body as JSON.
    ///
    /// # Errors
    /// `serde_json` says why it is none; nothing of the body is in that text but the place.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.body.0)
    }
}

/// What a raw method takes: a request as it came. Tokens may stand anywhere in it, so `Debug` tells its method and size.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// The decoded query. Keys that the method does not know are nobody's mistake: proxies add their own.
    pub query: BTreeMap<String, String>,
    /// Lower-case names and values.
    pub headers: BTreeMap<String, String>,
    /// The body, untouched.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} with {} bytes)", self.method, self.body.len())
    }
}

/// What a raw method gives: it goes back as it is, without the envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: String,
    /// The body, byte for byte.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl Response {
    /// Status 200 with plain text.
    #[must_use]
    pub fn text(body: impl Into<String>) -> Self {
        Self { status: 200, content_type: "text/plain; charset=utf-8".into(), body: body.into().into_bytes() }
    }
}
