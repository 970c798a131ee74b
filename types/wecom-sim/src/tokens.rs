//! Tokens: one for each app, template or provider at a time, 7200 seconds (pages 91039, 97162).

use std::collections::HashMap;
use std::hash::Hash;

/// How long a token lives.
const LIFETIME_MS: u64 = 7_200_000;
/// How long an expired token is still known as expired (42001) before it is just unknown (40014).
const REMEMBERED_MS: u64 = 86_400_000;

/// An app of a company. The corpid is in lower case, because companies are matched whatever their case.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct AppKey {
    corp: String,
    agent: u32,
}

impl AppKey {
    pub(crate) fn new(corp_id: &str, agent: u32) -> Self {
        Self { corp: corp_id.to_ascii_lowercase(), agent }
    }

    /// Stands for a provider where apps are told apart. No app has the number 0.
    pub(crate) fn of_provider(corp_id: &str) -> Self {
        Self::new(corp_id, 0)
    }

    pub(crate) fn corp(&self) -> &str {
        &self.corp
    }

    pub(crate) fn agent(&self) -> u32 {
        self.agent
    }
}

/// What a token turned out to be.
pub(crate) enum Token<K = AppKey> {
    Of(K),
    Expired,
    Unknown,
}

struct Grant<K> {
    of: K,
    expires_ms: u64,
}

/// The tokens of one kind, by whom they are for.
pub(crate) struct Tokens<K = AppKey> {
    grants: HashMap<String, Grant<K>>,
    current: HashMap<K, String>,
}

impl<K> Default for Tokens<K> {
    fn default() -> Self {
        Self { grants: HashMap::new(), current: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash> Tokens<K> {
    /// The token and the seconds it has left. Inside the window it is the same one each time
    /// (page 97164) unless `rotate`; a newer token never ends an older one.
    pub(crate) fn get(&mut self, of: &K, now_ms: u64, rotate: bool, make: impl FnOnce() -> String) -> (String, u64) {
        if !rotate && let Some(token) = self.current.get(of) {
            let left = self.grants.get(token).map_or(0, |g| g.expires_ms.saturating_sub(now_ms));
            if left > 0 {
                return (token.clone(), left.div_ceil(1000));
            }
        }
        self.grants.retain(|_, grant| now_ms < grant.expires_ms.saturating_add(REMEMBERED_MS));
        let token = make();
        let expires_ms = now_ms.saturating_add(LIFETIME_MS);
        self.grants.insert(token.clone(), Grant { of: of.clone(), expires_ms });
        self.current.insert(of.clone(), token.clone());
        (token, LIFETIME_MS / 1000)
    }

    pub(crate) fn look_up(&self, token: &str, now_ms: u64) -> Token<K> {
        match self.grants.get(token) {
            None => Token::Unknown,
            Some(grant) if grant.expires_ms <= now_ms => Token::Expired,
            Some(grant) => Token::Of(grant.of.clone()),
        }
    }

    /// Every token still known, expired or not: its text, whose it is, and when it ends.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &K, u64)> {
        self.grants.iter().map(|(token, grant)| (token.as_str(), &grant.of, grant.expires_ms))
    }

    /// Forgets every token of theirs; how many there were.
    pub(crate) fn revoke(&mut self, of: &K) -> usize {
        let before = self.grants.len();
        self.grants.retain(|_, grant| grant.of != *of);
        self.current.remove(of);
        before - self.grants.len()
    }

    /// Lets every token of theirs end now; how many that changed.
    pub(crate) fn expire(&mut self, of: &K, now_ms: u64) -> usize {
        let mut live: Vec<_> = self.grants.values_mut().filter(|g| g.of == *of).collect();
        live.retain(|grant| grant.expires_ms > now_ms);
        live.iter_mut().for_each(|grant| grant.expires_ms = now_ms);
        live.len()
    }
}
