//! Ids alone: contact-sync, its cursor, and openids.

use serde_json::{Value, json};

use crate::{Answer, CORP, World, long};

/// 1660528800 is 2022-08-15 10:00 in Beijing.
const SYNCED: &str = r#"{"corpId":"wwsync",
    "departments":[{"id":1,"name":"All"},{"id":2,"name":"Lab","parentId":1}],
    "members":[{"userId":"Bob","departments":[{"id":2},{"id":1}]},{"userId":"ann"},
        {"userId":"carl","departments":[{"id":2}],"mobile":"1","wechatBound":false}],
    "apps":[{"agentId":1,"kind":"contactSync","secret":"new"},
        {"agentId":2,"kind":"contactSync","secret":"later","createdAt":1660528801},
        {"agentId":3,"kind":"contactSync","secret":"old","createdAt":1660528800,"visibleRange":{}},
        {"agentId":4,"secret":"own","visibleRange":{"members":["bob"]}}]}"#;

impl World {
    async fn synced() -> Self {
        let world = Self::demo().await;
        assert_eq!(world.control("POST /sim/companies", SYNCED).await.status, 200);
        world
    }

    async fn token_of(&self, secret: &str) -> String {
        let answer = self.get(&format!("/cgi-bin/gettoken?corpid=wwsync&corpsecret={secret}")).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn posts(&self, call: &str, token: &str, body: &str) -> Answer {
        self.control(&format!("POST /cgi-bin/{call}?access_token={token}"), body).await
    }
}

#[tokio::test]
async fn every_membership_is_a_row_and_the_cursor_goes_through_them() {
    let world = World::synced().await;
    let token = world.token_of("new").await;
    let row = |userid: &str, department: u32| json!({ "userid": userid, "department": department });
    let all = [row("ann", 1), row("Bob", 1), row("Bob", 2), row("carl", 2)];
    for limit in [1, 2, 3, 4, 10_000] {
        let (mut seen, mut cursor, mut calls) = (Vec::new(), String::new(), 0);
        loop {
            let body = json!({ "cursor": cursor, "limit": limit }).to_string();
            let page = world.posts("user/list_id", &token, &body).await.json();
            assert_eq!(page["errcode"], 0, "{page}");
            let rows = page["dept_user"].as_array().unwrap();
            assert!(rows.len() <= limit, "{limit}: {page}");
            seen.extend(rows.iter().cloned());
            calls += 1;
            cursor = page["next_cursor"].as_str().unwrap().to_owned();
            if cursor.is_empty() {
                break;
            }
        }
        assert_eq!((seen, calls), (all.to_vec(), 4_usize.div_ceil(limit)), "{limit}");
    }
    for body in ["", "{}"] {
        assert_eq!(world.posts("user/list_id", &token, body).await.json()["dept_user"], json!(all), "{body}");
    }
    // The member of the last row may be gone by the next page.
    let first = world.posts("user/list_id", &token, r#"{"limit":2}"#).await.json();
    world
        .control(
            "POST /sim/companies",
            &SYNCED
                .replace(r#"{"userId":"Bob","departments":[{"id":2},{"id":1}]},"#, "")
                .replace(r#""members":["bob"]"#, ""),
        )
        .await;
    let body = json!({ "cursor": first["next_cursor"] }).to_string();
    assert_eq!(world.posts("user/list_id", &token, &body).await.json()["dept_user"], json!([row("carl", 2)]));
}

#[tokio::test]
async fn list_id_is_for_contact_sync_and_has_its_checks() {
    let world = World::synced().await;
    let own = world.token_of("own").await;
    let refused = world.posts("user/list_id", &own, "{}").await;
    assert_eq!(world.stable(&refused.body), long(48002, "api forbidden", r#","dept_user":[]"#));
    let missing = world.control("POST /cgi-bin/user/list_id", "{}").await;
    assert_eq!(world.stable(&missing.body), long(41001, "access_token missing", r#","dept_user":[]"#));
    let token = world.token_of("new").await;
    for body in [r#"{"limit":0}"#, r#"{"limit":10001}"#, r#"{"limit":"ten"}"#, r#"{"cursor":"x"}"#, r#"{"cursor":"_-8"}"#] {
        let answer = world.posts("user/list_id", &token, body).await;
        let expected = long(40058, "invalid Request Parameter", r#","dept_user":[]"#);
        assert_eq!(world.stable(&answer.body), expected, "{body}");
    }
}

#[tokio::test]
async fn new_contact_sync_is_told_ids_alone() {
    let world = World::synced().await;
    let lists = r#","department":[],"order":[],"is_leader_in_dept":[],"direct_leader":[]"#;
    for (call, empty) in [
        ("user/get?userid=carl", lists),
        ("user/get?", lists),
        ("user/list?department_id=2", r#","userlist":[]"#),
        ("user/simplelist?department_id=2", r#","userlist":[]"#),
        ("department/list?", r#","department":[]"#),
    ] {
        for secret in ["new", "later"] {
            let token = world.token_of(secret).await;
            let answer = world.get(&format!("/cgi-bin/{call}&access_token={token}")).await;
            assert_eq!(world.stable(&answer.body), long(48009, "api forbidden for contact sync", empty), "{call}");
        }
    }
    // The old one sees everybody, and all of them.
    let old = world.token_of("old").await;
    let carl = world.get(&format!("/cgi-bin/user/get?access_token={old}&userid=carl")).await.json();
    assert_eq!((&carl["errcode"], &carl["mobile"]), (&0.into(), &"1".into()));
    for (call, list) in [("user/list?department_id=2", "userlist"), ("department/list?", "department")] {
        let answer = world.get(&format!("/cgi-bin/{call}&access_token={old}")).await.json();
        assert_eq!(answer[list].as_array().map(Vec::len), Some(2), "{call}");
    }
    for secret in ["new", "old"] {
        let token = world.token_of(secret).await;
        let ids = world.get(&format!("/cgi-bin/department/simplelist?access_token={token}")).await.json();
        assert_eq!(ids["department_id"].as_array().map(Vec::len), Some(2), "{secret}");
    }
}

#[tokio::test]
async fn userids_and_openids_stand_for_each_other() {
    let world = World::synced().await;
    let (all, own) = (world.token_of("new").await, world.token_of("own").await);
    let openid = async |token: &str, userid: &str| {
        world.posts("user/convert_to_openid", token, &json!({ "userid": userid }).to_string()).await
    };
    let userid = async |token: &str, openid: &Value| {
        world.posts("user/convert_to_userid", token, &json!({ "openid": openid }).to_string()).await
    };
    let bob = openid(&own, "BOB").await.json()["openid"].clone();
    assert!(bob.as_str().is_some_and(|text| text.starts_with('o') && text.len() <= 64), "{bob}");
    assert_eq!(userid(&own, &bob).await.body, r#"{"errcode":0,"errmsg":"ok","userid":"Bob"}"#);
    let ann = openid(&all, "ann").await.json()["openid"].clone();
    assert_ne!(ann, bob);
    for (answer, expected) in [
        (openid(&own, "nobody").await, long(60111, "userid not found", "")),
        (openid(&own, "").await, long(41009, "userid missing", "")),
        (openid(&all, "carl").await, long(43004, "user not bind weixin", "")),
        (userid(&all, &"oNobody".into()).await, long(40003, "invalid userid", "")),
        (userid(&all, &Value::Null).await, long(40058, "invalid Request Parameter", "")),
    ] {
        assert_eq!(world.stable(&answer.body), expected);
    }
    assert_eq!(openid(&own, "ann").await.errcode(), 60011);
    assert_eq!(userid(&own, &ann).await.errcode(), 60011);
    // Another company's member of the same name has another one.
    let demo = world.token(crate::OLD).await;
    assert_eq!(userid(&demo, &bob).await.errcode(), 40003, "{CORP}");
}
