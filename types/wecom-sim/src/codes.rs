//! Login codes: single use, five minutes, for one app of one company, sent to a domain of that app
//! (pages 96442, 91023).

use std::collections::HashMap;

use url::Url;

use crate::company::App;
use crate::redirect;
use crate::tickets::Consent;
use crate::tokens::AppKey;

/// How long a code can be used.
pub(crate) const LIFETIME_MS: u64 = 300_000;

/// For whom a code is, and for which app.
#[derive(Clone, Debug)]
pub struct CodeFor {
    /// The company; `None` is the only one there is.
    pub corp_id: Option<String>,
    /// The app; `None` is the company's only one, or the demo app of the demo company.
    pub agent_id: Option<u32>,
    /// Who logs in.
    pub who: Who,
}

impl CodeFor {
    /// A code for a member of the only company and its only (or demo) app.
    pub fn member(user_id: impl Into<String>) -> Self {
        Self { corp_id: None, agent_id: None, who: Who::Member(user_id.into()) }
    }

    /// The same for the given app.
    #[must_use]
    pub fn of(self, corp_id: impl Into<String>, agent_id: u32) -> Self {
        Self { corp_id: Some(corp_id.into()), agent_id: Some(agent_id), ..self }
    }
}

/// Who logs in.
#[derive(Clone, Debug)]
pub enum Who {
    /// A member by userid, in the app's visible range or not, of any status; or a member of a
    /// linked company as `CorpId/userid`.
    Member(String),
    /// Not a member (page 96442): at least one of the two must be there.
    Outsider {
        /// Up to 64 bytes; made from `external_user_id` when there is none.
        openid: Option<String>,
        /// Only for a customer whom a member visible to the app follows.
        external_user_id: Option<String>,
    },
}

/// Who a code stands for, as it will be answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Identity {
    Member(String),
    /// A member who was asked on the consent page (`snsapi_privateinfo`), and what was granted.
    Consenting(String, Consent),
    Outsider {
        openid: String,
        external_user_id: Option<String>,
    },
}

impl Identity {
    /// The one name to show for it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Member(user_id) | Self::Consenting(user_id, _) => user_id,
            Self::Outsider { openid, external_user_id } => external_user_id.as_ref().unwrap_or(openid),
        }
    }
}

/// Why a code was not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum NotTaken {
    /// Unknown, used or expired: real servers answer 40029 for all three.
    Invalid,
    /// Another app's: 50001, and the code stays good for its own app.
    OtherApp,
    /// It was sent to a domain that is no longer one of the app's: 50001, until it is one again.
    OtherDomain,
}

struct Issued {
    app: AppKey,
    identity: Identity,
    /// Scheme, host and port of the page it was sent to; `None` when it was made without a login page.
    sent_to: Option<String>,
    expires_ms: u64,
}

#[derive(Default)]
pub(crate) struct Codes {
    issued: HashMap<String, Issued>,
}

impl Codes {
    pub(crate) fn issue(&mut self, code: String, app: AppKey, identity: Identity, now_ms: u64) {
        self.insert(code, app, identity, None, now_ms);
    }

    /// The same for a code that goes to a page.
    pub(crate) fn send(&mut self, code: String, app: AppKey, identity: Identity, to: &Url, now_ms: u64) {
        self.insert(code, app, identity, Some(to.origin().ascii_serialization()), now_ms);
    }

    fn insert(&mut self, code: String, app: AppKey, identity: Identity, sent_to: Option<String>, now_ms: u64) {
        self.issued.retain(|_, issued| now_ms < issued.expires_ms);
        let expires_ms = now_ms.saturating_add(LIFETIME_MS);
        self.issued.insert(code, Issued { app, identity, sent_to, expires_ms });
    }

    /// Takes the code away and tells who it stands for; `app` is what `key` stands for now.
    pub(crate) fn take(&mut self, code: &str, key: &AppKey, app: &App, now_ms: u64) -> Result<Identity, NotTaken> {
        let elsewhere = |issued: &Issued| issued.sent_to.as_ref().is_some_and(|to| redirect::check(app, to).is_err());
        match self.issued.get(code).filter(|issued| now_ms < issued.expires_ms) {
            Some(issued) if issued.app != *key => Err(NotTaken::OtherApp),
            Some(issued) if elsewhere(issued) => Err(NotTaken::OtherDomain),
            _ => match self.issued.remove(code) {
                Some(issued) if now_ms < issued.expires_ms => Ok(issued.identity),
                _ => Err(NotTaken::Invalid),
            },
        }
    }

    /// Whether the app could take the code now.
    pub(crate) fn is_good(&self, code: &str, app: &AppKey, now_ms: u64) -> bool {
        self.issued.get(code).is_some_and(|issued| now_ms < issued.expires_ms && issued.app == *app)
    }

    /// Every code that can still be used: its text, its app, who it stands for, and when it ends.
    pub(crate) fn unused(&self, now_ms: u64) -> impl Iterator<Item = (&str, &AppKey, &Identity, u64)> {
        let live = self.issued.iter().filter(move |(_, issued)| now_ms < issued.expires_ms);
        live.map(|(code, issued)| (code.as_str(), &issued.app, &issued.identity, issued.expires_ms))
    }

    /// Forgets the codes of an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.issued.retain(|_, issued| issued.app != *app);
    }
}
