//! States, and what the first use of one leaves behind.
use super::zhangsan;
use crate::{
    LoginResult, Recognised, recognise, started, state,
    test_host::{Fixture, MINUTE},
};
use element::{Caller, Ctx, Error, ErrorKind, Result, code};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// What a login gives; the provider says that it is 张三.
async fn come(ctx: &Ctx, state: Option<&str>, code: &str) -> Result<LoginResult> {
    recognise(ctx, state, code, async { Ok(()) }, async |()| Ok(member())).await
}

fn member() -> Recognised {
    Recognised::Member(zhangsan(&[("ww1", "Acme")]).into())
}

async fn refused(ctx: &Ctx, state: &str) -> i64 {
    come(ctx, Some(state), "code").await.unwrap_err().code
}

#[tokio::test]
async fn a_state_is_for_one_login_one_element_one_browser_and_ten_minutes() {
    let it = Fixture::new();
    let mine = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let wrong = [
        ("element", it.ctx("a.demo", "x.B", Caller::Anonymous)),
        ("app", it.ctx("a.other", "x.A", Caller::Anonymous)),
        ("browser", it.ctx_in(Some("browser-2"), "a.demo", "x.A", Caller::Anonymous)),
        ("no browser", it.ctx_in(None, "a.demo", "x.A", Caller::Anonymous)),
        ("operator", it.ctx_in(None, "a.demo", "x.A", Caller::Operator)),
    ];
    let state = state::issue(&mine).await.unwrap();
    assert!(state.text.len() <= 128 && state.text.bytes().all(|b| b.is_ascii_alphanumeric()), "{state:?}");
    assert_eq!(state.expires_at - mine.now(), 10 * MINUTE);
    come(&mine, Some(&state.text), "code").await.unwrap();
    assert_eq!(come(&mine, Some(&state.text), "another").await.unwrap_err().code, code::STATE_INVALID, "used");
    assert_eq!(refused(&mine, "forged").await, code::STATE_INVALID);
    for (what, ctx) in &wrong {
        let state = state::issue(&mine).await.unwrap();
        assert_eq!(refused(ctx, &state.text).await, code::STATE_INVALID, "of another {what}");
        let used_up = matches!(*what, "element" | "app");
        assert_eq!(
            come(&mine, Some(&state.text), "code").await.is_err(),
            used_up,
            "{what}: a foreign browser spoils nothing"
        );
    }
    let state = state::issue(&mine).await.unwrap();
    it.advance(10 * MINUTE);
    assert_eq!(refused(&mine, &state.text).await, code::STATE_INVALID, "expired");
}

#[tokio::test]
async fn from_outside_nothing_counts_without_a_browser() {
    let it = Fixture::new();
    let ctx = it.ctx_in(None, "a.demo", "x.A", Caller::Anonymous);
    let state = state::issue(&ctx).await.unwrap();
    assert_eq!(refused(&ctx, &state.text).await, code::STATE_INVALID, "nobody can tell whose it is");
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
            let code = come(&ctx, left_out, "code").await.err().map(|e| e.code);
            assert_eq!(code, required.then_some(code::STATE_MISSING), "{caller:?}");
        }
        assert_eq!(refused(&ctx, "forged").await, code::STATE_INVALID, "{caller:?}");
    }
}

#[tokio::test]
async fn for_a_minute_the_same_three_meet_the_same_answer() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let asked = AtomicUsize::new(0);
    let come = async |ctx: &Ctx, state: &str, code: &str| {
        let answer = async {
            asked.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        recognise(ctx, Some(state), code, answer, async |()| Ok(member())).await
    };
    let state = state::issue(&ctx).await.unwrap().text;
    let first = come(&ctx, &state, "code").await.unwrap();
    it.advance(MINUTE - 1);
    let second = come(&ctx, &state, "code").await.unwrap();
    assert_eq!((&first.user, &first.corp_list), (&second.user, &second.corp_list));
    assert_ne!(first.login_code, second.login_code, "each is for one use");
    assert_eq!(asked.load(Ordering::Relaxed), 1, "the provider's code is good for one use");

    let thief = it.ctx_in(Some("browser-2"), "a.demo", "x.A", Caller::Anonymous);
    assert_eq!(come(&thief, &state, "code").await.unwrap_err().code, code::STATE_INVALID);
    assert_eq!(come(&ctx, &state, "another").await.unwrap_err().code, code::STATE_INVALID);
    let stored = it.everything_stored();
    assert!(!stored.contains(&state) && !stored.contains(&first.login_code.unwrap().0), "{stored}");
    it.advance(MINUTE);
    assert_eq!(come(&ctx, &state, "code").await.unwrap_err().code, code::STATE_INVALID, "a minute is over");
}

#[tokio::test]
async fn what_passes_may_be_tried_again_and_what_stays_is_said_again() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let fails = async |state: &str, kind: ErrorKind, text: &str| {
        let e = Error::new(kind, 1, text).because("for the log");
        recognise(&ctx, Some(state), "code", async { Err::<(), _>(e) }, async |()| Ok(member())).await.unwrap_err()
    };
    for passing in [ErrorKind::Upstream, ErrorKind::Unavailable, ErrorKind::Timeout, ErrorKind::RateLimited] {
        let state = state::issue(&ctx).await.unwrap().text;
        assert_eq!(fails(&state, passing, "not now").await.message, "not now");
        assert_eq!(fails(&state, passing, "still not").await.message, "still not");
        come(&ctx, Some(&state), "code").await.unwrap();
    }
    let state = state::issue(&ctx).await.unwrap().text;
    fails(&state, ErrorKind::Refused, "you are not in range").await;
    let again = fails(&state, ErrorKind::Upstream, "never asked").await;
    assert_eq!((again.kind, &*again.message, &*again.internal), (ErrorKind::Refused, "you are not in range", ""));
}

#[tokio::test]
async fn a_code_that_was_used_up_is_not_asked_about_again() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let state = state::issue(&ctx).await.unwrap().text;
    let busy = || Error::new(ErrorKind::Upstream, 1, "not now");
    let first = recognise(&ctx, Some(&state), "code", async { Ok("zhangsan".to_owned()) }, async |_| Err(busy())).await;
    assert_eq!(first.unwrap_err().message, "not now");
    let again = async { panic!("the provider's code is used up") };
    let second = recognise(&ctx, Some(&state), "code", again, async |told: String| {
        assert_eq!(told, "zhangsan");
        Ok(member())
    });
    assert!(second.await.unwrap().login_code.is_some());
}

#[tokio::test]
async fn a_callback_learns_where_it_belongs_before_and_after_the_first_use() {
    let it = Fixture::new();
    let (ctx, host) = (it.ctx("a.demo", "x.A", Caller::Anonymous), it.ctx_in(None, "", "", Caller::Operator));
    let state = state::issue(&ctx).await.unwrap().text;
    state::remember_return(&host, &state, "/orders?page=2").await.unwrap();
    for used in [false, true] {
        let found = started(&host, &state).await.unwrap().unwrap();
        assert_eq!((&*found.app, &*found.element), ("a.demo", "x.A"), "{used}");
        assert_eq!((found.browser.as_deref(), found.return_to.as_deref()), (Some("browser-1"), Some("/orders?page=2")));
        come(&ctx, Some(&state), "code").await.unwrap();
    }
    assert_eq!(started(&host, "forged").await.unwrap(), None);
    state::remember_return(&host, "forged", "/").await.unwrap();
    assert_eq!(started(&host, "forged").await.unwrap(), None, "nothing is made of nothing");
}

#[tokio::test]
async fn nobody_without_a_company_gets_a_login_code() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Operator);
    let nobody = Recognised::Member(zhangsan(&[]).into());
    assert_eq!(
        recognise(&ctx, None, "code", async { Ok(()) }, async |()| Ok(nobody)).await.unwrap_err().code,
        code::NOT_A_MEMBER
    );
}
