//! The callback of an app: where WeCom pushes to, and the two secrets it shares with who listens there.

use serde::{Deserialize, Serialize};
use url::Url;

use super::crypt::{Key, Opened, signature};
use crate::secret::Secret;
use crate::sim::Refused;

/// The callback of an app (page 96238): events are posted to it, sealed and signed.
///
/// As JSON: `{"url": "http://127.0.0.1:8080/callback", "token": "…", "encodingAESKey": "…"}`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Callback {
    /// http or https, with or without a query of its own.
    pub url: String,
    /// What signatures are made with: up to 32 letters and digits.
    pub token: Secret,
    /// What texts are sealed with: 43 letters and digits.
    #[serde(rename = "encodingAESKey")]
    pub encoding_aes_key: Secret,
    /// How the pushes are written; XML when left out.
    #[serde(default)]
    pub format: PushFormat,
    /// Whether events say no more than `UserID` and `Department`, or `Id` and `ParentId`, as contact
    /// sync gets them whose callback was set after 2022-08-15 (pages 96302, 96303). Left out, it goes
    /// by what the app is.
    #[serde(default)]
    pub trimmed: Option<bool>,
}

/// How pushes are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PushFormat {
    /// As WeCom does by itself.
    #[default]
    Xml,
    /// As WeCom's own libraries read as well. How an app is switched to it is not documented, nor
    /// whether the document inside is JSON then; here it is.
    Json,
}

impl Callback {
    /// What is wrong with it, and what to write.
    pub(crate) fn check(&self) -> Result<(), String> {
        let url = Url::parse(&self.url).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        if url.is_none() {
            return Err(format!("callback: url `{}` must be http:// or https:// with a host", self.url));
        }
        let token = self.token.reveal();
        if !(1..=32).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("callback: token must be 1 to 32 letters and digits".into());
        }
        self.key().map(|_| ()).map_err(|what| format!("callback: {what}"))
    }

    pub(crate) fn key(&self) -> Result<Key, String> {
        Key::read(self.encoding_aes_key.reveal())
    }

    /// Opens what was pushed, as whoever listens should: the signature first. `sealed` is the text of
    /// `Encrypt`, or `echostr`. For receivers in tests.
    ///
    /// # Errors
    ///
    /// When the signature is not that of these texts, or they were sealed with another key.
    pub fn open(&self, msg_signature: &str, timestamp: &str, nonce: &str, sealed: &str) -> Result<Opened, Refused> {
        let expected = signature(self.token.reveal(), timestamp, nonce, sealed);
        if expected != msg_signature {
            return Err(Refused(format!("the signature is {msg_signature}; for these texts it is {expected}")));
        }
        self.key().and_then(|key| key.open(sealed)).map_err(Refused)
    }

    /// Seals and signs a text as a push is: its `msg_signature`, and the text of `Encrypt`. For programs that
    /// push by themselves, such as benchmarks.
    ///
    /// # Errors
    ///
    /// When the key is none.
    pub fn seal(&self, message: &str, receive_id: &str, timestamp: &str, nonce: &str) -> Result<(String, String), Refused> {
        // What is random in a real one makes equal texts look different, which nobody depends on here.
        let sealed = self.key().map_err(Refused)?.seal(&[b'0'; 16], message, receive_id);
        Ok((signature(self.token.reveal(), timestamp, nonce, &sealed), sealed))
    }
}
