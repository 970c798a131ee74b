//! From the code that came back to a login result: once, and for a minute the same answer to the same browser.
//!
//! A provider's code is good for one use, and so is a state. But browsers ask twice: somebody presses reload on the
//! way, a proxy repeats a request, WeCom did not answer the first time. So the first use turns the state into a claim
//! on this code by this browser, and whoever shows all three within [`MEMORY`] meets what the first one met.
use crate::{
    Identity, LoginResult, hash, login_code,
    state::{self, Started},
};
use element::{Ctx, Error, ErrorKind, HiddenText, Result, code};
use std::time::Duration;

/// How long the answer is remembered.
pub const MEMORY: Duration = Duration::from_secs(60);
/// How long a second request waits for the first one's answer.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// What the first use of a state leaves behind.
#[element::data]
struct Used {
    started: Started,
    /// The hash of the code that came with it.
    code: String,
    /// What came of it; `None`: nothing that lasts, so it may be tried again.
    outcome: Option<Outcome>,
}

#[element::data]
enum Outcome {
    Recognised(Recognised),
    Failed(#[schemars(with = "String")] Error),
}

fn key(state: &str) -> String {
    format!("auths/used-state/{}", hash::of(state))
}

/// Checks and uses up `state`, asks the provider with `ask`, and makes the result: with a login code if the person may
/// log in. For a Type's `getLoginCode`.
///
/// From outside a state is required; elements, administrators and the operator, who cannot be lured to a foreign link,
/// may leave it out, but what they give is checked. An empty text counts as left out, as providers send it back when
/// none was given. What failed because somebody was not there or too busy may be tried again with the same three within
/// [`MEMORY`].
///
/// # Errors
/// `Refused`: `STATE_MISSING`; `STATE_INVALID` for one that is unknown, expired, used, or of another element or
/// browser. Whatever `ask` gives. Or the store cannot be reached.
pub async fn recognise(
    ctx: &Ctx,
    state: Option<&str>,
    code: &str,
    ask: impl Future<Output = Result<Recognised>> + Send,
) -> Result<LoginResult> {
    let Some(state) = state.filter(|it| !it.is_empty()) else {
        return if ctx.caller().is_outside() { Err(state::missing()) } else { result(ctx, ask.await?).await };
    };
    let (key, code) = (key(state), hash::of(code));
    // Who comes second waits for the first one's answer.
    let Some(alone) = ctx.host_keys().lease(&key, PATIENCE, PATIENCE).await? else { return Err(still_under_way()) };
    let outcome = once(ctx, state, &key, code, ask).await;
    // If it cannot be given back now, it ends with the call; that is no reason to lose the answer.
    let _ = alone.release().await;
    result(ctx, outcome?).await
}

async fn once(
    ctx: &Ctx,
    state: &str,
    key: &str,
    code: String,
    ask: impl Future<Output = Result<Recognised>> + Send,
) -> Result<Recognised> {
    let keys = ctx.host_keys();
    let used = match keys.get::<Used>(key).await? {
        Some(used) if used.code == code && used.started.is_of(ctx) => used,
        Some(_) => return Err(state::invalid()),
        None => {
            let used = Used { started: state::take(ctx, state).await?, code, outcome: None };
            keys.set(key, &used, MEMORY).await?;
            used
        }
    };
    match used.outcome {
        Some(Outcome::Recognised(it)) => return Ok(it),
        Some(Outcome::Failed(e)) => return Err(e),
        None => {}
    }
    let answer = ask.await;
    let outcome = match &answer {
        Ok(it) => Outcome::Recognised(it.clone()),
        Err(e) if passes(e) => return answer,
        // What is for the log has been there once; it is not kept.
        Err(e) => Outcome::Failed(e.clone().because("")),
    };
    keys.set(key, &Used { outcome: Some(outcome), ..used }, MEMORY).await?;
    answer
}

fn still_under_way() -> Error {
    let message = "this login is still under way; try again in a moment";
    Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message)
}

/// Is it over soon, so that the same code may be tried again?
fn passes(e: &Error) -> bool {
    matches!(e.kind, ErrorKind::Upstream | ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited)
}

/// Where a callback with this state belongs, used or not; `None` if nobody knows it (any more).
///
/// # Errors
/// The store cannot be reached.
pub async fn started(ctx: &Ctx, state: &str) -> Result<Option<Started>> {
    if let Some(started) = state::look_at(ctx, state).await? {
        return Ok(Some(started));
    }
    let used: Option<Used> = ctx.host_keys().get(&key(state)).await?;
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
