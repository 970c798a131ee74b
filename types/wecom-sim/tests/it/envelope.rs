//! The transport: status, headers, where a token is read from, and the journal of it all.

use serde_json::json;

use crate::{CORP, DEMO, World, secret};

#[tokio::test]
async fn errors_are_said_in_headers_too() {
    let world = World::demo().await;
    let error = world.get("/cgi-bin/gettoken?corpid=x&corpsecret=y").await;
    assert_eq!(error.status, 200);
    assert_eq!(error.header("error-code"), "40013");
    assert_eq!(error.header("error-msg"), error.json()["errmsg"]);
    let token = world.token(DEMO).await;
    let fine = world.get(&format!("/cgi-bin/user/get?access_token={token}&userid=lisi")).await;
    assert_eq!((fine.header("error-code"), fine.header("error-msg")), ("", ""));
    for answer in [error, fine] {
        assert_eq!(answer.header("content-type"), "application/json; charset=UTF-8");
        assert_eq!(answer.header("server"), "nginx");
    }
}

#[tokio::test]
async fn an_unknown_path_is_404_and_empty() {
    let world = World::demo().await;
    for path in ["/cgi-bin/", "/cgi-bin", "/cgi-bin/nothing", "/cgi-bin/user/get/", "/cgi-bin/GetToken", "/x"] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.body.as_str(), answer.header("server")), (404, "", "nginx"), "{path}");
        assert_eq!(answer.header("error-code"), "", "{path}");
    }
}

#[tokio::test]
async fn a_token_elsewhere_than_in_the_query_is_missing() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    let url = format!("{}/cgi-bin/user/get?userid=lisi", world.base);
    for request in [
        world.client.get(&url).header("authorization", format!("Bearer {token}")),
        world.client.post(&url).body(json!({ "access_token": token }).to_string()),
        world.client.get(&url).header("cookie", format!("access_token={token}")),
    ] {
        assert_eq!(world.send(request).await.errcode(), 41001);
    }
}

#[tokio::test]
async fn the_journal_keeps_calls_without_their_secrets() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    world.get(&format!("/cgi-bin/user/get?access_token={token}&userid=lisi&%E5%90%8D=%E5%80%BC")).await;
    world.get("/cgi-bin/gettoken?corpid=x&corpsecret=private-thing").await;
    world.get("/cgi-bin/nothing?a=1&a=2").await;
    world.get("/elsewhere").await;

    let read = async |query: &str| world.control(&format!("GET /sim/journal{query}"), "").await.json();
    let seen: Vec<_> = read("").await["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| json!([e["seq"], e["method"], e["path"], e["query"], e["status"], e["errcode"]]))
        .collect();
    let expected = [
        json!([1, "GET", "/cgi-bin/gettoken", {"corpid": CORP, "corpsecret": "***"}, 200, 0]),
        json!([2, "GET", "/cgi-bin/user/get", {"access_token": "***", "userid": "lisi", "名": "值"}, 200, 0]),
        json!([3, "GET", "/cgi-bin/gettoken", {"corpid": "x", "corpsecret": "***"}, 200, 40013]),
        json!([4, "GET", "/cgi-bin/nothing", {"a": "1"}, 404, null]),
    ];
    assert_eq!(seen, expected);
    let all = format!("{:?} {:?} {:?}", world.sim, world.sim.journal(), world.sim.companies());
    for hidden in [token.as_str(), secret(DEMO), "private-thing"] {
        assert!(!all.contains(hidden), "{hidden} is shown");
    }

    let seqs = |page: &serde_json::Value| -> Vec<u64> {
        page["entries"].as_array().unwrap().iter().map(|e| e["seq"].as_u64().unwrap()).collect()
    };
    for (query, expected, next) in [
        ("?path=/cgi-bin/gettoken", &[1, 3][..], 3),
        ("?path=/cgi-bin/gettoken&after=1", &[3][..], 3),
        ("?after=2", &[3, 4][..], 4),
        ("?after=1&limit=2", &[2, 3][..], 3),
        ("?after=9", &[][..], 9),
    ] {
        let page = read(query).await;
        assert_eq!((seqs(&page), page["next"].as_u64()), (expected.to_vec(), Some(next)), "{query}");
    }
    assert_eq!(world.control("DELETE /sim/journal", "").await.body, r#"{"removed":4}"#);
    assert!(world.sim.journal().is_empty());
    world.get("/cgi-bin/nothing").await;
    assert_eq!(seqs(&read("").await), [5]);
}
