//! From the code that came back to a login result: once, and for a minute the same answer to the same browser.
//!
//! A provider's code is good for one use, and so is a state. But browsers ask twice: somebody presses reload on the
//! way, a proxy repeats a request, WeCom did not answer the first time. So the first use turns the state into a claim
//! on this code by this browser, and whoever shows all three within [`MEMORY`] goes on from where the first one came.
use crate::{
    Identity, LoginResult, hash, login_code,
    state::{self, Started},
};
use element::{Ctx, Error, ErrorKind, HiddenText, Result, code};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use std::time::Duration;

/// How long an answer is remembered.
pub const MEMORY: Duration = Duration::from_secs(60);
/// How long a second request waits for the first one's answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A first one that died gives way after this time.
const LEASE: Duration = Duration::from_secs(30);

/// Whom a provider's code belongs to.
#[element::data]
pub enum Recognised {
    /// Somebody who may log in.
    Member(Box<Identity>),
    /// A member of another company that this one shares the app with; may not log in.
    Linked {
        /// The other company's id.
        corp_id: String,
        /// The person's id there.
        user_id: String,
    },
    /// Somebody who is no member; may not log in.
    Outsider {
        /// The person's id towards this company.
        openid: Option<String>,
        /// The id of a customer whom the app may see.
        external_user_id: Option<String>,
    },
}

/// What the first use of a state leaves behind; `T` is what the provider said, secrets in it encrypted at rest.
#[derive(Serialize, Deserialize)]
struct Used<T> {
    started: Started,
    /// The hash of the code that came with it.
    code: String,
    so_far: SoFar<T>,
}

#[derive(Serialize, Deserialize)]
enum SoFar<T> {
    /// Nothing that lasts: it may be tried again.
    Nothing,
    /// The code is used up, and this is what the provider said to it.
    Told(T),
    /// The end.
    Recognised(Box<Recognised>),
    /// The end, too. What is for the log has been there once, and is not kept.
    Failed(Error),
}

fn key(state: &str) -> String {
    format!("auths/used-state/{}", hash::of(state))
}

/// Checks and uses up `state`, asks the provider in two steps, and makes the result: with a login code if the person may
/// log in. For a Type's `getLoginCode`. `tell` uses the code up; `recognise` makes the person of what was told, and may
/// ask for more.
///
/// From outside a state is required; elements, administrators and the operator, who cannot be lured to a foreign link,
/// may leave it out, but what they give is checked. An empty text counts as left out, as providers send it back when
/// none was given. What failed because somebody was not there or too busy may be tried again with the same three within
/// [`MEMORY`], and goes on with the step that failed.
///
/// # Errors
/// `Refused`: `STATE_MISSING`; `STATE_INVALID` for one that is unknown, expired, used, or of another element or
/// browser. Whatever the steps give. Or the store cannot be reached.
pub async fn recognise<T, F>(
    ctx: &Ctx,
    state: Option<&str>,
    code: &str,
    tell: impl Future<Output = Result<T>> + Send,
    recognise: impl FnOnce(T) -> F + Send,
) -> Result<LoginResult>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync,
    F: Future<Output = Result<Recognised>> + Send,
{
    let Some(state) = state.filter(|it| !it.is_empty()) else {
        if ctx.caller().is_outside() {
            return Err(state::missing());
        }
        return result(ctx, recognise(tell.await?).await?).await;
    };
    // Whoever has nothing to do with this login does not make others wait.
    if !started(ctx, state).await?.is_some_and(|it| it.is_in_browser_of(ctx)) {
        return Err(state::invalid());
    }
    let key = key(state);
    let Some(alone) = ctx.host_keys().lease(&key, LEASE, PATIENCE).await? else { return Err(still_under_way()) };
    let outcome = async {
        let mut used = claim(ctx, state, &key, hash::of(code)).await?;
        go_on(ctx, &key, &mut used, tell, recognise).await
    };
    let outcome = outcome.await;
    // If it cannot be given back now, it ends with the call; that is no reason to lose the answer.
    let _ = alone.release().await;
    result(ctx, outcome?).await
}

/// What the first use left behind; or this is the first.
async fn claim<T>(ctx: &Ctx, state: &str, key: &str, code: String) -> Result<Used<T>>
where
    T: Serialize + DeserializeOwned + Sync,
{
    match ctx.host_keys().get::<Used<T>>(key).await? {
        Some(used) if used.code == code && used.started.is_of(ctx) => Ok(used),
        Some(_) => Err(state::invalid()),
        None => {
            let used = Used { started: state::take(ctx, state).await?, code, so_far: SoFar::Nothing };
            ctx.host_keys().set(key, &used, MEMORY).await?;
            Ok(used)
        }
    }
}

async fn go_on<T, F>(
    ctx: &Ctx,
    key: &str,
    used: &mut Used<T>,
    tell: impl Future<Output = Result<T>> + Send,
    recognise: impl FnOnce(T) -> F + Send,
) -> Result<Recognised>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync,
    F: Future<Output = Result<Recognised>> + Send,
{
    let told = match &used.so_far {
        SoFar::Recognised(it) => return Ok((**it).clone()),
        SoFar::Failed(e) => return Err(e.clone()),
        SoFar::Told(it) => Ok(it.clone()),
        SoFar::Nothing => {
            let told = tell.await;
            if let Ok(told) = &told {
                used.so_far = SoFar::Told(told.clone());
                ctx.host_keys().set(key, used, MEMORY).await?;
            }
            told
        }
    };
    let answer = match told {
        Ok(told) => recognise(told).await,
        Err(e) => Err(e),
    };
    used.so_far = match &answer {
        Ok(it) => SoFar::Recognised(Box::new(it.clone())),
        Err(e) if e.kind.is_passing() => return answer,
        Err(e) => SoFar::Failed(e.clone().because("")),
    };
    ctx.host_keys().set(key, used, MEMORY).await?;
    answer
}

fn still_under_way() -> Error {
    let message = "this login is still under way; try again in a moment";
    Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message)
}

/// Where a callback with this state belongs, used or not; `None` if nobody knows it (any more).
///
/// # Errors
/// The store cannot be reached.
pub async fn started(ctx: &Ctx, state: &str) -> Result<Option<Started>> {
    if let Some(started) = state::look_at(ctx, state).await? {
        return Ok(Some(started));
    }
    // What the provider said is its Type's matter.
    let used: Option<Used<IgnoredAny>> = ctx.host_keys().get(&key(state)).await?;
    Ok(used.map(|it| it.started))
}

/// The answer in the words of the Meta. A login code is made anew each time: none is stored that could be handed out.
async fn result(ctx: &Ctx, recognised: Recognised) -> Result<LoginResult> {
    let nobody = LoginResult::default();
    Ok(match recognised {
        Recognised::Member(identity) => LoginResult {
            login_code: Some(HiddenText(login_code::issue(ctx, &identity).await?)),
            corp_list: identity.corp_list,
            user: Some(identity.user),
            ..nobody
        },
        Recognised::Linked { corp_id, user_id } => {
            LoginResult { linked_corp_id: Some(corp_id), linked_user_id: Some(user_id), ..nobody }
        }
        Recognised::Outsider { openid, external_user_id } => LoginResult { openid, external_user_id, ..nobody },
    })
}
