//! From a login code to a session, and what ends one.
use super::login_code;
use crate::{
    AuthSvc, CurrentUser, Platform, SESSION_LIFETIME,
    test_host::{Fixture, MINUTE},
};
use element::{Caller, ErrorKind, Session, code};
use std::sync::Arc;

#[tokio::test]
async fn a_login_code_becomes_one_session() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let code = login_code(&ctx, &[("ww1", "Acme"), ("ww2", "Beta")]).await;

    for wrong in [None, Some("Gamma")] {
        let error = AuthSvc.login_by_code(&ctx, &code, wrong, None).await.unwrap_err();
        assert_eq!(error.code, code::CORP_UNKNOWN, "and the login code stays valid");
    }
    let got = AuthSvc.login_by_code(&ctx, &code, Some("Beta"), Some(Platform::Mobile)).await.unwrap();
    assert!(got.success && got.user.user_id == "zhangsan");
    let again = AuthSvc.login_by_code(&ctx, &code, Some("Beta"), None).await.unwrap_err();
    assert_eq!((again.kind, again.code), (ErrorKind::Refused, code::LOGIN_CODE_INVALID));

    let session = AuthSvc.check_session(&ctx, &got.token.0).await.unwrap().unwrap();
    assert_eq!((&*session.user_id, &*session.corp_id, &*session.element), ("zhangsan", "ww2", "x.A"));
    assert_eq!((session.platform, session.expires_at), (Platform::Mobile, got.expires_at));

    let stored = it.everything_stored();
    assert!(!stored.contains(&*got.token.0) && !stored.contains(&code), "{stored}");
    assert!(!format!("{got:?}").contains(&*got.token.0));

    assert!(AuthSvc.logout(&ctx, &got.token.0).await.unwrap());
    assert!(!AuthSvc.logout(&ctx, &got.token.0).await.unwrap());
    assert_eq!(AuthSvc.check_session(&ctx, &got.token.0).await.unwrap(), None);
}

#[tokio::test]
async fn a_login_code_is_good_in_its_own_app_and_browser_and_for_five_minutes() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    for elsewhere in [
        it.ctx("a.other", "x.A", Caller::Anonymous),
        it.ctx_in(Some("browser-2"), "a.demo", "x.A", Caller::Anonymous),
        it.ctx_in(None, "a.demo", "x.A", Caller::Anonymous),
    ] {
        let code = login_code(&ctx, &[("ww1", "Acme")]).await;
        let error = AuthSvc.login_by_code(&elsewhere, &code, None, None).await.unwrap_err();
        assert_eq!(error.code, code::LOGIN_CODE_INVALID, "{elsewhere:?}");
        AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap();
    }
    let code = login_code(&ctx, &[("ww1", "Acme")]).await;
    let operator = it.ctx_in(None, "a.demo", "x.A", Caller::Operator);
    AuthSvc.login_by_code(&operator, &code, None, None).await.expect("a program of the operator's own has no browser");

    let code = login_code(&ctx, &[("ww1", "Acme")]).await;
    it.advance(5 * MINUTE);
    assert_eq!(AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap_err().code, code::LOGIN_CODE_INVALID);
}

#[tokio::test]
async fn a_session_ends_with_its_time_and_stays_in_its_app() {
    let it = Fixture::new();
    let (ctx, other) = (it.ctx("a.demo", "x.A", Caller::Anonymous), it.ctx("a.other", "x.A", Caller::Anonymous));
    let code = login_code(&ctx, &[("ww1", "Acme")]).await;
    let got = AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap();
    assert_eq!(AuthSvc.check_session(&other, &got.token.0).await.unwrap(), None);
    assert_eq!(AuthSvc.check_session(&ctx, "forged").await.unwrap(), None);
    it.advance(i64::try_from(SESSION_LIFETIME.as_millis()).unwrap() - 1);
    assert!(AuthSvc.check_session(&ctx, &got.token.0).await.unwrap().is_some());
    it.advance(1);
    assert_eq!(AuthSvc.check_session(&ctx, &got.token.0).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_counts_while_the_way_in_is_open() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let code = login_code(&ctx, &[("ww1", "Acme")]).await;
    let token = AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap().token.0;
    for closed in [Some(false), None] {
        it.set_way("x.A", closed);
        let error = AuthSvc.check_session(&ctx, &token).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Refused, code::LOGIN_INACTIVE), "{closed:?}");
    }
    it.set_way("x.A", Some(true));
    assert!(AuthSvc.check_session(&ctx, &token).await.unwrap().is_some());
}

#[tokio::test]
async fn the_current_user_is_whoever_started_the_call() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
    let code = login_code(&ctx, &[("ww1", "Acme")]).await;
    let token = AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap().token.0;
    let id = AuthSvc.check_session(&ctx, &token).await.unwrap().unwrap().id;
    let session =
        Caller::Session(Session { app: "a.demo".into(), user: "zhangsan".into(), corp: "ww1".into(), id: id.into() });
    let element = Caller::Element { name: "x.C".into(), on_behalf_of: Arc::new(session.clone()) };
    for caller in [session, element] {
        let user = AuthSvc.current_user(&it.ctx("a.demo", AuthSvc::FULL_NAME, caller)).await.unwrap();
        assert_eq!((&*user.user_id, &*user.corp_id, user.corp_name.as_deref()), ("zhangsan", "ww1", Some("Acme")));
        assert_eq!(user.profile.unwrap().name.as_deref(), Some("张三"));
    }
    let gone = Session { app: "a.demo".into(), user: "lisi".into(), corp: "ww1".into(), id: "gone".into() };
    let user = AuthSvc.current_user(&it.ctx("a.demo", AuthSvc::FULL_NAME, Caller::Session(gone))).await.unwrap();
    assert_eq!(user, CurrentUser { user_id: "lisi".into(), corp_id: "ww1".into(), ..CurrentUser::default() });
    let ctx = it.ctx("a.demo", AuthSvc::FULL_NAME, Caller::Operator);
    assert_eq!(AuthSvc.current_user(&ctx).await.unwrap_err().kind, ErrorKind::Unauthenticated);
}

#[test]
fn platforms_are_the_documented_words() {
    for (word, platform) in [("web", Platform::Web), ("mobile", Platform::Mobile), ("app", Platform::App)] {
        assert_eq!(serde_json::from_value::<Platform>(word.into()).unwrap(), platform);
    }
    assert_eq!(Platform::default(), Platform::Web);
}
