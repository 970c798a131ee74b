//! Is the process alive, and does it serve?
use crate::site::{Ask, Site, shown};
use expect_test::expect;

#[tokio::test]
async fn anyone_learns_that_it_serves_and_administrators_learn_how() {
    let site = Site::of(
        r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/logins/Broken/e.json
{"type": "auths.loginTypes.QywxInnerType"}
"#,
    )
    .await;
    let mut text = String::new();
    let ready = || Ask::get("/readyz");
    for (who, ask) in [
        ("alive", Ask::get("/healthz")),
        ("ready", ready()),
        ("ready, says a forged administrator", ready().bearer("0")),
        ("ready, says an administrator", ready().bearer(site.admin.expose())),
    ] {
        let reply = site.send(&ask).await;
        text.push_str(&format!("{who}: {}, {:?}\n", shown(&reply), reply.header("cache-control")));
    }
    expect![[r#"
        alive: 200 "ok\n", Some("no-store")
        ready: 200 {"ready":true}, Some("no-store")
        ready, says a forged administrator: 200 {"ready":true}, Some("no-store")
        ready, says an administrator: 200 {"apps":1,"broken":1,"diagnostics":1,"elements":1,"generation":1,"ready":true,"stale":0,"vitals":[]}, Some("no-store")
    "#]].assert_eq(&text);
}
