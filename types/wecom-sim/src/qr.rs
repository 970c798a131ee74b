//! QR logins: a key that a page shows, a phone scans, and the page asks about until it knows.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Serialize, Serializer};
use url::Url;

use crate::clock::millis;
use crate::tokens::AppKey;

/// How long a QR login is kept for a page that still asks.
const KEPT_MS: u64 = 3_600_000;
/// Pages can be opened by anyone, so there is an end to them; the oldest goes first.
const MOST: usize = 10_000;

/// How far a QR login has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QrStatus {
    /// Nobody has scanned it yet.
    Waiting,
    /// Scanned; the phone asks its owner.
    Scanned,
    /// A desktop client on the same machine offers to log in; it asks its owner.
    Desktop,
    /// Confirmed; the page has its code.
    Confirmed,
    /// Refused on the phone.
    Refused,
    /// Too old, or never there.
    Expired,
}

impl QrStatus {
    /// The name that the pages of WeCom poll for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "QRCODE_SCAN_NEVER",
            Self::Scanned => "QRCODE_SCAN_ING",
            Self::Desktop => "QRCODE_SCAN_PC_BIND",
            Self::Confirmed => "QRCODE_SCAN_SUCC",
            Self::Refused => "QRCODE_SCAN_FAIL",
            Self::Expired => "QRCODE_SCAN_ERR",
        }
    }
}

impl Serialize for QrStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A QR login that a phone can still act on.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QrLogin {
    /// 16 lower-case hexadecimal digits.
    pub key: String,
    /// The company.
    pub corp_id: String,
    /// The app.
    pub agent_id: u32,
    /// [`QrStatus::Waiting`], [`QrStatus::Scanned`] or [`QrStatus::Desktop`].
    pub status: QrStatus,
    /// Who scanned it, or whose desktop client offers to log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// When its page was opened, by the simulator's clock.
    pub opened_ms: u64,
    /// Where the browser goes in the end.
    pub redirect_uri: String,
    /// What goes there with it.
    pub state: String,
}

/// What has happened to a QR login.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Progress {
    Waiting,
    /// By this member.
    Scanned(String),
    /// By this member's desktop client.
    Desktop(String),
    /// This is the code.
    Confirmed(String),
    Refused,
}

impl Progress {
    pub(crate) fn status(&self) -> QrStatus {
        match self {
            Self::Waiting => QrStatus::Waiting,
            Self::Scanned(_) => QrStatus::Scanned,
            Self::Desktop(_) => QrStatus::Desktop,
            Self::Confirmed(_) => QrStatus::Confirmed,
            Self::Refused => QrStatus::Refused,
        }
    }

    /// Who is being asked.
    pub(crate) fn member(&self) -> Option<&String> {
        match self {
            Self::Scanned(member) | Self::Desktop(member) => Some(member),
            Self::Waiting | Self::Confirmed(_) | Self::Refused => None,
        }
    }

    /// Whether it is confirmed or refused.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Confirmed(_) | Self::Refused)
    }
}

/// A QR login as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) app: AppKey,
    pub(crate) redirect_uri: Url,
    pub(crate) state: String,
    pub(crate) opened_ms: u64,
    pub(crate) expires_ms: u64,
    pub(crate) progress: Progress,
    /// Clocks may give two the same time; the count tells which was later.
    pub(crate) number: u64,
}

#[derive(Default)]
pub(crate) struct QrLogins {
    opened: HashMap<String, Opened>,
    last: u64,
}

impl QrLogins {
    pub(crate) fn open(&mut self, key: String, app: AppKey, to: (Url, String), now_ms: u64, lifetime: Duration) {
        self.opened.retain(|_, login| now_ms < login.expires_ms.max(login.opened_ms.saturating_add(KEPT_MS)));
        if self.opened.len() >= MOST {
            let oldest = self.opened.iter().min_by_key(|(_, login)| login.number).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.opened.remove(&key));
        }
        self.last += 1;
        let (redirect_uri, state) = to;
        let login = Opened {
            app,
            redirect_uri,
            state,
            opened_ms: now_ms,
            expires_ms: now_ms.saturating_add(millis(lifetime)),
            progress: Progress::Waiting,
            number: self.last,
        };
        self.opened.insert(key, login);
    }

    /// The login, unless it has expired.
    pub(crate) fn live(&mut self, key: &str, now_ms: u64) -> Option<&mut Opened> {
        self.opened.get_mut(key).filter(|login| now_ms < login.expires_ms)
    }

    /// Those that wait for a phone, newest first.
    pub(crate) fn waiting(&self, now_ms: u64) -> Vec<(&String, &Opened)> {
        let mut all: Vec<_> =
            self.opened.iter().filter(|(_, login)| now_ms < login.expires_ms && !login.progress.is_over()).collect();
        all.sort_by_key(|(_, login)| std::cmp::Reverse(login.number));
        all
    }

    /// Forgets the logins of an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.opened.retain(|_, login| login.app != *app);
    }
}
