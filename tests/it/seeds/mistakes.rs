//! The numbers that the documents name, as each way of calling tells them. One of them means something else than the
//! documents say: 60020 is an address that is not trusted; an agentid that is none would be 40056.
use super::{Way, Who, call};
use crate::site::{DEMO_PATH, Site};
use serde_json::{Value, json};
use wecom_sim::{AppChange, Effect, Fault};

async fn check(code: i64, expected: &str, prepare: impl Fn(&Site)) {
    for way in [Way::Rust, Way::Http(Who::Anyone), Way::Command] {
        let site = Site::demo().await;
        let state = match way {
            Way::Http(_) => site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data()["state"].clone(),
            _ => Value::Null,
        };
        prepare(&site);
        let told =
            call(&site, way, "getLoginCode", &json!({"authCode": "authorization_code_from_frontend", "state": state})).await;
        let told = told.unwrap_err();
        // The example of the documents looks for the number in the text.
        assert!(told.contains(&code.to_string()) && told.contains(expected), "{told}");
    }
}

fn fault(path: &str, code: i64) -> Fault {
    Fault { path: format!("/cgi-bin/{path}"), times: 2, latency_ms: 0, effect: Effect::Errcode { code, message: None } }
}

#[tokio::test]
async fn each_number_is_told_with_what_to_do() {
    check(40029, "log in again: a code is valid for one use within five minutes", |_| ()).await;
    check(40013, "correct `corpId` and `corpSecret`", |it| drop(it.sim.add_fault(fault("gettoken", 40013)))).await;
    // Twice: the first one is answered with a new token.
    for code in [40014, 42001] {
        let set = |it: &Site| drop(it.sim.add_fault(fault("auth/getuserinfo", code)));
        check(code, "it was fetched anew and refused again", set).await;
    }
    check(60020, "enter it at 应用管理 → the app → 企业可信IP", |it| {
        let change = AppChange { trusted_ips: Some(vec!["10.0.0.1".parse().unwrap()]), ..AppChange::default() };
        it.sim.change_app("ww5a1d0e0f1a2b3c4d", 1_000_002, change).unwrap();
    })
    .await;
    check(40056, "correct `agentId`", |it| drop(it.sim.add_fault(fault("auth/getuserinfo", 40056)))).await;
}
