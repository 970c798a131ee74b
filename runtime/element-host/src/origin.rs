//! Addresses of this host and of other sites: where a browser is sent, and whose page a request comes from.
use axum::http::{HeaderMap, header};
use std::{fmt, str::FromStr};
use url::{Host, Position, Url};

/// The address under which browsers reach this host, such as `https://login.example.com` or `https://example.com/login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// Another site, whose pages may call this host and be returned to: `https://shop.example.com`, with its port if it is
/// not the usual one, and nothing after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && plain).then_some(url)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(it)) => it == "localhost",
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.is_loopback(),
        None => false,
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        web(text.trim_end_matches('/')).map(Self).ok_or("write it like `https://login.example.com`")
    }
}

impl FromStr for Origin {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = web(text).filter(|it| it.path() == "/").ok_or("write it like `https://shop.example.com`")?;
        Ok(Self(url.origin().ascii_serialization()))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PublicUrl {
    /// What stands before every path: empty, or `/login` behind a proxy that serves other things too.
    pub(crate) fn base(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// Can anyone but this machine listen to what is sent there?
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        !self.is_https() && !is_local(&self.0)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Does a request that changes something, and that a browser proves with a cookie, come from a page of this host?
    ///
    /// A browser says so in `Origin`. Behind a proxy the name in `Host` may be another one than the public one, so either is
    /// enough: a foreign page can choose neither, and a name that was rebound to this host has no cookie of ours. The
    /// scheme is always the public one: what comes from a page without TLS may be anybody's.
    pub(crate) fn is_own(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        let Some(origin) = text("origin") else { return text("sec-fetch-site") == Some("same-origin") };
        let Ok(origin) = Url::parse(origin) else { return false };
        let is_host = text("host").is_some_and(|host| origin.as_str().split('/').nth(2) == Some(host));
        origin.scheme() == self.0.scheme() && (origin.origin() == self.0.origin() || is_host)
    }

    /// Is it an address where this host is, or something beside it behind the same proxy?
    pub(crate) fn is_here(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|it| it.origin() == self.0.origin())
    }

    /// Where a page goes when a login is done: a path of this host, or a page of a site that is listed. Everything else
    /// is nobody's wish but a trickster's, and is left out.
    pub(crate) fn way_back(&self, wish: &str, listed: &[Origin]) -> Option<String> {
        if wish.len() > 2000 || wish.chars().any(|c| c.is_control() || c == '\\') {
            return None;
        }
        let url = self.0.join(wish).ok().filter(|it| matches!(it.scheme(), "http" | "https"))?;
        let origin = url.origin().ascii_serialization();
        if origin == self.0.origin().ascii_serialization() {
            // A path only: what it leads to is on this host, whatever the host is called.
            let path = url[Position::BeforePath..].to_owned();
            return (!path.starts_with("//")).then_some(path);
        }
        listed.iter().any(|it| it.0 == origin).then(|| url.into())
    }

    /// People who came to this machine under another of its own names than the one that is told to providers: the
    /// provider will send them back to the other one, where their cookies are not.
    pub(crate) fn other_name_of_this_machine(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        let came = host.and_then(|it| Url::parse(&format!("{}://{it}", self.0.scheme())).ok());
        // With another port somebody else stands in between, and means it.
        came.is_some_and(|came| {
            let same_port = came.port_or_known_default() == self.0.port_or_known_default();
            is_local(&self.0) && is_local(&came) && same_port && came.host() != self.0.host()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> PublicUrl {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn addresses_are_checked() {
        for good in ["https://a.com", "https://a.com/", "http://127.0.0.1:8080", "https://a.com/login/"] {
            assert!(good.parse::<PublicUrl>().is_ok(), "{good}");
        }
        for bad in ["", "a.com", "ftp://a.com", "https://a.com?x", "https://a.com/#x", "https://me:pw@a.com"] {
            assert!(bad.parse::<PublicUrl>().is_err() && bad.parse::<Origin>().is_err(), "{bad}");
        }
        assert!("https://a.com/path".parse::<Origin>().is_err());
        assert_eq!("HTTPS://A.com:443/".parse::<Origin>().unwrap().to_string(), "https://a.com");
        assert_eq!((public("https://a.com/login/").base(), public("https://a.com").base()), ("/login", ""));
    }

    #[test]
    fn a_way_back_leads_to_this_host_or_to_a_listed_site() {
        let (public, listed) = (public("https://login.acme.com"), ["https://shop.acme.com".parse().unwrap()]);
        for (wish, expected) in [
            ("/", Some("/")),
            ("/acme/demo/profile?tab=2", Some("/acme/demo/profile?tab=2")),
            ("/a/../b#part", Some("/b#part")),
            ("https://login.acme.com/x", Some("/x")),
            ("https://shop.acme.com/cart?id=1#top", Some("https://shop.acme.com/cart?id=1#top")),
            ("//evil.com", None),
            ("///evil.com", None),
            ("/\\evil.com", None),
            ("\\\\evil.com", None),
            ("/\t/evil.com", None),
            ("https://evil.com", None),
            ("https:evil.com", Some("/evil.com")),
            ("https://shop.acme.com.evil.com/", None),
            ("https://shop.acme.com@evil.com/", None),
            ("http://shop.acme.com/", None),
            ("https://shop.acme.com:8443/", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("blob:https://shop.acme.com/x", None),
            ("file:///etc/passwd", None),
            ("/x//evil.com", Some("/x//evil.com")),
            ("/.//evil.com", None),
            ("\u{0}", None),
        ] {
            assert_eq!(public.way_back(wish, &listed).as_deref(), expected, "{wish:?}");
        }
        assert_eq!(public.way_back(&format!("/{}", "x".repeat(2000)), &listed), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_wished_for_nobody_is_led_away(wish in "[/\\\\:.@?#%a-z0-9\\t\\n ]{0,40}|\\PC{0,40}") {
            let public = public("https://login.acme.com/base");
            if let Some(way) = public.way_back(&wish, &["https://shop.acme.com".parse().unwrap()]) {
                // As a browser reads it in a `Location`.
                let led = Url::parse("https://login.acme.com/base/x").unwrap().join(&way).unwrap();
                let origin = led.origin().ascii_serialization();
                proptest::prop_assert!(["https://login.acme.com", "https://shop.acme.com"].contains(&&*origin), "{wish:?} {way}");
            }
        }
    }

    #[test]
    fn only_this_hosts_own_pages_may_use_its_cookies() {
        let public = public("https://login.acme.com");
        for (pairs, own) in [
            (&[("origin", "https://login.acme.com")][..], true),
            (&[("origin", "https://login.acme.com"), ("host", "10.0.0.7:8080")], true),
            (&[("origin", "https://10.0.0.7:8080"), ("host", "10.0.0.7:8080")], true),
            (&[("origin", "http://login.acme.com"), ("host", "login.acme.com")], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("origin", "https://evil.com"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", "https://evil.com"), ("host", "login.acme.com")], false),
            (&[("origin", "null"), ("host", "login.acme.com")], false),
            (&[("origin", "https://login.acme.com.evil.com"), ("host", "login.acme.com")], false),
            (&[("origin", "https://login.acme.com:8443"), ("host", "login.acme.com")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("host", "login.acme.com")], false),
            (&[], false),
        ] {
            assert_eq!(public.is_own(&headers(pairs)), own, "{pairs:?}");
        }
    }

    #[test]
    fn names_of_this_machine_are_told_apart() {
        let at = |public_url: &str, host: &str| public(public_url).other_name_of_this_machine(&headers(&[("host", host)]));
        assert!(at("http://127.0.0.1:8080", "localhost:8080"));
        assert!(at("http://localhost:8080", "127.0.0.1:8080"));
        assert!(!at("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(!at("https://login.acme.com", "127.0.0.1:8080"), "a proxy may ask under the name it likes");
        assert!(!at("http://127.0.0.1", "localhost:8080"), "a proxy in front passes its own idea of the name on");
        assert!(!at("http://127.0.0.1:8080", "192.168.1.5:8080"));
        assert!(!at("http://127.0.0.1:8080", "?"));
    }
}
