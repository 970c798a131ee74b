//! How often one address may make calls that need no login: each costs memory here, and some cost calls to a provider.
use axum::{extract::ConnectInfo, http::request::Parts};
use element::{Error, ErrorKind, Result, code};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{
        Arc, Once,
        atomic::{AtomicU32, Ordering},
    },
};

/// Calls that an address may make in a minute unless the operator says otherwise. A whole company behind one address
/// comes to work within a few minutes, at about three calls a person.
pub const CALLS_A_MINUTE: u32 = 600;
/// Addresses that have been quiet are forgotten after so many calls.
const TIDY_EVERY: u32 = 1024;

/// How often, and whose word on the address of a caller is taken.
#[derive(Clone)]
pub struct Limits {
    calls: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
    until_tidy: Arc<AtomicU32>,
    proxies: Arc<[IpAddr]>,
    /// Is said once.
    told: Arc<Once>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").field("limited", &self.calls.is_some()).field("proxies", &self.proxies).finish()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(CALLS_A_MINUTE, [])
    }
}

impl Limits {
    /// So many calls a minute for each address, all at once if need be; 0: as many as anyone likes. `proxies` are the
    /// addresses of one's own proxies, whose `X-Forwarded-For` is believed.
    #[must_use]
    pub fn new(calls_a_minute: u32, proxies: impl IntoIterator<Item = IpAddr>) -> Self {
        let calls = NonZeroU32::new(calls_a_minute).map(|it| Arc::new(RateLimiter::keyed(Quota::per_minute(it))));
        let proxies = proxies.into_iter().map(|it| it.to_canonical()).collect();
        Self { calls, until_tidy: Arc::default(), proxies, told: Arc::new(Once::new()) }
    }

    /// Counts one call.
    ///
    /// # Errors
    /// `RateLimited`, with the seconds to wait.
    pub(crate) fn count(&self, parts: &Parts) -> Result<()> {
        let (Some(calls), Some(address)) = (&self.calls, self.address(parts)) else { return Ok(()) };
        if self.until_tidy.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            calls.retain_recent();
        }
        calls.check_key(&network(address)).map_err(|wait| {
            let seconds = wait.wait_time_from(calls.clock().now()).as_secs() + 1;
            let message = format!("too many calls from this address: try again in {seconds} s");
            Error::new(ErrorKind::RateLimited, code::RATE_LIMITED, message)
        })
    }

    /// Who is at the other end, as far as somebody trustworthy tells: the last address that none of our proxies has. A
    /// program that embeds the router without telling addresses (`ConnectInfo`) has no limits here.
    fn address(&self, parts: &Parts) -> Option<IpAddr> {
        let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
        let mut address = peer.ip().to_canonical();
        if parts.headers.contains_key("x-forwarded-for") && !self.proxies.contains(&address) {
            self.told.call_once(|| {
                tracing::warn!(
                    "{address} says whom it asks for (`X-Forwarded-For`) and is not believed: all that it brings counts as \
                     one. If it is your proxy, start with `--proxy {address}`"
                );
            });
        }
        let lines = parts.headers.get_all("x-forwarded-for").iter().rev();
        let told = lines.filter_map(|it| it.to_str().ok()).flat_map(|it| it.rsplit(','));
        for before in told {
            if !self.proxies.contains(&address) {
                break;
            }
            let before = before.trim();
            // Some proxies add the port.
            let Ok(before) = before.parse().or_else(|_| before.parse::<SocketAddr>().map(|it| it.ip())) else { break };
            address = before.to_canonical();
        }
        Some(address)
    }
}

/// Whoever has one IPv6 address has the 2^64 around it as well.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(it) => Ipv6Addr::from_bits(it.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::Request};

    fn from(peer: &str, forwarded: &[&str]) -> Parts {
        let mut request = Request::builder();
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let (mut parts, _) = request.body(Body::empty()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        parts
    }

    #[test]
    fn each_address_has_its_own_count_and_a_network_of_ipv6_is_one() {
        let limits = Limits::new(2, []);
        for (peer, ok) in [
            ("1.1.1.1", true),
            ("1.1.1.1", true),
            ("1.1.1.1", false),
            ("::ffff:1.1.1.1", false),
            ("1.1.1.2", true),
            ("2001:db8::1", true),
            ("2001:db8::2", true),
            ("2001:db8::3", false),
            ("2001:db8:0:1::1", true),
        ] {
            assert_eq!(limits.count(&from(peer, &[])).is_ok(), ok, "{peer}");
        }
        let error = limits.count(&from("1.1.1.1", &[])).unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited);
        assert!(error.message.contains("try again in 3"), "30 s for each of two: {error}");
        let open = Limits::new(0, []);
        assert!((0..10_000).all(|_| open.count(&from("1.1.1.1", &[])).is_ok()));
    }

    #[test]
    fn only_ones_own_proxies_are_believed() {
        let limits = Limits::new(1, ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()]);
        for (peer, forwarded, expected) in [
            ("9.9.9.9", &["1.1.1.1"][..], "9.9.9.9"),
            ("10.0.0.1", &["1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["1.1.1.1, junk"], "10.0.0.1"),
            ("10.0.0.1", &["1.1.1.1:5678"], "1.1.1.1"),
            ("10.0.0.1", &["[2001:db8::1]:5678"], "2001:db8::1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            let address = limits.address(&from(peer, forwarded)).unwrap();
            assert_eq!(address.to_string(), expected, "{peer} {forwarded:?}");
        }
        let (mut parts, _) = Request::new(Body::empty()).into_parts();
        parts.headers.insert("x-forwarded-for", "1.1.1.1".parse().unwrap());
        assert_eq!(limits.address(&parts), None);
    }

    #[test]
    fn who_is_quiet_is_forgotten() {
        let limits = Limits::new(u32::MAX, []);
        for n in 0..TIDY_EVERY * 3 {
            limits.count(&from(&Ipv6Addr::from_bits(u128::from(n) << 64).to_string(), &[])).unwrap();
        }
        assert!(limits.calls.unwrap().len() <= TIDY_EVERY as usize * 2);
    }
}
