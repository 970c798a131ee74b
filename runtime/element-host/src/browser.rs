//! Which browser a request comes from: what a login is bound to.
//!
//! A browser is known by a random cookie. A page of another site, to which browsers send no cookie of ours, and a
//! program that is no browser tell a random word of their own in a header; a foreign page cannot learn that word. What
//! elements are told is a hash, so that no log and no store holds what proves to be this browser.
use crate::{cookies, site::Site};
use axum::http::{HeaderMap, HeaderValue};
use element::{Error, Result, host::Random};
use element_engine::SystemRandom;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The header with a word of one's own in place of the cookie.
pub(crate) const HEADER: &str = "x-login-browser";

/// A browser. What proves to be it may be in here, so it is not to be printed.
#[derive(Clone)]
pub(crate) struct Browser {
    /// What elements are told.
    pub(crate) id: Arc<str>,
    /// The cookie for one that is met for the first time.
    pub(crate) welcome: Option<HeaderValue>,
}

impl Browser {
    /// Who sent these headers; somebody new if they do not say.
    ///
    /// # Errors
    /// `InvalidArgs` for a word that others could guess.
    pub(crate) fn of(site: &Site, headers: &HeaderMap) -> Result<Self> {
        if let Some(word) = headers.get(HEADER) {
            let word = word.to_str().unwrap_or_default();
            if !(16..=256).contains(&word.len()) {
                let message =
                    format!("`{HEADER}`: expected a random word of 16 to 256 letters, the same for the whole login");
                return Err(Error::invalid_args(message));
            }
            return Ok(Self { id: hash(HEADER, word), welcome: None });
        }
        if let Some(word) = cookies::read(&site.public_url, headers, cookies::BROWSER) {
            return Ok(Self { id: hash(cookies::BROWSER, &word), welcome: None });
        }
        let word = random();
        let welcome = cookies::set(&site.public_url, cookies::BROWSER, &word, None);
        Ok(Self { id: hash(cookies::BROWSER, &word), welcome: Some(welcome) })
    }
}

/// 256 bits that nobody can guess, as hex digits.
fn random() -> String {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    base16ct::lower::encode_string(&bytes)
}

/// What came in one way is never the same as what came in another.
fn hash(way: &str, word: &str) -> Arc<str> {
    base16ct::lower::encode_string(&Sha256::digest(format!("{way}:{word}"))).into()
}
