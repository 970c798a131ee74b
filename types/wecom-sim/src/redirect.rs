//! Where a login may send its code: `redirect_uri` against the domains of the app.

use url::{Host, Url, form_urlencoded};

use crate::company::App;

/// Why a `redirect_uri` is not taken.
#[derive(Debug, PartialEq)]
pub(crate) enum NotAllowed {
    /// It is no http or https address.
    NoAddress,
    /// It is on none of the app's domains; its own `host` or `host:port`.
    OtherDomain(String),
}

/// The address, when the app may send codes there.
pub(crate) fn check(app: &App, redirect_uri: &str) -> Result<Url, NotAllowed> {
    let url = Url::parse(redirect_uri).map_err(|_| NotAllowed::NoAddress)?;
    let Some(host) = url.host().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return Err(NotAllowed::NoAddress);
    };
    let host = host.to_owned();
    let same = |domain: &String| {
        // An entry that spells out the scheme's own port means the same as one without.
        let ports = [url.port(), url.port_or_known_default()];
        split(domain).is_some_and(|(name, port)| name == host && ports.contains(&port))
    };
    match &app.redirect_domains {
        Some(domains) if !domains.iter().any(same) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            Err(NotAllowed::OtherDomain(format!("{host}{port}")))
        }
        _ => Ok(url),
    }
}

/// Whether a text can stand in [`App::redirect_domains`].
pub(crate) fn is_domain(text: &str) -> bool {
    split(text).is_some()
}

fn split(domain: &str) -> Option<(Host, Option<u16>)> {
    let (name, port) = match domain.rsplit_once(':') {
        // The colons of an IPv6 address stand inside its brackets.
        Some((name, port)) if !port.ends_with(']') => (name, Some(port.parse().ok()?)),
        _ => (domain, None),
    };
    Some((Host::parse(name).ok()?, port))
}

/// The address with more parameters; those it has stay as they are.
pub(crate) fn with(url: &Url, parameters: &[(&str, &str)]) -> String {
    let added = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let query = match url.query() {
        Some(query) if !query.is_empty() => format!("{query}&{added}"),
        _ => added,
    };
    let mut url = url.clone();
    url.set_query(Some(&query));
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Company;

    #[test]
    fn host_and_port_are_equal_exactly() {
        let mut app = Company::demo().apps()[0].clone();
        for (domain, uri, taken) in [
            ("a.example", "https://a.example/back?x=1", true),
            ("a.example", "http://A.example:80", true),
            ("a.example", "https://a.example:443/", true),
            ("a.example:443", "https://a.example/", true),
            ("a.example:443", "http://a.example/", false),
            ("a.example", "https://a.example:8443/", false),
            ("a.example:8443", "https://a.example:8443/", true),
            ("a.example", "https://b.a.example/", false),
            ("a.example", "https://a.example@evil.example/", false),
            ("a.example", "https://a.example.evil.example/", false),
            ("[::1]:8080", "http://[::1]:8080/", true),
            ("[::1]", "http://[::1]/", true),
            ("127.0.0.1:1", "http://127.0.0.1:2/", false),
        ] {
            assert!(is_domain(domain), "{domain}");
            app.redirect_domains = Some(vec!["other.example".into(), domain.into()]);
            assert_eq!(check(&app, uri).is_ok(), taken, "{domain} {uri}");
        }
        app.redirect_domains = None;
        assert!(check(&app, "http://anywhere.example:1/").is_ok());
        for uri in ["", "/back", "a.example", "javascript:alert(1)", "ftp://a.example/", "data:text/html,x"] {
            assert_eq!(check(&app, uri), Err(NotAllowed::NoAddress), "{uri}");
        }
        for wrong in ["", "https://a.example", "a.example/", "a b", "a.example:", "a.example:x", "a.example:70000", "u@a"] {
            assert!(!is_domain(wrong), "{wrong}");
        }
    }

    #[test]
    fn parameters_are_added_behind_those_there() {
        for (uri, expected) in [
            ("http://a.example", "http://a.example/?code=c+1&state="),
            ("http://a.example/b?x=%20&y", "http://a.example/b?x=%20&y&code=c+1&state="),
            ("http://a.example/b?#frag", "http://a.example/b?code=c+1&state=#frag"),
        ] {
            let url = Url::parse(uri).map(|url| with(&url, &[("code", "c 1"), ("state", "")]));
            assert_eq!(url.as_deref(), Ok(expected));
        }
    }
}
