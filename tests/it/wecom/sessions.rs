//! From a login code to a session.
use crate::site::{AUTH_PATH, Ask, DEMO, DEMO_PATH, Site, shown};
use element::Caller;
use element_engine::Invocation;
use expect_test::expect;
use serde_json::{Value, json};

async fn login_code(site: &Site) -> Value {
    let args = json!({"code": site.code("zhangsan")});
    site.element(DEMO).unwrap().call("getLoginCode", args).await.unwrap()["loginCode"].clone()
}

#[tokio::test]
async fn a_login_code_is_good_once_for_five_minutes_and_for_a_company_of_its_list() {
    let site = Site::demo().await;
    let mut text = String::new();
    let good = login_code(&site).await;
    let expired = login_code(&site).await;
    let path = format!("{AUTH_PATH}/loginByCode");
    for (what, args) in [
        ("wrong company", json!({"loginCode": good, "corp": "wwffffffffffffffff"})),
        ("wrong platform", json!({"loginCode": good, "platform": "fridge"})),
        ("good all the same", json!({"loginCode": good})),
        ("used", json!({"loginCode": good})),
        ("forged", json!({"loginCode": "A".repeat(43)})),
        ("none", json!({})),
    ] {
        text.push_str(&format!("{what}: {}\n", shown(&site.post(&path, &args).await)));
    }
    site.clock.advance(5 * 60_000);
    text.push_str(&format!("expired: {}\n", shown(&site.post(&path, &json!({ "loginCode": expired })).await)));
    expect![[r#"
        wrong company: 403 20105 this person is in no such company: there are `ww5a1d0e0f1a2b3c4d` (示例科技 Acme Demo)
        wrong platform: 422 20004 `platform`: expected one of `web`, `mobile`, `app`
        good all the same: 200 {"expiresAt":"<expiresAt>","success":true,"token":"<token>","user":{"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}}
        used: 403 20103 the login code is unknown, expired or used: it is valid once, for five minutes, in its own app and browser; log in again
        forged: 403 20103 the login code is unknown, expired or used: it is valid once, for five minutes, in its own app and browser; log in again
        none: 422 20004 missing argument `loginCode`
        expired: 403 20103 the login code is unknown, expired or used: it is valid once, for five minutes, in its own app and browser; log in again
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn a_company_may_be_named_by_the_name_that_its_config_gives() {
    let site = Site::of(
        r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": 1000002,
 "redirectUri": "{{PUBLIC_URL}}/back", "corpName": "示例科技"}
"#,
    )
    .await;
    let args = json!({"loginCode": login_code(&site).await, "corp": "示例科技"});
    let session = site.post(&format!("{AUTH_PATH}/loginByCode"), &args).await.data();
    assert_eq!(session["user"]["userId"], "zhangsan");
}

#[tokio::test]
async fn of_many_who_bring_one_login_code_one_gets_in() {
    let site = Site::demo().await;
    let args = json!({"loginCode": login_code(&site).await});
    let service = site.element("auths.loginTypes.services.AuthSvc").unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (service, args) = (service.clone(), args.clone());
        tasks.spawn(async move { service.call("loginByCode", args).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|it| *it).count(), 1);
}

#[tokio::test]
async fn profiles_are_for_their_owners_and_for_those_inside() {
    let site = Site::demo().await;
    let mut text = String::new();
    let ask = |user: &str| Ask::post(format!("{DEMO_PATH}/getUserInfo"), &json!({ "userId": user }).to_string());
    text.push_str(&format!("nobody: {}\n", shown(&site.send(&ask("zhangsan")).await)));
    let session = site.log_in("lisi").await;
    for user in ["lisi", "zhangsan", "nobody", ""] {
        text.push_str(&format!("lisi reads `{user}`: {}\n", shown(&site.send(&ask(user).bearer(&session)).await)));
    }
    for user in ["zhangsan", "outsider", "nobody"] {
        let reply = site.send(&ask(user).bearer(site.admin.expose())).await;
        text.push_str(&format!("an administrator reads `{user}`: {}\n", shown(&reply)));
    }
    expect![[r#"
        nobody: 401 20006 `getUserInfo` is for people who are logged in: log in first
        lisi reads `lisi`: 200 {"department":[2,3],"departmentNames":["研发部","市场部"],"isLeader":false,"mainDepartment":3,"name":"李四","notGranted":["mobile","email","avatar","gender"],"position":"产品经理","raw":{"alias":"","direct_leader":["zhangsan"],"extattr":{"attrs":[]},"is_leader_in_dept":[0,0],"order":[0,5],"telephone":""},"status":1,"userId":"lisi"}
        lisi reads `zhangsan`: 403 20007 whoever is logged in reads the own profile only: give your own `userId`
        lisi reads `nobody`: 403 20007 whoever is logged in reads the own profile only: give your own `userId`
        lisi reads ``: 403 20007 whoever is logged in reads the own profile only: give your own `userId`
        an administrator reads `zhangsan`: 200 {"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}
        an administrator reads `outsider`: 403 60011 the app may not see this member; an administrator adds them at 应用管理 → the app → 可见范围 (WeCom 60011)
        an administrator reads `nobody`: 404 60111 there is no member with this userid; look for it in the console's contacts: 通讯录 (WeCom 60111)
    "#]].assert_eq(&text);

    let args = json!({"userId": "zhangsan"});
    let input = || element::host::Input::Value(&args);
    let element = site.element(DEMO).unwrap();
    let invocation = Invocation::by(Caller::Anonymous);
    let error = element.invoke("getUserInfo", input(), element::host::Form::Value, invocation).await.unwrap_err();
    assert_eq!(error.code, element::code::LOGIN_NEEDED, "in-process the caller counts as well");
}
