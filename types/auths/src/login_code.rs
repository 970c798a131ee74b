//! Login codes: proof that somebody was recognised, before it is settled which company is entered.
use crate::{Corp, User, hash};
use element::{Ctx, Error, ErrorKind, Result, code};
use std::time::Duration;

/// How long a login code is valid.
pub(crate) const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Whom a login code stands for.
#[element::data]
pub struct Identity {
    /// The full name of the Type that recognised the person.
    pub auth_type: String,
    /// The person.
    pub user: User,
    /// The companies that the person may enter; at least one.
    pub corp_list: Vec<Corp>,
    /// Only somebody who is bound to a user of the app may enter, see [`Identity::known_only`].
    #[serde(default)]
    pub known_only: bool,
}

/// What is stored for a login code.
#[element::data]
pub(crate) struct Held {
    /// Whom it stands for.
    pub(crate) identity: Identity,
    /// The full name of the element that recognised the person.
    pub(crate) element: String,
    /// The browser that the person used, see `Ctx::browser`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) browser: Option<String>,
    /// When it was made, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) issued_at: i64,
}

impl Held {
    /// Whoever comes from outside has to be in the same browser: otherwise somebody could log others in as themselves.
    /// A code that no browser asked for was made for a program, which hands it to whom it likes.
    fn is_of(&self, ctx: &Ctx) -> bool {
        !ctx.caller().is_outside() || self.browser.as_deref().is_none_or(|it| Some(it) == ctx.browser())
    }
}

fn key(login_code: &str) -> String {
    format!("auths/login-code/{}", hash::of(login_code))
}

/// Makes a login code for the addressed app: 256 random bits, single-use, valid for [`LIFETIME`], stored as a hash
/// only.
///
/// # Errors
/// `Refused` ([`code::NOT_A_MEMBER`]) if there is no company to enter; or the store cannot be reached.
pub(crate) async fn issue(ctx: &Ctx, identity: &Identity) -> Result<String> {
    if identity.corp_list.is_empty() {
        let message = "this person belongs to no company that this login leads to";
        return Err(Error::new(ErrorKind::Refused, code::NOT_A_MEMBER, message));
    }
    let login_code = ctx.random(32).await?;
    let (element, browser) = (ctx.full_name().into(), ctx.browser().map(Into::into));
    let held = Held { identity: identity.clone(), element, browser, issued_at: ctx.now() };
    ctx.keys().set(&key(&login_code), &held, LIFETIME).await?;
    Ok(login_code)
}

/// Whom a login code stands for; it stays valid.
pub(crate) async fn look_at(ctx: &Ctx, login_code: &str) -> Result<Held> {
    let held: Option<Held> = ctx.keys().get(&key(login_code)).await?;
    held.filter(|it| it.is_of(ctx)).ok_or_else(invalid)
}

/// The same, and it is used now. Of many who use it at once exactly one gets it.
pub(crate) async fn take(ctx: &Ctx, login_code: &str) -> Result<Held> {
    let held: Option<Held> = ctx.keys().take(&key(login_code)).await?;
    held.filter(|it| it.is_of(ctx)).ok_or_else(invalid)
}

/// One text for every reason, so that a guess teaches nothing.
pub(crate) fn invalid() -> Error {
    Error::new(
        ErrorKind::Refused,
        code::LOGIN_CODE_INVALID,
        "the login code is unknown, expired or used: it is valid once, for five minutes, in its own app and browser; log in again",
    )
}
