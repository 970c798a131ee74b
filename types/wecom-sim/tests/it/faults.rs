//! Misbehaviour on demand.

use std::time::{Duration, Instant};

use serde_json::json;
use wecom_sim::CodeFor;

use crate::{DEMO, World, long};

async fn add(world: &World, fault: &str) {
    let answer = world.control("POST /sim/faults", fault).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn an_errcode_for_the_next_calls_of_one_path() {
    let world = World::demo().await;
    let path = format!("/cgi-bin/user/get?access_token={}&userid=lisi", world.token(DEMO).await);
    add(&world, r#"{"path":"/cgi-bin/user/get","times":2,"errcode":-1}"#).await;
    add(&world, r#"{"path":"/cgi-bin/user/get","errcode":42001}"#).await;
    add(&world, r#"{"path":"/cgi-bin/user/get","errcode":99999,"errmsg":"odd\nthing"}"#).await;
    let empty = r#","department":[],"order":[],"is_leader_in_dept":[],"direct_leader":[]"#;
    world.token(DEMO).await;
    world
        .check(&[
            (&path, &long(-1, "system busy", empty)),
            (&path, &long(-1, "system busy", empty)),
            (&path, &long(42001, "access_token expired", empty)),
            (&path, &long(99999, r"odd\nthing", empty)),
        ])
        .await;
    assert_eq!(world.get(&path).await.errcode(), 0);
    let codes: Vec<_> = world.sim.journal().iter().filter_map(|entry| entry.errcode).collect();
    assert_eq!(codes, [0, 0, -1, -1, 42001, 99999, 0]);
}

#[tokio::test]
async fn what_is_done_and_what_is_not() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
    let path = format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}");
    add(&world, r#"{"path":"/cgi-bin/auth/getuserinfo","errcode":45009}"#).await;
    add(&world, r#"{"path":"/cgi-bin/auth/getuserinfo","httpStatus":502}"#).await;
    add(&world, r#"{"path":"/cgi-bin/auth/getuserinfo","truncate":true}"#).await;
    assert_eq!(world.get(&path).await.errcode(), 45009);
    let proxy = world.get(&path).await;
    assert_eq!((proxy.status, proxy.header("content-type")), (502, "text/html"));
    assert_eq!(world.sim.journal().last().unwrap().errcode, None);
    let cut = world.get(&path).await;
    assert_eq!((cut.status, cut.body.as_str()), (200, r#"{"errcode":0,"errmsg""#));
    // Only the cut answer had done its work.
    assert_eq!(world.get(&path).await.errcode(), 40029);
}

#[tokio::test]
async fn latency_delays_and_changes_nothing() {
    let world = World::demo().await;
    add(&world, r#"{"path":"/cgi-bin/gettoken","latencyMs":40}"#).await;
    let start = Instant::now();
    world.token(DEMO).await;
    assert!(start.elapsed() >= Duration::from_millis(40));
    assert!(world.sim.faults().is_empty());
}

#[tokio::test]
async fn faults_can_be_seen_and_taken_back() {
    let world = World::demo().await;
    add(&world, r#"{"path":"/cgi-bin/gettoken","times":3,"errcode":-1,"latencyMs":1}"#).await;
    add(&world, r#"{"path":"/cgi-bin/gettoken","latencyMs":0}"#).await;
    world.get("/cgi-bin/gettoken").await;
    let waiting = json!({"faults": [
        {"path": "/cgi-bin/gettoken", "times": 2, "errcode": -1, "latencyMs": 1},
        {"path": "/cgi-bin/gettoken", "times": 1, "latencyMs": 0},
    ]});
    assert_eq!(world.control("GET /sim/faults", "").await.json(), waiting);
    assert_eq!(world.control("DELETE /sim/faults", "").await.body, r#"{"removed":2}"#);
    world.token(DEMO).await;
}

#[tokio::test]
async fn a_connection_breaks_off_after_the_call_was_done() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
    let path = format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}");
    add(&world, r#"{"path":"/cgi-bin/auth/getuserinfo","drop":true}"#).await;
    let waiting = json!({"faults": [{"path": "/cgi-bin/auth/getuserinfo", "times": 1, "drop": true}]});
    assert_eq!(world.control("GET /sim/faults", "").await.json(), waiting);
    let broken = match world.client.get(format!("{}{path}", world.base)).send().await {
        Err(_) => true,
        Ok(answer) => answer.bytes().await.is_err(),
    };
    assert!(broken, "no whole answer");
    assert_eq!(world.sim.journal().last().unwrap().errcode, None);
    assert_eq!(world.get(&path).await.errcode(), 40029, "the code was used");
}

#[tokio::test]
async fn a_fault_for_whatever_is_called() {
    let world = World::demo().await;
    add(&world, r#"{"path":"*","times":2,"errcode":45033}"#).await;
    add(&world, r#"{"path":"/cgi-bin/gettoken","errcode":-1}"#).await;
    let concurrent = |rest: &str| long(45033, "api concurrent out of limit", rest);
    world
        .check(&[
            ("/cgi-bin/gettoken", &concurrent("")),
            ("/cgi-bin/user/list", &concurrent(r#","userlist":[]"#)),
            ("/cgi-bin/user/list", &long(41001, "access_token missing", r#","userlist":[]"#)),
            ("/cgi-bin/gettoken", &long(-1, "system busy", "")),
        ])
        .await;
}
