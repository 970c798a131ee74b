//! `state`: ties what comes back from the provider's page to a login that was started here, in this browser (against
//! login CSRF).
use crate::hash;
use element::{Ctx, Error, ErrorKind, Result, code};
use std::time::Duration;

/// How long a state is valid.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A state that was given out.
#[derive(Debug, Clone)]
pub struct State {
    /// 64 letters and digits.
    pub text: String,
    /// When it stops being valid, in milliseconds since 1970.
    pub expires_at: i64,
}

/// The login that a state stands for.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct Started {
    /// The app that is logged in to.
    pub app: String,
    /// The full name of the login element.
    pub element: String,
    /// The browser that started it, see `Ctx::browser`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The company that it is the login of, where one element is the login of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corp_id: Option<String>,
    /// Where the browser goes when the login is done, if the page that started it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

impl Started {
    /// Is it the login of whoever asks now: this app, this element, this browser?
    pub(crate) fn is_of(&self, ctx: &Ctx) -> bool {
        self.is_in_browser_of(ctx) && self.app == ctx.app() && self.element == ctx.full_name()
    }

    /// From outside, whoever does not say which browser it is, is in none.
    pub(crate) fn is_in_browser_of(&self, ctx: &Ctx) -> bool {
        let told = ctx.browser().is_some() || !ctx.caller().is_outside();
        told && self.browser.as_deref() == ctx.browser()
    }
}

/// Host-wide, because a callback address is one for all apps: there the state says which app and element it is for.
fn key(state: &str) -> String {
    format!("auths/state/{}", hash::of(state))
}

/// A new state for the addressed element: 256 random bits in 64 letters and digits, because WeCom takes `[a-zA-Z0-9]`
/// up to 128 bytes only (page 96441). Stored as a hash, valid for [`LIFETIME`], for one use and for the browser that the
/// call comes from.
///
/// # Errors
/// The store cannot be reached.
pub async fn issue(ctx: &Ctx) -> Result<State> {
    begin(ctx, None).await
}

/// The same for an element that is the login of several companies: the state says which one it is this time.
///
/// # Errors
/// As for [`issue`].
pub async fn issue_for(ctx: &Ctx, corp_id: &str) -> Result<State> {
    begin(ctx, Some(corp_id.into())).await
}

async fn begin(ctx: &Ctx, corp_id: Option<String>) -> Result<State> {
    // The hash turns base64url into letters and digits and keeps its 256 bits.
    let text = hash::of(&ctx.random(32).await?);
    let (app, element) = (ctx.app().into(), ctx.full_name().into());
    let started = Started { app, element, browser: ctx.browser().map(Into::into), corp_id, return_to: None };
    ctx.host_keys().set(&key(&text), &started, LIFETIME).await?;
    let lifetime = i64::try_from(LIFETIME.as_millis()).unwrap_or(i64::MAX);
    Ok(State { text, expires_at: ctx.now().saturating_add(lifetime) })
}

/// Notes where the browser goes when this login is done. For the page that starts it, right after it was given the state.
///
/// # Errors
/// The store cannot be reached.
pub async fn remember_return(ctx: &Ctx, state: &str, return_to: &str) -> Result<()> {
    let Some(started) = look_at(ctx, state).await? else { return Ok(()) };
    let started = Started { return_to: Some(return_to.into()), ..started };
    ctx.host_keys().set(&key(state), &started, LIFETIME).await
}

/// Ends a login that nothing came of.
///
/// # Errors
/// The store cannot be reached.
pub async fn end(ctx: &Ctx, state: &str) -> Result<()> {
    ctx.host_keys().delete(&key(state)).await
}

/// The login that an unused state stands for; it stays valid.
pub(crate) async fn look_at(ctx: &Ctx, state: &str) -> Result<Option<Started>> {
    ctx.host_keys().get(&key(state)).await
}

/// Uses the state up. One that comes to the wrong element is used up too: somebody let it go astray. Whoever asks has
/// seen that it is in its own browser; from another one it stays, because it is worth nothing there, and programs that
/// look at links before people do must not end logins.
///
/// # Errors
/// `Refused` ([`code::STATE_INVALID`]), in one text for whatever is wrong with it; or the store cannot be reached.
pub(crate) async fn take(ctx: &Ctx, state: &str) -> Result<Started> {
    let started: Option<Started> = ctx.host_keys().take(&key(state)).await?;
    started.filter(|it| it.is_of(ctx)).ok_or_else(invalid)
}

/// A state is required here, and none came.
#[must_use]
pub fn missing() -> Error {
    Error::new(
        ErrorKind::Refused,
        code::STATE_MISSING,
        "`state` is missing: give the one that came back beside the code; `getLoginConfig` starts a login",
    )
}

/// A state that nobody knows (any more), or not here: one text for every reason.
#[must_use]
pub fn invalid() -> Error {
    Error::new(
        ErrorKind::Refused,
        code::STATE_INVALID,
        "`state` is unknown, expired, used, of another login or of another browser: it is valid once, for ten minutes, \
         where it was given out; start the login again",
    )
}
