//! Installs: what a template learns of them, and what ends with a reset and with a cancellation.

use std::time::Duration;

use serde_json::{Value, json};
use wecom_sim::{NewInstall, Options, VisibleRange};

use crate::suite::SUITE;
use crate::{CORP, DEMO, World};

const V1: &str = "service/get_permanent_code?suite_access_token={S}";
const V2: &str = "service/v2/get_permanent_code?suite_access_token={S}";
const INFO: &str = "service/v2/get_auth_info?suite_access_token={S}";

fn some() -> NewInstall {
    let range = VisibleRange { departments: vec![2], members: vec!["zhaoliu".into()] };
    NewInstall { state: Some("s1".into()), visible_range: Some(range), ..NewInstall::default() }
}

impl World {
    /// With plain ids, which can be written down.
    async fn plain() -> Self {
        Self::suited(Options { encrypt_ids: false, ..Options::default() }).await
    }

    async fn with_suite_token(&self, path: &str, body: Value) -> Value {
        self.post(&path.replace("{S}", &self.suite_token().await), &body).await.json()
    }
}

#[tokio::test]
async fn a_permanent_code_is_given_once_in_two_shapes() {
    let world = World::plain().await;
    let installed = world.sim.install(SUITE, CORP, some()).unwrap();
    assert_eq!((installed.corp_id.as_str(), installed.agent_id), (CORP, 1_000_005), "the first that is free");
    let asked = json!({ "auth_code": installed.auth_code });
    let mut v2 = world.with_suite_token(V2, asked.clone()).await;
    let code = v2["permanent_code"].take();
    assert_eq!(code.as_str().unwrap().len(), 43);
    let zhangsan = json!({
        "userid": "zhangsan", "open_userid": "", "name": "张三", "avatar": "https://wework.qpic.example/avatar/zhangsan/0",
    });
    let expected = json!({
        "errcode": 0, "errmsg": "ok", "permanent_code": null, "state": "s1", "auth_user_info": zhangsan,
        "auth_corp_info": { "corpid": CORP, "corp_name": "示例科技" },
    });
    assert_eq!(v2, expected);
    world.errcodes(&[(V2, asked.clone(), 40078), (V1, asked, 40078), (V1, json!({}), 40078)]).await;

    let reset = world.sim.reset_install(SUITE, CORP).unwrap();
    let v1 = world.with_suite_token(V1, json!({ "auth_code": reset.auth_code })).await;
    assert!(v1["permanent_code"].is_string() && v1["permanent_code"] != code, "{v1}");
    assert!(v1.get("access_token").is_none() && v1.get("expires_in").is_none(), "{v1}");
    let agent = json!({
        "agentid": 1_000_005, "name": "Demo 代开发", "round_logo_url": "", "square_logo_url": "", "auth_mode": 0,
        "is_customized_app": true, "auth_from_thirdapp": false,
        "privilege": {
            "level": 1, "allow_party": [2], "allow_user": ["zhaoliu"], "allow_tag": [],
            "extra_party": [], "extra_user": [], "extra_tag": [],
        },
    });
    assert_eq!(v1["auth_info"], json!({ "agent": [agent] }));
    assert_eq!(v1["auth_corp_info"]["corp_full_name"], "示例科技");
    assert_eq!((&v1["auth_user_info"], &v1["state"]), (&zhangsan, &json!("s1")));

    let named = json!({ "auth_corpid": CORP, "permanent_code": v1["permanent_code"] });
    let info = world.with_suite_token(INFO, named.clone()).await;
    assert_eq!(info["auth_info"], v1["auth_info"]);
    assert_eq!(info["auth_corp_info"]["corp_ex_name"], json!({ "name_list": ["示例科技"] }));
    let info = world.with_suite_token(&INFO.replace("v2/", ""), named).await;
    assert_eq!((&info["auth_info"], &info["auth_corp_info"]), (&v1["auth_info"], &v1["auth_corp_info"]));
}

#[tokio::test]
async fn an_auth_code_lives_ten_minutes() {
    let world = World::plain().await;
    let code = world.sim.install(SUITE, CORP, some()).unwrap().auth_code;
    world.sim.advance(Duration::from_secs(600));
    world.errcodes(&[(V2, json!({ "auth_code": code }), 40078)]).await;
    let code = world.sim.reset_install(SUITE, CORP).unwrap().auth_code;
    world.sim.advance(Duration::from_secs(570));
    world.errcodes(&[(V2, json!({ "auth_code": code }), 0)]).await;
}

#[tokio::test]
async fn what_is_wrong_with_an_install_is_told() {
    let world = World::plain().await;
    let (code, _) = world.installed(some()).await;
    let named = |corp: &str, code: &str| json!({ "auth_corpid": corp, "permanent_code": code });
    let corp_token = "service/get_corp_token?suite_access_token={S}";
    let admins = "service/get_admin_list?suite_access_token={S}";
    let pre_auth = "service/set_session_info?suite_access_token={S}";
    for path in [INFO, corp_token] {
        world
            .errcodes(&[
                (path, named("", &code), 41002),
                (path, named(CORP, ""), 41025),
                (path, named("wwx", &code), 40013),
                (path, named(CORP, "wrong"), 40084),
                (path, named(CORP, crate::secret(DEMO)), 40084),
                (path, named(CORP, &code), 0),
            ])
            .await;
    }
    let admin = |agent: Value| json!({ "auth_corpid": CORP, "agentid": agent });
    world
        .errcodes(&[
            (INFO.split_once('?').unwrap().0, named(CORP, &code), 41022),
            (admins, json!({ "agentid": 1_000_005 }), 41002),
            (admins, json!({ "auth_corpid": CORP }), 41011),
            (admins, json!({ "auth_corpid": "wwx", "agentid": 1 }), 40013),
            (admins, admin(DEMO.into()), 40056),
            (pre_auth, json!({}), 40077),
            (pre_auth, json!({ "pre_auth_code": "wrong", "session_info": {} }), 40077),
        ])
        .await;
    let listed = world.with_suite_token(admins, admin(1_000_005.into())).await;
    assert_eq!(listed["admin"], json!([{ "userid": "zhangsan", "open_userid": "", "auth_type": 1 }]));

    let begun = world.with_suite_token("service/get_pre_auth_code?suite_access_token={S}", json!({})).await;
    assert_eq!((begun["expires_in"].as_u64(), begun["pre_auth_code"].as_str().map(str::len)), (Some(1200), Some(86)));
    let session = json!({ "pre_auth_code": begun["pre_auth_code"], "session_info": { "auth_type": 1 } });
    world
        .errcodes(&[(pre_auth, session.clone(), 0), (pre_auth, json!({ "pre_auth_code": begun["pre_auth_code"] }), 40058)])
        .await;
    world.sim.advance(Duration::from_secs(1200));
    world.errcodes(&[(pre_auth, session, 42007)]).await;
}

#[tokio::test]
async fn a_corp_token_opens_nothing() {
    let world = World::plain().await;
    let (code, _) = world.installed(some()).await;
    let named = json!({ "auth_corpid": CORP, "permanent_code": code });
    let token = world.with_suite_token("service/get_corp_token?suite_access_token={S}", named).await;
    assert!(token["expires_in"].as_u64().unwrap() > 7170, "{token}");
    let token = token["access_token"].as_str().unwrap();
    for call in ["user/get?userid=lisi&", "auth/getuserinfo?code=c&", "agent/get?agentid=1000005&", "get_jsapi_ticket?"] {
        assert_eq!(world.get(&format!("/cgi-bin/{call}access_token={token}")).await.errcode(), 48002, "{call}");
    }
    world.sim.cancel_install(SUITE, CORP).unwrap();
    assert_eq!(world.get(&format!("/cgi-bin/get_jsapi_ticket?access_token={token}")).await.errcode(), 40014);
}

#[tokio::test]
async fn a_reset_ends_the_old_code_and_a_cancellation_everything() {
    let world = World::plain().await;
    let (first, token) = world.installed(some()).await;
    let log_in = |code: &str| format!("gettoken?corpid={CORP}&corpsecret={code}");
    let named = |code: &str| json!({ "auth_corpid": CORP, "permanent_code": code });
    let auth_code = world.sim.reset_install(SUITE, CORP).unwrap().auth_code;
    let call = format!("user/get?userid=lisi&access_token={token}");
    world.errcodes(&[(&log_in(&first), json!({}), 40001), (&call, json!({}), 40014), (INFO, named(&first), 40084)]).await;
    let second = world.with_suite_token(V2, json!({ "auth_code": auth_code })).await["permanent_code"].clone();
    let second = second.as_str().unwrap();
    world.errcodes(&[(&log_in(second), json!({}), 0), (INFO, named(second), 0)]).await;

    let unused = world.sim.reset_install(SUITE, CORP).unwrap().auth_code;
    world.sim.cancel_install(SUITE, CORP).unwrap();
    world
        .errcodes(&[
            (&log_in(second), json!({}), 40001),
            (INFO, named(second), 40084),
            (V2, json!({ "auth_code": unused }), 40078),
            ("service/get_admin_list?suite_access_token={S}", json!({ "auth_corpid": CORP, "agentid": 1_000_005 }), 48004),
            ("service/corpid_to_opencorpid?provider_access_token={P}", json!({ "corpid": CORP }), 48001),
        ])
        .await;
    assert!(world.sim.installs(SUITE).is_empty() && world.sim.companies()[0].apps().len() == 3);
    // And again, from the beginning.
    let (third, _) = world.installed(some()).await;
    assert!(third != first && third != second);
}

#[tokio::test]
async fn an_install_is_an_app_like_others() {
    let world = World::plain().await;
    let (code, token) = world.installed(some()).await;
    let with = |token: &str, path: &str| format!("/cgi-bin/{path}access_token={token}");
    let login = world.sim.issue_code(wecom_sim::CodeFor::member("ZHANGSAN").of(CORP, 1_000_005)).unwrap();
    assert_eq!(world.get(&with(&token, &format!("auth/getuserinfo?code={login}&"))).await.json()["userid"], "zhangsan");
    let profile = world.get(&with(&token, "user/get?userid=zhangsan&")).await.json();
    assert_eq!((&profile["name"], profile.get("mobile")), (&json!("张三"), None));
    for (path, expected) in [
        ("user/get?userid=outsider&", 60011),
        ("department/get?id=3&", 60011),
        ("department/get?id=4&", 0),
        ("agent/get?agentid=1000002&", 301_002),
        ("user/list_id?", 48002),
    ] {
        assert_eq!(world.get(&with(&token, path)).await.errcode(), expected, "{path}");
    }
    let agent = world.get(&with(&token, "agent/get?agentid=1000005&")).await.json();
    assert_eq!((&agent["name"], &agent["customized_publish_status"]), (&json!("Demo 代开发"), &json!(2)));
    // Those that are for installs alone.
    let own = world.token(DEMO).await;
    for path in ["agent/get_permissions?", "batch/userid_to_openuserid?"] {
        assert_eq!(world.post(&with(&own, path)["/cgi-bin/".len()..], &json!({})).await.errcode(), 48002, "{path}");
    }
    let granted = world.post(&format!("agent/get_permissions?access_token={token}"), &json!({})).await.json();
    assert!(granted["app_permissions"].as_array().unwrap().iter().all(Value::is_string), "{granted}");
    // The company's file knows nothing of it, and does not take it away.
    let file = include_str!("../../src/demo.json").replace("\"departments\": [2, 3] }", "\"departments\": [2] }");
    world.control("POST /sim/companies", &file).await;
    assert_eq!(world.get(&with(&token, "user/get?userid=zhangsan&")).await.errcode(), 0);
    assert_eq!(world.get(&format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={code}")).await.errcode(), 0);
    world.sim.change_install(SUITE, CORP, serde_json::from_str(r#"{"enabled":false}"#).unwrap()).unwrap();
    assert_eq!(world.get(&with(&token, "user/get?userid=zhangsan&")).await.errcode(), 50003);
    // The agentid may still be left out where the company's own apps leave no choice.
    assert!(world.sim.issue_code(wecom_sim::CodeFor::member("lisi")).is_ok());
}
