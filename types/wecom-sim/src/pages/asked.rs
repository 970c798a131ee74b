//! A request for a page, read once: parameters, language, who sends it.

use axum::body::to_bytes;
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, Method, Uri, header};
use url::form_urlencoded;

use super::words::{Words, ZH};

/// The forms of these pages are far shorter.
const LONGEST_FORM: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    headers: HeaderMap,
}

impl Asked {
    pub(crate) async fn read(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).unwrap_or_default().0;
        // A form that is too long is as good as an empty one: what is missing will be said.
        let form = match parts.method {
            Method::POST => to_bytes(body, LONGEST_FORM).await.unwrap_or_default(),
            _ => Default::default(),
        };
        let form = form_urlencoded::parse(&form).into_owned().collect();
        Self { method: parts.method, uri: parts.uri, query, form, headers: parts.headers }
    }

    /// A parameter of the form or the query; an empty one is a missing one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let given = self.form.iter().chain(&self.query);
        let mut values = given.filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        values.find(|value| !value.is_empty())
    }

    /// Every value of a field of the form, as ticked boxes send them.
    pub(crate) fn ticked(&self, name: &str) -> impl Iterator<Item = &str> {
        self.form.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Under which name the simulator was reached. HTTP/2 puts it into the address.
    pub(crate) fn host(&self) -> &str {
        let said = self.header(header::HOST);
        if said.is_empty() { self.uri.authority().map_or("", |authority| authority.as_str()) } else { said }
    }

    /// `?lang=`, else what the browser likes to read.
    pub(crate) fn words(&self) -> &'static Words {
        let named = self.get("lang").and_then(Words::named);
        named.unwrap_or_else(|| Words::accepted(self.header(header::ACCEPT_LANGUAGE)))
    }

    /// `?lang=`, else Chinese: how WeCom's own login pages choose.
    pub(crate) fn words_of_wecom(&self) -> &'static Words {
        self.get("lang").and_then(Words::named).unwrap_or(&ZH)
    }

    /// The value of a cookie, decoded as [`form_urlencoded`] does.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let mut cookies = self.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let found = cookies.find_map(|line| {
            let mut pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
            pairs.find(|(given, _)| *given == name).map(|(_, value)| value)
        })?;
        form_urlencoded::parse(found.as_bytes()).next().map(|(value, _)| value.into_owned())
    }

    /// Whether one of these pages sent the form: no other site can say so in a browser.
    pub(crate) fn is_from_here(&self) -> bool {
        let origin = self.headers.get("origin").and_then(|origin| origin.to_str().ok()).unwrap_or_default();
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let same = authority.is_some_and(|authority| authority.eq_ignore_ascii_case(self.host()));
        let fetch = self.headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
        same || (fetch && matches!(origin, "" | "null"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn asked(headers: &[(&str, &str)]) -> Asked {
        let mut request = Request::builder().uri("/sim/phone?lang=&a=1&a=2").header("host", "sim.test:80");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Asked::read(request.body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn forms_come_is_from_here() {
        for (headers, here) in [
            (&[][..], false),
            (&[("origin", "http://sim.test:80")], true),
            (&[("origin", "https://SIM.test:80")], true),
            (&[("origin", "http://sim.test")], false),
            (&[("origin", "http://evil.test")], false),
            (&[("origin", "null")], false),
            (&[("origin", "null"), ("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://evil.test"), ("sec-fetch-site", "same-origin")], false),
        ] {
            assert_eq!(asked(headers).await.is_from_here(), here, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn languages_and_cookies() {
        for (accepts, code) in
            [("", "zh"), ("en-US,en;q=0.9", "en"), ("fr, en;q=0.5", "en"), ("fr", "zh"), ("zh-TW,en", "zh"), ("EN", "en")]
        {
            assert_eq!(asked(&[("accept-language", accepts)]).await.words().code, code, "{accepts}");
        }
        let cookies = asked(&[("cookie", "a=1; sim-member=%E5%BC%A0+%3B")]).await;
        assert_eq!(cookies.cookie("sim-member").as_deref(), Some("张 ;"));
        assert_eq!(cookies.cookie("b"), None);
        assert_eq!(cookies.get("a"), Some("1"));
        assert_eq!(cookies.get("lang"), None);
    }
}
