//! A callback that is not what a login of this browser led to, and addresses where nothing is.
use super::{check, person::callback};
use expect_test::expect;

#[tokio::test]
async fn a_callback_without_a_state() {
    check(
        async |site, person, _| {
            let code = site.code("zhangsan");
            person.get(&format!("/api/auth/qywx/callback?code={code}")).await
        },
        expect![[r#"
            403
            This link is incomplete
            The address lacks the mark of the login that it belongs to. Go back to the page where you began, and log in again.
            [Log in again](/acme/demo/login)
            Error20101
            403
            这个链接不完整
            返回的地址中缺少登录标识，无法确认这次登录是从哪里开始的。请回到最初的页面重新登录。
            [重新登录](/acme/demo/login)
            错误码20101
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_forged_state() {
    check(async |site, person, _| person.get(&callback(&site.code("zhangsan"), "forged")).await, expect![[r#"
        403
        This login is not valid any more
        A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used before, or began in another browser.
        [Log in again](/acme/demo/login)
        Error20102
        403
        这次登录已失效
        登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。
        [重新登录](/acme/demo/login)
        错误码20102
    "#]]).await;
}

#[tokio::test]
async fn an_expired_state() {
    check(
        async |site, person, state| {
            site.clock.advance(10 * 60_000);
            person.get(&callback(&site.code("zhangsan"), state)).await
        },
        expect![[r#"
            403
            This login is not valid any more
            A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used before, or began in another browser.
            [Log in again](/acme/demo/login)
            Error20102
            403
            这次登录已失效
            登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。
            [重新登录](/acme/demo/login)
            错误码20102
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_state_used_twice() {
    check(
        async |site, person, state| {
            person.come_back("zhangsan", state).await;
            person.submit("/acme/demo/logout", "").await;
            person.get(&callback(&site.code("lisi"), state)).await
        },
        expect![[r#"
            403
            This login is not valid any more
            A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used before, or began in another browser.
            [Log in again](/acme/demo/login?return=%2Forders)
            Error20102
            403
            这次登录已失效
            登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。
            [重新登录](/acme/demo/login?return=%2Forders)
            错误码20102
        "#]],
    )
    .await;
}

#[tokio::test]
async fn consent_refused() {
    check(
        async |_, person, state| {
            let refused = person.get(&format!("/api/auth/qywx/callback?state={state}")).await;
            let again = person.get(&callback("c", state)).await;
            assert_eq!(again.status, 403, "and that is the end of it");
            refused
        },
        expect![[r#"
            403
            You declined
            You declined this login. The app was told nothing about you.
            [Log in again](/acme/demo/login?return=%2Forders)
            Error20108
            403
            你取消了登录
            你拒绝了这次登录，没有任何信息被提供给该应用。
            [重新登录](/acme/demo/login?return=%2Forders)
            错误码20108
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_app_that_is_not_there() {
    check(
        async |_, person, _| person.get("/acme/nothing/login").await,
        expect![[r#"
        404
        There is no such page
        Check the address. An app’s login page is at /organisation/app/login.
        Error20001
        404
        页面不存在
        请检查地址是否正确。应用的登录页地址形如 /组织/应用/login。
        错误码20001
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_page_that_is_not_there() {
    check(
        async |_, person, _| person.get("/a/b/c/d").await,
        expect![[r#"
        404
        There is no such page
        Check the address. An app’s login page is at /organisation/app/login.
        Error20001
        404
        页面不存在
        请检查地址是否正确。应用的登录页地址形如 /组织/应用/login。
        错误码20001
    "#]],
    )
    .await;
}
