//! Cookies: what they are called, and how they are set.
//!
//! Over HTTPS each is a `__Host-` cookie, which no other name of the domain can plant. Over plain HTTP, on one's own
//! machine, browsers share cookies between ports: the names say that they are ours, and two hosts with the same app on
//! one machine log each other's people out.
use crate::origin::PublicUrl;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

/// The language that was chosen.
pub(crate) const LANGUAGE: &str = "element-lang";
/// What tells one browser from another.
pub(crate) const BROWSER: &str = "element-browser";

/// The app whose login page was shown last: where somebody goes back to whose login nobody knows any more.
pub(crate) const LAST_APP: &str = "element-last-app";

/// The organisation code that was right the last time.
pub(crate) const ORG_CODE: &str = "element-org-code";

/// How long a choice is remembered, in seconds.
pub(crate) const YEAR: i64 = 365 * 24 * 60 * 60;

/// A session of this app.
pub(crate) fn session(app: &str) -> String {
    format!("element-session.{app}")
}

fn full_name(public: &PublicUrl, name: &str) -> String {
    if public.is_https() { format!("__Host-{name}") } else { name.into() }
}

/// The value of a cookie that came with a request.
pub(crate) fn read(public: &PublicUrl, headers: &HeaderMap, name: &str) -> Option<String> {
    let name = full_name(public, name);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut all = lines.flat_map(|it| Cookie::split_parse(it).filter_map(Result::ok));
    all.find(|it| it.name() == name).map(|it| it.value().to_owned()).filter(|it| !it.is_empty())
}

/// A line that sets a cookie, which no script of a page reads and no other site sends along with a form. It goes with
/// the browser's window, or lasts so many seconds.
pub(crate) fn set(public: &PublicUrl, name: &str, value: &str, seconds: Option<i64>) -> HeaderValue {
    let mut cookie = Cookie::new(full_name(public, name), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(public.is_https());
    cookie.set_max_age(seconds.map(Duration::seconds));
    // Names are app ids, and values are ours or written as in a query: letters, digits, `-`, `_`, `.`, `%`, `+`, `*`.
    HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// A line that takes a cookie away.
pub(crate) fn remove(public: &PublicUrl, name: &str) -> HeaderValue {
    set(public, name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_nobody_else_of_the_domain_can_plant_one() {
        let (http, https) = ("http://127.0.0.1".parse().unwrap(), "https://a.com/x".parse().unwrap());
        assert_eq!(
            set(&https, &session("acme.demo"), "t0ken", Some(60)),
            "__Host-element-session.acme.demo=t0ken; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        assert_eq!(set(&http, BROWSER, "b", None), "element-browser=b; HttpOnly; SameSite=Lax; Path=/");
        assert_eq!(remove(&http, BROWSER), "element-browser=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1; element-browser=planted".parse().unwrap());
        headers.append("cookie", "__Host-element-browser=mine; element-browser=".parse().unwrap());
        assert_eq!(read(&https, &headers, BROWSER).as_deref(), Some("mine"));
        assert_eq!(read(&http, &headers, BROWSER).as_deref(), Some("planted"));
        assert_eq!(read(&http, &headers, LANGUAGE), None);
    }
}
