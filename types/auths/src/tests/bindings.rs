//! Which user of the app a person is.
use super::{login_code, zhangsan};
use crate::{AuthSvc, test_host::Fixture};
use element::{Caller, Ctx, ErrorKind, Result, code};

async fn bind(ctx: &Ctx, user: &str, corp: &str, person: &str) -> Result<()> {
    AuthSvc.bind(ctx, user.into(), "x.Type".into(), corp.into(), person.into()).await
}

#[tokio::test]
async fn a_person_is_one_user_and_a_user_may_be_many_persons() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Operator);
    bind(&ctx, "u1", "ww1", "zhangsan").await.unwrap();
    bind(&ctx, "u1", "ww1", "zhangsan").await.expect("a second time is no mistake");
    bind(&ctx, "u1", "ww2", "zhangsan").await.unwrap();
    assert_eq!(bind(&ctx, "u2", "ww1", "zhangsan").await.unwrap_err().kind, ErrorKind::Conflict);
    for wrong in ["", " ", &"x".repeat(257)] {
        assert_eq!(bind(&ctx, wrong, "ww1", "lisi").await.unwrap_err().kind, ErrorKind::InvalidArgs, "{wrong}");
    }
    let other = AuthSvc.bind(&ctx, "u1".into(), "x.A".into(), "ww1".into(), "lisi".into()).await.unwrap_err();
    assert!(other.kind == ErrorKind::InvalidArgs && other.message.contains("authType"), "a login is no Type: {other}");
    assert_eq!(AuthSvc.unbind(&ctx, "u1", Some("x.Other")).await.unwrap(), 0);
    assert_eq!(AuthSvc.unbind(&ctx, "u1", None).await.unwrap(), 2);
    bind(&ctx, "u2", "ww1", "zhangsan").await.expect("nobody's any more");
}

#[tokio::test]
async fn a_login_tells_the_user_and_unbinding_ends_the_sessions() {
    let it = Fixture::new();
    let (ctx, operator) = (it.ctx("a.demo", "x.A", Caller::Anonymous), it.ctx("a.demo", "x.A", Caller::Operator));
    bind(&operator, "u1", "ww1", "zhangsan").await.unwrap();
    let both = [("ww1", "Acme"), ("ww2", "Beta")];
    let mut tokens = Vec::new();
    for (corp, expected) in [("ww1", Some("u1")), ("ww2", None)] {
        let code = login_code(&ctx, &both).await;
        let got = AuthSvc.login_by_code(&ctx, &code, Some(corp), None).await.unwrap();
        assert_eq!(got.local_user_id.as_deref(), expected);
        tokens.push(got.token.0);
    }
    AuthSvc.unbind(&operator, "u1", None).await.unwrap();
    assert_eq!(AuthSvc.check_session(&ctx, &tokens[0]).await.unwrap(), None, "it was this user's");
    assert!(AuthSvc.check_session(&ctx, &tokens[1]).await.unwrap().is_some(), "it was nobody's");
}

#[tokio::test]
async fn who_is_unbound_before_entering_stays_out() {
    let it = Fixture::new();
    let (ctx, operator) = (it.ctx("a.demo", "x.A", Caller::Anonymous), it.ctx("a.demo", "x.A", Caller::Operator));
    bind(&operator, "u1", "ww1", "zhangsan").await.unwrap();
    let known = zhangsan(&[("ww1", "Acme")]).known_only(&ctx).await.unwrap();
    let code = crate::login_code::issue(&ctx, &known).await.unwrap();
    AuthSvc.unbind(&operator, "u1", None).await.unwrap();
    assert_eq!(AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap_err().code, code::NOT_KNOWN);
}

#[tokio::test]
async fn only_known_people_come_in_where_that_is_asked_for() {
    let it = Fixture::new();
    let ctx = it.ctx("a.demo", "x.A", Caller::Operator);
    let both = || zhangsan(&[("ww1", "Acme"), ("ww2", "Beta")]);
    let error = both().known_only(&ctx).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Refused, code::NOT_KNOWN));
    bind(&ctx, "u1", "ww2", "zhangsan").await.unwrap();
    let known = both().known_only(&ctx).await.unwrap();
    assert_eq!(known.corp_list.iter().map(|it| &*it.corp_id).collect::<Vec<_>>(), ["ww2"]);
}
