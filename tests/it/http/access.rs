//! Who may call what.
use crate::site::{AUTH_PATH, Ask, DEMO_PATH, Site, shown};
use expect_test::expect;
use serde_json::json;

const DOOR: &str = "/api/acme/demo/doors/services/Door";
/// The same company's other app: its sessions are not ours.
const TWO_APPS: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "{{PUBLIC_URL}}/api/auth/qywx/callback"}
//- /apps/other/app.json
{"appId": "acme.other"}
"#;

#[tokio::test]
async fn who_calls_decides_what_may_be_called() {
    let site = Site::of(TWO_APPS).await;
    let (session, ended) = (site.log_in("zhangsan").await, site.log_in("lisi").await);
    assert_eq!(site.post(&format!("{AUTH_PATH}/logout"), &json!({"token": ended})).await.data(), true);
    let admin = site.admin.expose().to_owned();
    let callers = [
        ("nobody", String::new()),
        ("session", format!("Bearer {session}")),
        ("session, in other words", format!("bEARER   {session} ")),
        ("ended session", format!("Bearer {ended}")),
        ("administrator", format!("Bearer {admin}")),
        ("forged", format!("Bearer {}", "0".repeat(64))),
        ("part of the administrator's", format!("Bearer {}", &admin[..63])),
        ("empty", "Bearer ".into()),
        ("another scheme", format!("Basic {admin}")),
    ];
    let mut text = String::new();
    for (name, authorization) in callers {
        text.push_str(&format!("{name}\n"));
        for method in ["front", "side", "back", "sideSlot"] {
            let mut ask = Ask::post(format!("{DOOR}/{method}"), "{}");
            if !authorization.is_empty() {
                ask = ask.header(format!("authorization: {authorization}"));
            }
            text.push_str(&format!("    {method}: {}\n", shown(&site.send(&ask).await)));
        }
    }
    text.push_str("session, in another app\n");
    for method in ["front", "side", "back"] {
        let ask = Ask::post(format!("/api/acme/other/doors/services/Door/{method}"), "{}").bearer(&session);
        text.push_str(&format!("    {method}: {}\n", shown(&site.send(&ask).await)));
    }
    expect![[r#"
        nobody
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 401 20006 `sideSlot` is for people who are logged in: log in first
        session
            front: 200 "Session(Session { app: \"acme.demo\", user: \"zhangsan\", corp: \"ww5a1d0e0f1a2b3c4d\", id: \"<hash>\" })"
            side: 200 "Session(Session { app: \"acme.demo\", user: \"zhangsan\", corp: \"ww5a1d0e0f1a2b3c4d\", id: \"<hash>\" })"
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 200 "POST {} Some(\"application/json\") \"{}\""
        session, in other words
            front: 200 "Session(Session { app: \"acme.demo\", user: \"zhangsan\", corp: \"ww5a1d0e0f1a2b3c4d\", id: \"<hash>\" })"
            side: 200 "Session(Session { app: \"acme.demo\", user: \"zhangsan\", corp: \"ww5a1d0e0f1a2b3c4d\", id: \"<hash>\" })"
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 200 "POST {} Some(\"application/json\") \"{}\""
        ended session
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 401 20006 `sideSlot` is for people who are logged in: log in first
        administrator
            front: 200 "Admin"
            side: 200 "Admin"
            back: 200 "Admin"
            sideSlot: 200 "POST {} Some(\"application/json\") \"{}\""
        forged
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 401 20006 `sideSlot` is for people who are logged in: log in first
        part of the administrator's
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 401 20006 `sideSlot` is for people who are logged in: log in first
        empty
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 401 20006 `sideSlot` is for people who are logged in: log in first
        another scheme
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
            sideSlot: 401 20006 `sideSlot` is for people who are logged in: log in first
        session, in another app
            front: 200 "Anonymous"
            side: 401 20006 `side` is for people who are logged in: log in first
            back: 403 20007 `back` may not be called from outside: it is for other elements, the command line and administrators
    "#]].assert_eq(&text);

    let week = 7 * 24 * 60 * 60 * 1000;
    site.clock.advance(week - 1);
    let side = Ask::post(format!("{DOOR}/side"), "{}").bearer(&session);
    assert_eq!(site.send(&side).await.status, 200, "a millisecond before its end");
    site.clock.advance(1);
    assert_eq!(site.send(&side).await.status, 401, "at its end");
}

#[tokio::test]
async fn an_access_token_of_wecom_is_for_administrators_only() {
    let site = Site::demo().await;
    let session = site.log_in("zhangsan").await;
    let ask = Ask::post(format!("{DEMO_PATH}/getAccessToken"), "{}");
    let mut text = String::new();
    for (name, ask) in [("nobody", ask.clone()), ("session", ask.clone().bearer(&session))] {
        text.push_str(&format!("{name}: {}\n", shown(&site.send(&ask).await)));
    }
    for method in ["authConfig", "authType", "checkSession"] {
        let path = if method == "checkSession" { AUTH_PATH } else { DEMO_PATH };
        let reply = site.send(&Ask::post(format!("{path}/{method}"), "{}").bearer(&session)).await;
        text.push_str(&format!("{method}: {}\n", shown(&reply)));
    }
    expect![[r#"
        nobody: 403 20007 `getAccessToken` may not be called from outside: it is for other elements, the command line and administrators
        session: 403 20007 `getAccessToken` may not be called from outside: it is for other elements, the command line and administrators
        authConfig: 403 20007 `authConfig` may not be called from outside: it is for other elements, the command line and administrators
        authType: 403 20007 `authType` may not be called from outside: it is for other elements, the command line and administrators
        checkSession: 403 20007 `checkSession` may not be called from outside: it is for other elements, the command line and administrators
    "#]].assert_eq(&text);
    let token = site.send(&ask.bearer(site.admin.expose())).await.data();
    assert!(token.as_str().is_some_and(|it| it.len() > 100));
}
