//! Instances that let in only people whom the app knows.
use super::{Person, person::seen};
use crate::site::Site;
use expect_test::expect;
use serde_json::json;

const KNOWN_ONLY: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "{{PUBLIC_URL}}/api/auth/qywx/callback", "knownUsersOnly": true}
"#;

#[tokio::test]
async fn a_person_comes_in_once_bound_and_goes_out_once_unbound() {
    let site = Site::of(KNOWN_ONLY).await;
    let service = site.element(auths::AuthSvc::FULL_NAME).unwrap();
    let mut text = String::new();
    for language in ["en", "zh"] {
        let mut person = Person::of(&site).with(&format!("accept-language: {language}"));
        text.push_str(&format!("{}\n", seen(&person.log_in("zhangsan").await)));
        assert_eq!(person.session(), None);
    }
    let who = json!({
        "userId": "ann", "authType": "auths.loginTypes.QywxInnerType", "corpId": "ww5a1d0e0f1a2b3c4d", "authUserId": "zhangsan",
    });
    service.call("bind", who).await.unwrap();
    let mut person = Person::of(&site).with("accept-language: en");
    text.push_str(&format!("{}\n", seen(&person.log_in("zhangsan").await)));
    text.push_str(&format!("{}\n", seen(&person.get("/acme/demo/profile").await)));
    assert_eq!(service.call("unbind", json!({"userId": "ann"})).await.unwrap(), 1);
    text.push_str(&format!("{}\n", seen(&person.get("/acme/demo/profile").await)));
    expect![[r#"
        403
        This app does not know you yet
        Only registered users may log in. Ask whoever runs the app to tie your account to a user of it.
        [Log in again](/acme/demo/login)
        Error20107
        403
        该应用尚未认识你
        只有已登记的用户可以登录。请联系应用管理员，将你的账号与应用用户绑定。
        [重新登录](/acme/demo/login)
        错误码20107
        303 → /acme/demo/profile
        200
        acme.demo
        张
        张三
        Department: 研发部 (leads the department)
        Position: 研发总监
        Company: ww5a1d0e0f1a2b3c4d
        Account: zhangsan
        User of the app: ann
        Logged in until:
        Not granted to this app: mobile, email, picture, gender
        [Log out]
        303 → /acme/demo/login?return=%2Facme%2Fdemo%2Fprofile
    "#]]
    .assert_eq(&text);
}
