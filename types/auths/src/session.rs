//! Sessions: records of the app under the hash of a token that only its holder has.
//!
//! The collection is reached from here alone. It is no model on purpose: sessions are nothing that elements read.
use crate::{
    Corp, User, hash,
    login_code::{self, Held},
};
use element::{Ctx, Expect, Query, Result};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// How long a session lasts from its login. It is not lengthened by use: a stolen token ends with its week.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const COLLECTION: &str = "auths.sessions";
/// How long a session that was ended on another host may still count here.
const RECENT: Duration = Duration::from_secs(2);

/// What a person logged in with.
#[element::data]
#[derive(Copy, Default, PartialEq, Eq)]
pub enum Platform {
    /// A browser.
    #[default]
    Web,
    /// A browser on a phone.
    Mobile,
    /// An app.
    App,
}

/// A session, as the host is told of it. No token is in it.
#[element::data]
#[derive(PartialEq)]
pub struct SessionInfo {
    /// Which session it is: the hash of its token, which opens nothing.
    pub id: String,
    /// The person's id in the company.
    pub user_id: String,
    /// The user of the app that the person is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_user_id: Option<String>,
    /// The company that was entered.
    pub corp_id: String,
    /// Its name.
    pub corp_name: String,
    /// The person, as the provider told when the session began; without the provider's own words.
    pub profile: User,
    /// The full name of the login element that recognised the person.
    pub element: String,
    /// What the person logged in with.
    pub platform: Platform,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: i64,
}

/// Begins a session. Gives its token: 256 random bits, of which only the hash is stored.
pub(crate) async fn begin(
    ctx: &Ctx,
    held: &Held,
    corp: &Corp,
    local_user_id: Option<String>,
    platform: Platform,
) -> Result<(String, SessionInfo)> {
    let token = ctx.random(32).await?;
    let lifetime = i64::try_from(SESSION_LIFETIME.as_millis()).unwrap_or(i64::MAX);
    let session = SessionInfo {
        id: hash::of(&token),
        user_id: held.identity.user.user_id.clone(),
        local_user_id,
        corp_id: corp.corp_id.clone(),
        corp_name: corp.corp_name.clone(),
        profile: User { raw: None, ..held.identity.user.clone() },
        element: held.element.clone(),
        platform,
        created_at: ctx.now(),
        expires_at: ctx.now().saturating_add(lifetime),
    };
    // Nobody's session is ever written over, not even if the randomness were broken.
    let sessions = ctx.records(COLLECTION).indexed(&["localUserId", "corpId"]);
    sessions.write(&session.id, &session, Expect::Absent, Some(session.expires_at)).await?;
    Ok((token, session))
}

/// The session behind a token, while it lasts.
pub(crate) async fn find(ctx: &Ctx, token: &str) -> Result<Option<SessionInfo>> {
    by_id(ctx, &hash::of(token)).await
}

/// The session with this id, while it lasts.
pub(crate) async fn by_id(ctx: &Ctx, id: &str) -> Result<Option<SessionInfo>> {
    let record = ctx.records(COLLECTION).get_recent::<SessionInfo>(id, RECENT).await?;
    Ok(record.map(|it| it.value).filter(|it| it.expires_at > ctx.now()))
}

/// Ends a session; was there one?
pub(crate) async fn end(ctx: &Ctx, token: &str) -> Result<bool> {
    ctx.records(COLLECTION).delete(&hash::of(token)).await
}

/// Ends all sessions of a user of the app.
pub(crate) async fn end_all_of(ctx: &Ctx, local_user_id: &str) -> Result<()> {
    let filter = [("localUserId".to_owned(), local_user_id.into())].into();
    ctx.records(COLLECTION).delete_all(filter).await.map(drop)
}

/// Ends all sessions of a company's people whom these elements recognised, and whatever is on its way to one. Gives how many there
/// were.
pub(crate) async fn end_all_in(ctx: &Ctx, corp_id: &str, elements: &[String]) -> Result<u64> {
    // Who has a login code already must not begin one after this.
    for element in elements {
        ctx.keys().set(&ended_key(corp_id, element), &ctx.now(), login_code::LIFETIME * 2).await?;
    }
    let filter: BTreeMap<String, Value> = [("corpId".to_owned(), corp_id.into())].into();
    let (mut query, mut count) = (Query { filter, limit: 1000, ..Query::default() }, 0);
    loop {
        let page = ctx.records(COLLECTION).query::<SessionInfo>(&query).await?;
        for it in page.records.iter().filter(|it| elements.contains(&it.value.element)) {
            count += u64::from(ctx.records(COLLECTION).delete(&it.key).await?);
        }
        match page.next {
            None => return Ok(count),
            after => query.after = after,
        }
    }
}

fn ended_key(corp_id: &str, element: &str) -> String {
    format!("auths/ended|{corp_id}|{element}")
}

/// Were the sessions of this company ended since the login code was made?
pub(crate) async fn ended_since(ctx: &Ctx, held: &Held, corp: &Corp) -> Result<bool> {
    let ended: Option<i64> = ctx.keys().get(&ended_key(&corp.corp_id, &held.element)).await?;
    Ok(ended.is_some_and(|it| it >= held.issued_at))
}
