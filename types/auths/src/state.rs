//! `state`: ties what comes back from the provider's page to a login that was started here (against login CSRF).
use crate::hash;
use element::{Ctx, Error, ErrorKind, Result, code};
use std::time::Duration;

/// How long a state is valid.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// What a state is bound to; every further binding is a field here and a comparison in [`consume`].
#[element::data]
#[derive(PartialEq, Eq)]
struct BoundTo {
    app: String,
    element: String,
}

impl BoundTo {
    fn addressed(ctx: &Ctx) -> Self {
        Self { app: ctx.app().into(), element: ctx.full_name().into() }
    }
}

/// Host-wide, because a callback address is one for all apps: there the state says which app and element it is for.
fn key(state: &str) -> String {
    format!("auths/state/{}", hash::of(state))
}

/// A new state for the addressed element: 256 random bits in 64 letters and digits, because WeCom takes `[a-zA-Z0-9]`
/// up to 128 bytes only (page 96441). Stored as a hash, valid for [`LIFETIME`] and for one use.
///
/// # Errors
/// The store cannot be reached.
pub async fn issue(ctx: &Ctx) -> Result<String> {
    // The hash turns base64url into letters and digits and keeps its 256 bits.
    let state = hash::of(&ctx.random(32).await?);
    ctx.host_keys().set(&key(&state), &BoundTo::addressed(ctx), LIFETIME).await?;
    Ok(state)
}

/// Checks and uses up the state that came back. From outside it is required; elements, administrators and the
/// operator, who cannot be lured to a foreign link, may leave it out, but what they give is checked. An empty text
/// counts as left out, as providers send it back when none was given.
///
/// A state that comes to the wrong element is used up too: somebody let it go astray.
///
/// # Errors
/// `Refused`: [`code::STATE_MISSING`]; [`code::STATE_INVALID`] for one that is unknown, expired, used or of another
/// element, in one text for all of them. Or the store cannot be reached.
pub async fn consume(ctx: &Ctx, state: Option<&str>) -> Result<()> {
    let Some(state) = state.filter(|it| !it.is_empty()) else {
        return if ctx.caller().is_outside() { Err(missing()) } else { Ok(()) };
    };
    let bound: Option<BoundTo> = ctx.host_keys().take(&key(state)).await?;
    match bound {
        Some(bound) if bound == BoundTo::addressed(ctx) => Ok(()),
        Some(_) | None => Err(invalid()),
    }
}

fn missing() -> Error {
    Error::new(
        ErrorKind::Refused,
        code::STATE_MISSING,
        "`state` is missing: give the one that came back beside the code; `getLoginConfig` starts a login",
    )
}

fn invalid() -> Error {
    Error::new(
        ErrorKind::Refused,
        code::STATE_INVALID,
        "`state` is unknown, expired, used or of another login: it is valid once, for ten minutes; start the login again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_host::{Fixture, MINUTE};
    use element::Caller;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_state_is_for_one_use_one_element_and_ten_minutes() {
        let it = Fixture::new();
        let (mine, other) = (it.ctx("a.demo", "x.A", Caller::Anonymous), it.ctx("a.demo", "x.B", Caller::Anonymous));
        let other_app = it.ctx("a.other", "x.A", Caller::Anonymous);

        let state = issue(&mine).await.unwrap();
        assert!(state.len() <= 128 && state.bytes().all(|b| b.is_ascii_alphanumeric()), "{state}");
        consume(&mine, Some(&state)).await.unwrap();
        assert_eq!(consume(&mine, Some(&state)).await.unwrap_err().code, code::STATE_INVALID, "used");
        assert_eq!(consume(&mine, Some("forged")).await.unwrap_err().code, code::STATE_INVALID);
        for wrong in [&other, &other_app] {
            let state = issue(&mine).await.unwrap();
            assert_eq!(consume(wrong, Some(&state)).await.unwrap_err().code, code::STATE_INVALID, "of another");
        }
        let state = issue(&mine).await.unwrap();
        it.advance(10 * MINUTE);
        assert_eq!(consume(&mine, Some(&state)).await.unwrap_err().code, code::STATE_INVALID, "expired");
    }

    #[tokio::test]
    async fn only_from_outside_it_is_required() {
        let it = Fixture::new();
        let element = |caller| Caller::Element { name: "x.C".into(), on_behalf_of: Arc::new(caller) };
        for (caller, required) in [
            (Caller::Anonymous, true),
            (element(Caller::Anonymous), true),
            (Caller::Operator, false),
            (Caller::Admin, false),
            (element(Caller::Operator), false),
        ] {
            let ctx = it.ctx("a.demo", "x.A", caller.clone());
            for left_out in [None, Some("")] {
                let code = consume(&ctx, left_out).await.err().map(|e| e.code);
                assert_eq!(code, required.then_some(code::STATE_MISSING), "{caller:?}");
            }
            assert_eq!(consume(&ctx, Some("forged")).await.unwrap_err().code, code::STATE_INVALID, "{caller:?}");
        }
    }

    #[tokio::test]
    async fn of_many_uses_at_once_one_wins_and_the_store_holds_no_state() {
        let it = Fixture::new();
        let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
        let state = issue(&ctx).await.unwrap();
        assert!(!it.everything_stored().contains(&state));
        let mut wins = 0;
        for _ in 0..100 {
            wins += u32::from(consume(&ctx, Some(&state)).await.is_ok());
        }
        assert_eq!(wins, 1);
    }
}
