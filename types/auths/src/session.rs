//! Sessions: records of the app under the hash of a token that only its holder has.
//!
//! The collection is reached from here alone. It is no model on purpose: sessions are nothing that elements read.
use crate::{Corp, hash, login_code::Held};
use element::{Ctx, Expect, Result};
use std::time::Duration;

/// How long a session lasts from its login. It is not lengthened by use: a stolen token ends with its week.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const COLLECTION: &str = "auths.sessions";

/// What a person logged in with.
#[element::data]
#[derive(Copy, Default, PartialEq, Eq)]
pub enum Platform {
    /// A browser.
    #[default]
    Web,
    /// A browser on a phone.
    Mobile,
    /// An app, or a provider's client.
    App,
}

/// A session, as the host is told of it. No token is in it.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct SessionInfo {
    /// The person's id in the company.
    pub user_id: String,
    /// The person's name when the session began, if it was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The company that was entered.
    pub corp_id: String,
    /// Its name.
    pub corp_name: String,
    /// The full name of the login element that recognised the person.
    pub element: String,
    /// What the person logged in with.
    pub platform: Platform,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: i64,
}

impl SessionInfo {
    pub(crate) fn new(now: i64, held: &Held, corp: &Corp, platform: Platform) -> Self {
        let (user, lifetime) = (&held.identity.user, i64::try_from(SESSION_LIFETIME.as_millis()).unwrap_or(i64::MAX));
        Self {
            user_id: user.user_id.clone(),
            name: user.name.clone(),
            corp_id: corp.corp_id.clone(),
            corp_name: corp.corp_name.clone(),
            element: held.element.clone(),
            platform,
            created_at: now,
            expires_at: now.saturating_add(lifetime),
        }
    }
}

/// Begins a session. Gives its token: 256 random bits, of which only the hash is stored.
pub(crate) async fn begin(ctx: &Ctx, session: &SessionInfo) -> Result<String> {
    let token = ctx.random(32).await?;
    // Nobody's session is ever written over, not even if the randomness were broken.
    ctx.records(COLLECTION).write(&hash::of(&token), session, Expect::Absent, Some(session.expires_at)).await?;
    Ok(token)
}

/// The session behind a token, while it lasts.
pub(crate) async fn find(ctx: &Ctx, token: &str) -> Result<Option<SessionInfo>> {
    let record = ctx.records(COLLECTION).get::<SessionInfo>(&hash::of(token)).await?;
    Ok(record.map(|it| it.value).filter(|it| it.expires_at > ctx.now()))
}

/// Ends a session; was there one?
pub(crate) async fn end(ctx: &Ctx, token: &str) -> Result<bool> {
    ctx.records(COLLECTION).delete(&hash::of(token)).await
}
