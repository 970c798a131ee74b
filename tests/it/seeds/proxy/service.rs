//! The service's methods but `notify`.
use super::{AUTH, CORP, Proxied, SERVICE, SUITE, Way, Who, thrice, ways};
use expect_test::expect;
use serde_json::{Value, json};
use wecom_sim::{Effect, Fault, NewInstall};

#[tokio::test]
async fn login_by_workbench() {
    let told_once = expect![[
        r#"{"expiresAt":"<expiresAt>","success":true,"token":"<token>","user":{"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}}"#
    ]];
    for (given, expected) in [(Value::Null, "app"), (json!("mobile"), "mobile")] {
        let told = thrice(Who::Anyone, async |it, way| {
            let (code, state) = (it.code(CORP, "zhangsan"), it.state(way).await);
            let args = json!({"corpId": CORP, "code": code, "platform": given, "state": state});
            let result = it.call(way, SERVICE, "loginByWorkbench", &args).await?;
            // The command's session is one for the host as well: they share a store.
            let session = it.ask(AUTH, "checkSession", json!({"token": result["token"]})).await;
            assert_eq!((&session["platform"], &session["element"]), (&json!(expected), &json!(super::TEMP)));
            Ok(result)
        });
        told_once.assert_eq(&told.await);
    }
}

/// From outside nobody logs in without the state of a login that was begun here.
#[tokio::test]
async fn from_outside_a_state_is_needed() {
    let it = Proxied::temp().await;
    let args = json!({"corpId": CORP, "code": it.code(CORP, "zhangsan")});
    for (element, method) in [(super::TEMP, "getLoginCode"), (SERVICE, "loginByWorkbench")] {
        let told = it.call(Way::Http(Who::Anyone), element, method, &args).await.unwrap_err();
        assert!(told.starts_with("20101 "), "{method}: {told}");
    }
    assert_eq!(it.site.asked("/cgi-bin/auth/getuserinfo"), 0, "nobody was asked about");
}

#[tokio::test]
async fn set_code_and_the_config_by_it() {
    let told = thrice(Who::Admin, async |it, way| {
        let nothing = it.call(way, SERVICE, "setCode", &json!({"corpId": CORP, "code": "org_code_123"})).await?;
        assert_eq!(nothing, Value::Null, "无返回值");
        let way = if way == Way::Http(Who::Admin) { Way::Http(Who::Anyone) } else { way };
        let mut told = Vec::new();
        // config = auth_service.getLoginConfig(code="org_code_123"), and by the name of the heading.
        for (method, code) in [
            ("getLoginConfigByCode", "org_code_123"),
            ("getLoginConfig", "org_code_123"),
            ("getLoginConfig", "ORG_Code_123"),
        ] {
            let config = it.call(way, SERVICE, method, &json!({"code": code})).await?;
            told.push(json!([config["corpId"], config["agentId"], config["qrUrl"].is_string()]));
        }
        Ok(told.into())
    });
    let one = r#"["ww5a1d0e0f1a2b3c4d","1000005",true]"#;
    assert_eq!(told.await, format!("[{one},{one},{one}]"));
}

/// A callback that came to nothing: a person sees it, mends what was wrong, and has it tried again.
#[tokio::test]
async fn retry_call_back() {
    for way in ways(Who::Admin) {
        let it = Proxied::of(&[("QywxProxyTemp", super::CONFIG)]).await;
        it.give_address().await;
        let effect = Effect::Errcode { code: 40078, message: None };
        let path = "/cgi-bin/service/v2/get_permanent_code".to_owned();
        it.site.sim.add_fault(Fault { path, times: 1, latency_ms: 0, effect }).unwrap();
        it.site.sim.install(SUITE, CORP, NewInstall::default()).unwrap();
        let dead = async || it.callbacks("create_auth").await.first().is_some_and(|it| it["state"] == "dead");
        it.until("it waits for a person", dead).await;
        assert_eq!(it.company(CORP).await, Value::Null);
        let record = it.callbacks("create_auth").await.remove(0);
        assert!(record["error"].as_str().unwrap().contains("40078"), "{record}");
        assert_eq!((&record["attempts"], &record["fields"]["AuthCode"]), (&json!(1), &json!("******")));
        let args = json!({"recordId": record["recordId"]});
        // Twice: what is done can be done again.
        for _ in 0..2 {
            let told = it.call(way, SERVICE, "retryCallBack", &args).await;
            assert_eq!(told, Ok(Value::Null), "无返回值");
            assert_eq!(it.company(CORP).await["state"], "authorized");
            it.followed("create_auth", 1).await;
        }
        assert_eq!(it.callbacks("create_auth").await[0]["attempts"], 3);
        it.log_in("zhangsan").await;
    }
}

/// Who may be called by anyone is, and the others are not.
#[tokio::test]
async fn nobody_from_outside_does_what_administrators_do() {
    let it = Proxied::temp().await;
    for (element, method) in [
        (SERVICE, "setCode"),
        (SERVICE, "retryCallBack"),
        (SERVICE, "listCallBacks"),
        (SERVICE, "getCallBack"),
        (SERVICE, "workOnCallBack"),
        (super::TEMP, "authConfig"),
        (super::TEMP, "receiveCallBack"),
        (super::TEMP, "followCallBack"),
        (super::TEMP, "getInstallUrl"),
        (super::MEMBERS, "query"),
        (super::COMPANIES, "query"),
    ] {
        let told = it.call(Way::Http(Who::Anyone), element, method, &json!({})).await.unwrap_err();
        assert!(told.starts_with("20007 "), "{method}: {told}");
    }
}
