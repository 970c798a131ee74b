//! The way through: config, code, login code, session, profile, out.
use crate::site::{AUTH_PATH, Ask, DEMO, DEMO_PATH, Site, shown};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_login_over_http_from_the_config_to_the_way_out() {
    let site = Site::demo().await;
    let mut text = String::new();
    let mut note = |what: &str, reply: &str| text.push_str(&format!("{what}\n    {reply}\n"));

    let config = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await;
    note("getLoginConfig", &shown(&config));
    let state = config.data()["state"].clone();
    assert!(state.as_str().is_some_and(|it| it.len() == 64 && it.bytes().all(|b| b.is_ascii_alphanumeric())));

    let args = json!({"authCode": site.code("zhangsan"), "state": state});
    let who = site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await;
    note("getLoginCode", &shown(&who));

    let args = json!({"loginCode": who.data()["loginCode"], "corp": "ww5a1d0e0f1a2b3c4d", "platform": "mobile"});
    let session = site.post(&format!("{AUTH_PATH}/loginByCode"), &args).await;
    note("loginByCode", &shown(&session));
    let session = session.data();
    let left = session["expiresAt"].as_i64().unwrap() - element::host::Clock::now(&*site.clock);
    assert_eq!(left, 7 * 24 * 60 * 60 * 1000);

    let token = session["token"].as_str().unwrap();
    let me = |method: &str, args: &str| Ask::post(format!("{DEMO_PATH}/{method}"), args).bearer(token);
    let current = || Ask::post(format!("{AUTH_PATH}/currentUser"), "{}").bearer(token);
    note("currentUser", &shown(&site.send(&current()).await));
    note("getUserInfo", &shown(&site.send(&me("getUserInfo", r#"{"userId": "ZhangSan"}"#)).await));
    note("getUserInfo of another", &shown(&site.send(&me("getUserInfo", r#"{"userId": "lisi"}"#)).await));
    note("logout", &shown(&site.post(&format!("{AUTH_PATH}/logout"), &json!({"token": token})).await));
    note("logout again", &shown(&site.post(&format!("{AUTH_PATH}/logout"), &json!({"token": token})).await));
    note("currentUser", &shown(&site.send(&current()).await));
    expect![[r#"
        getLoginConfig
            200 {"agentId":"1000002","corpId":"ww5a1d0e0f1a2b3c4d","inClientAgent":"wxwork","inClientConsentUrl":"http://127.0.0.1:<port>/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&response_type=code&scope=snsapi_privateinfo&state=<state>&agentid=1000002#wechat_redirect","inClientUrl":"http://127.0.0.1:<port>/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&response_type=code&scope=snsapi_base&state=<state>&agentid=1000002#wechat_redirect","legacyPanel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","href":"","redirect_uri":"https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback","self_redirect":false,"state":"<state>"},"legacyQrUrl":"http://127.0.0.1:<port>/wwopen/sso/qrConnect?appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>","panel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","login_type":"CorpApp","redirect_uri":"https://login.acme.test/api/auth/qywx/callback","state":"<state>"},"panelUrl":"http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>&redirect_type=top&panel_size=middle&color_scheme=auto","qrUrl":"http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>","redirectUri":"https://login.acme.test/api/auth/qywx/callback","state":"<state>","stateExpiresAt":"<stateExpiresAt>"}
        getLoginCode
            200 {"corpList":[{"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技 Acme Demo"}],"department":[2],"departmentNames":["研发部"],"isLeader":true,"loginCode":"<loginCode>","mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}
        loginByCode
            200 {"expiresAt":"<expiresAt>","success":true,"token":"<token>","user":{"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}}
        currentUser
            200 {"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技 Acme Demo","expiresAt":"<expiresAt>","profile":{"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","status":1,"userId":"zhangsan"},"userId":"zhangsan"}
        getUserInfo
            200 {"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}
        getUserInfo of another
            403 20007 whoever is logged in reads the own profile only: give your own `userId`
        logout
            200 true
        logout again
            200 false
        currentUser
            401 20006 `currentUser` is for people who are logged in: log in first
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn in_process_no_state_is_needed_and_an_alias_will_do() {
    let site = Site::demo().await;
    let element = site.element(DEMO).unwrap();
    for name in ["code", "authCode"] {
        let who = element.call("getLoginCode", json!({ name: site.code("lisi") })).await.unwrap();
        assert_eq!(who["userId"], "lisi");
    }
    let config = element.call("authConfig", json!({})).await.unwrap();
    expect![[r#"{"agentId":"1000002","corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技 Acme Demo","corpSecret":"******","isActive":true,"knownUsersOnly":false,"redirectUri":"https://login.acme.test/api/auth/qywx/callback"}"#]].assert_eq(&config.to_string());
    let names =
        (element.call("authType", json!({})).await.unwrap(), element.call("authModelElemName", json!({})).await.unwrap());
    expect![[r#""auths.loginTypes.QywxInnerType" "auths.loginTypes.QywxInnerType.QywxInnerAuthModel""#]]
        .assert_eq(&format!("{} {}", names.0, names.1));
}
