//! Values of a config that carry a rule. A text that breaks it is no value; what was written instead is never
//! repeated, because it may be a secret in the wrong place.
use element::Secret;
use std::time::Duration;
use url::Url;

macro_rules! text {
    ($name:ident) => {
        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.0
            }
        }
    };
}

/// 企业 ID.
#[element::data]
#[derive(PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct CorpId(String);
text!(CorpId);

impl TryFrom<String> for CorpId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if !(1..=64).contains(&text.len()) || !text.bytes().all(fits) {
            return Err("`corpId`: expected the 企业 ID that the console shows under 我的企业 → 企业信息");
        }
        Ok(Self(text))
    }
}

/// Is this a company's id as the company itself sees it (page 97162)? Providers see others, of which every letter's case counts.
pub(crate) fn is_plain(corp_id: &str) -> bool {
    corp_id.get(..2).is_some_and(|it| ["ww", "wx"].iter().any(|plain| plain.eq_ignore_ascii_case(it)))
}

impl CorpId {
    /// Can these be two ids of one company? Two of the same form are different companies, but for their case where they are plain.
    pub(crate) fn may_be(&self, other: &str) -> bool {
        let is_plain =
            |it: &str| it.get(..2).is_some_and(|it| ["ww", "wx"].iter().any(|plain| plain.eq_ignore_ascii_case(it)));
        match (is_plain(&self.0), is_plain(other)) {
            (true, true) => self.0.eq_ignore_ascii_case(other),
            (false, false) => self.0 == other,
            _ => true,
        }
    }
}

/// Id of a suite or template: `dk…`, `ww…`, `tj…` (page 97162). WeCom does not say how long it may be.
#[element::data]
#[derive(PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct SuiteId(String);
text!(SuiteId);

impl TryFrom<String> for SuiteId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if !(1..=64).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err(
                "`suiteId`: expected the template's id that the provider's console shows, such as dk0123456789abcdef",
            );
        }
        Ok(Self(text))
    }
}

/// AgentId of an app: digits, which may be written as a number too.
#[element::data]
#[derive(PartialEq, Eq)]
#[serde(try_from = "WrittenAgentId", into = "String")]
pub(crate) struct AgentId(String);
text!(AgentId);

#[element::data]
#[serde(untagged, expecting = "`agentId`: expected digits, as a text or a number")]
pub(crate) enum WrittenAgentId {
    Text(String),
    Number(u64),
}

impl TryFrom<WrittenAgentId> for AgentId {
    type Error = &'static str;
    fn try_from(written: WrittenAgentId) -> Result<Self, Self::Error> {
        match written {
            WrittenAgentId::Number(it) => Ok(Self(it.to_string())),
            WrittenAgentId::Text(it) if (1..=20).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(Self(it))
            }
            WrittenAgentId::Text(_) => Err(
                "`agentId`: expected the digits that the console shows as AgentId at 应用管理 → the app, such as 1000002",
            ),
        }
    }
}

impl AgentId {
    /// As WeCom told it.
    pub(crate) fn of_wecom(told: &str) -> element::Result<Self> {
        Self::try_from(WrittenAgentId::Text(told.to_owned())).map_err(|_| crate::wire::lacks("agentid"))
    }
}

impl From<AgentId> for WrittenAgentId {
    fn from(it: AgentId) -> Self {
        Self::Text(it.0)
    }
}

/// An address that a browser or a call may be sent to: `http` or `https`, without a fragment and without a name or
/// password in it.
pub(crate) fn web_address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|it| {
        matches!(it.scheme(), "http" | "https")
            && it.fragment().is_none()
            && it.username().is_empty()
            && it.password().is_none()
    })
}

/// Where WeCom sends a person back to. Kept as it was written: WeCom compares its host and port with the app's domains.
#[element::data]
#[derive(PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RedirectUri(String);
text!(RedirectUri);

impl TryFrom<String> for RedirectUri {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let message = "`redirectUri`: expected an address that starts with http:// or https://, with no `#` and no password \
                       in it, such as https://your-domain.com/api/auth/qywx/callback";
        if web_address(&text).is_some() { Ok(Self(text)) } else { Err(message) }
    }
}

/// What WeCom's pages are written in.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

macro_rules! secret {
    ($name:ident, $fits:expr, $message:literal) => {
        impl $name {
            pub(crate) fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl TryFrom<Secret> for $name {
            type Error = &'static str;
            fn try_from(it: Secret) -> Result<Self, Self::Error> {
                if $fits(it.expose()) { Ok(Self(it)) } else { Err($message) }
            }
        }

        impl From<$name> for Secret {
            fn from(it: $name) -> Self {
                it.0
            }
        }
    };
}

/// The address of a proxy; a secret, because it may hold a password.
#[element::data]
#[serde(try_from = "Secret", into = "Secret")]
pub(crate) struct Proxy(Secret);
secret!(
    Proxy,
    |it: &str| Url::parse(it).is_ok_and(|it| matches!(it.scheme(), "http" | "https")
        && it.has_host()
        && it.path() == "/"
        && it.query().is_none()),
    "`proxy`: expected the address of an HTTP proxy, such as http://proxy.acme.com:3128 or http://name:password@10.0.0.1:3128"
);

/// What signs callbacks (page 91144).
#[element::data]
#[serde(try_from = "Secret", into = "Secret")]
pub(crate) struct CallbackToken(Secret);
secret!(
    CallbackToken,
    |it: &str| (1..=32).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric()),
    "`token`: expected the Token that the console shows beside the callback's address: 1 to 32 letters and digits"
);

/// What encrypts callbacks (page 91144).
#[element::data]
#[serde(try_from = "Secret", into = "Secret")]
pub(crate) struct EncodingAesKey(Secret);
secret!(
    EncodingAesKey,
    |it: &str| it.len() == 43 && it.bytes().all(|b| b.is_ascii_alphanumeric()),
    "`encodingAESKey`: expected the EncodingAESKey that the console shows beside the callback's address: 43 letters and digits"
);

/// How often to sync, in minutes.
#[element::data]
#[derive(Copy)]
#[serde(try_from = "u32", into = "u32")]
pub(crate) struct SyncMinutes(u32);

impl SyncMinutes {
    pub(crate) fn time(self) -> Duration {
        Duration::from_secs(60 * u64::from(self.0))
    }
}

impl TryFrom<u32> for SyncMinutes {
    type Error = &'static str;
    fn try_from(it: u32) -> Result<Self, Self::Error> {
        // More often costs WeCom's limits more than it tells; callbacks tell at once.
        if (5..=525_600).contains(&it) { Ok(Self(it)) } else { Err("`syncEveryMinutes`: expected 5 to 525600 minutes") }
    }
}

impl From<SyncMinutes> for u32 {
    fn from(it: SyncMinutes) -> Self {
        it.0
    }
}

/// How old a callback may be, in seconds.
#[element::data]
#[derive(Copy)]
#[serde(try_from = "u32", into = "u32")]
pub(crate) struct ReplayWindow(u32);

impl ReplayWindow {
    pub(crate) fn seconds(self) -> u64 {
        self.0.into()
    }
}

impl Default for ReplayWindow {
    fn default() -> Self {
        Self(60 * 60)
    }
}

impl TryFrom<u32> for ReplayWindow {
    type Error = &'static str;
    fn try_from(it: u32) -> Result<Self, Self::Error> {
        // Less than a minute refuses what WeCom itself sends again.
        if (60..=86_400).contains(&it) { Ok(Self(it)) } else { Err("`replayWindowSeconds`: expected 60 to 86400 seconds") }
    }
}

impl From<ReplayWindow> for u32 {
    fn from(it: ReplayWindow) -> Self {
        it.0
    }
}
