//! Methods that answer GET, and methods that take the request as it is.
use crate::site::{Ask, Site, shown};
use expect_test::expect;

const DOOR: &str = "/api/acme/demo/doors/services/Door";

#[tokio::test]
async fn a_query_is_read_as_the_method_wants_it() {
    let site = Site::demo().await;
    let mut text = String::new();
    for query in [
        "?who=ann",
        "?who=7&times=7&loud=true",
        "?who=true&times=7.5",
        "?who=ann&times=many",
        "?who=%E5%BC%A0+%26",
        "?who=a&who=b",
        "?whom=ann",
        "?who=%ff",
        "",
    ] {
        text.push_str(&format!("{query}: {}\n", shown(&site.send(&Ask::get(format!("{DOOR}/peek{query}"))).await)));
    }
    let post = Ask::post(format!("{DOOR}/peek?who=ignored"), r#"{"who": "ann", "times": 2}"#);
    text.push_str(&format!("POST: {}\n", shown(&site.send(&post).await)));
    expect![[r#"
        ?who=ann: 200 "ann None None"
        ?who=7&times=7&loud=true: 200 "7 Some(7) Some(true)"
        ?who=true&times=7.5: 422 20004 `times`: expected u32, got number
        ?who=ann&times=many: 422 20004 `times`: expected u32, got string
        ?who=%E5%BC%A0+%26: 200 "张 & None None"
        ?who=a&who=b: 200 "b None None"
        ?whom=ann: 422 20004 unknown argument `whom`: did you mean `who`? There are `who`, `times`, `loud`
        ?who=%ff: 200 "� None None"
        : 422 20004 missing argument `who`
        POST: 200 "ann Some(2) None"
    "#]]
    .assert_eq(&text);
}

#[tokio::test]
async fn a_raw_method_takes_what_comes_and_gives_what_it_likes() {
    let site = Site::demo().await;
    let mut text = String::new();
    for ask in [
        Ask::get(format!("{DOOR}/slot?msg_signature=a&nonce=%2B&x=1")),
        Ask::new("POST", format!("{DOOR}/slot?nonce=1")).header("content-type: text/xml").body("<xml>…</xml>"),
        Ask::new("POST", format!("{DOOR}/slot")).body(b"\xff\x00".as_slice()),
        Ask::new("POST", format!("{DOOR}/slot")),
        // Who somebody is is not in it.
        Ask::get(format!("{DOOR}/slot")).bearer(site.admin.expose()).header("cookie: a=b").browser("a word of one's own"),
        Ask::new("POST", format!("{DOOR}/slot")).header("content-length: 1048577"),
        Ask::get(format!("{DOOR}/sideSlot")),
        Ask::get(format!("{DOOR}/oddSlot")),
    ] {
        let reply = site.send(&ask).await;
        let kinds = ["content-type", "x-content-type-options", "cache-control", "content-security-policy", "set-cookie"];
        let headers: Vec<_> = kinds.iter().filter_map(|it| reply.header(it)).collect();
        text.push_str(&format!("{}\n    {headers:?}\n", shown(&reply)));
        assert!(reply.header("x-request-id").is_some());
    }
    expect![[r#"
        200 "GET {\"msg_signature\": \"a\", \"nonce\": \"+\", \"x\": \"1\"} None \"\""
            ["text/plain; charset=utf-8", "nosniff", "no-store", "sandbox"]
        200 "POST {\"nonce\": \"1\"} Some(\"text/xml\") \"<xml>…</xml>\""
            ["text/plain; charset=utf-8", "nosniff", "no-store", "sandbox"]
        200 "POST {} None \"�\\0\""
            ["text/plain; charset=utf-8", "nosniff", "no-store", "sandbox"]
        200 "POST {} None \"\""
            ["text/plain; charset=utf-8", "nosniff", "no-store", "sandbox"]
        200 "GET {} None \"\""
            ["text/plain; charset=utf-8", "nosniff", "no-store", "sandbox"]
        413 20015 the body is too large: 1 MiB at most
            ["application/json", "nosniff", "no-store"]
        401 20006 `sideSlot` is for people who are logged in: log in first
            ["application/json", "nosniff", "no-store"]
        500 "odd"
            ["application/octet-stream", "nosniff", "no-store", "sandbox"]
    "#]]
    .assert_eq(&text);
}
