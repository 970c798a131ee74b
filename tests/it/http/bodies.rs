//! Bodies that are no arguments.
use crate::site::{Ask, DEMO_PATH, Site, exchange, shown};
use expect_test::expect;

/// A call of `getLoginCode` with each body; the answers as one text.
async fn answers(bodies: &[&str]) -> String {
    let site = Site::demo().await;
    let mut text = String::new();
    for body in bodies {
        let reply = site.send(&Ask::post(format!("{DEMO_PATH}/getLoginCode"), body)).await;
        text.push_str(&format!("{}\n    {}\n", body.escape_debug(), shown(&reply)));
    }
    text
}

#[tokio::test]
async fn what_is_wrong_with_arguments_is_named() {
    let answers = answers(&[
        r#"{"code": "c", "stat": "s"}"#,
        r#"{"code": "c", "banana": "s"}"#,
        r#"{"code": ["c"], "state": "s"}"#,
        r#"{"code": "c", "state": 7}"#,
        r#"{"code": "c", "authCode": "d"}"#,
        r#"{"state": "s"}"#,
        r#"{"code": "", "state": "s"}"#,
        "{}",
    ])
    .await;
    expect![[r#"
        {\"code\": \"c\", \"stat\": \"s\"}
            422 20004 unknown argument `stat`: did you mean `state`? There are `authCode`, `code`, `state`
        {\"code\": \"c\", \"banana\": \"s\"}
            422 20004 unknown argument `banana`: there are `authCode`, `code`, `state`
        {\"code\": [\"c\"], \"state\": \"s\"}
            422 20004 `code`: expected a string, got array
        {\"code\": \"c\", \"state\": 7}
            422 20004 `state`: expected a string, got integer
        {\"code\": \"c\", \"authCode\": \"d\"}
            422 20004 duplicate argument `authCode`
        {\"state\": \"s\"}
            422 20004 missing argument `authCode`
        {\"code\": \"\", \"state\": \"s\"}
            422 20004 `authCode`: expected the code that WeCom sent back; without one the person has refused, and logs in again
        {}
            422 20004 missing argument `authCode`
    "#]].assert_eq(&answers);
}

#[tokio::test]
async fn what_is_no_object_is_refused() {
    let answers = answers(&[
        "[]",
        r#"["c", "s"]"#,
        r#""c""#,
        "7",
        "true",
        "null",
        "",
        " \n",
        r#"{"code": "#,
        "{code: 1}",
        "\u{feff}{}",
    ])
    .await;
    expect![[r#"
        []
            422 20004 the arguments are one JSON object, such as `{"name": "value"}`
        [\"c\", \"s\"]
            422 20004 the arguments are one JSON object, such as `{"name": "value"}`
        \"c\"
            422 20004 the arguments are one JSON object, such as `{"name": "value"}`
        7
            422 20004 the arguments are one JSON object, such as `{"name": "value"}`
        true
            422 20004 the arguments are one JSON object, such as `{"name": "value"}`
        null
            422 20004 missing argument `authCode`

            422 20004 missing argument `authCode`
         \n
            422 20004 missing argument `authCode`
        {\"code\": 
            422 20004 the arguments are no JSON: EOF while parsing a value at line 1 column 9
        {code: 1}
            422 20004 the arguments are no JSON: key must be a string at line 1 column 2
        \u{feff}{}
            422 20004 the arguments are one JSON object, such as `{"name": "value"}`
    "#]]
    .assert_eq(&answers);
}

#[tokio::test]
async fn nesting_and_size_have_an_end() {
    let site = Site::demo().await;
    let path = format!("{DEMO_PATH}/getLoginCode");
    let mut text = String::new();
    let mut note = |what: &str, reply: String| text.push_str(&format!("{what}: {reply}\n"));

    for (what, open) in [("arrays", "["), ("objects", r#"{"a":"#)] {
        let body = format!(r#"{{"code":{}"#, open.repeat(100_000));
        note(what, shown(&site.send(&Ask::post(&path, &body)).await));
        let body = format!(r#"{{"banana":{}"#, open.repeat(100_000));
        note(what, shown(&site.send(&Ask::post(&path, &body)).await));
    }
    let bytes = |count| format!(r#"{{"code":"{}"}}"#, "x".repeat(count));
    note("1 MiB", shown(&site.send(&Ask::post(&path, &bytes((1 << 20) - 11))).await));
    // Nothing but the head is sent: what is too long by its own word is not waited for.
    let head = Ask::new("POST", &path).header("content-type: application/json").header("content-length: 1048577");
    note("a byte more", shown(&site.send(&head).await));
    let chunked = Ask::post(&path, &format!("100001\r\n{}\r\n0\r\n\r\n", bytes((1 << 20) - 10)));
    note("a byte more in chunks", shown(&site.send(&chunked.header("transfer-encoding: chunked")).await));
    expect![[r#"
        arrays: 422 20004 expected a string, got array
        arrays: 422 20004 unknown argument `banana`: there are `authCode`, `code`, `state`
        objects: 422 20004 expected a string, got object
        objects: 422 20004 unknown argument `banana`: there are `authCode`, `code`, `state`
        1 MiB: 422 20004 `authCode`: expected the code that WeCom sent back; without one the person has refused, and logs in again
        a byte more: 413 20015 the body is too large: 1 MiB at most
        a byte more in chunks: 413 20015 the body is too large: 1 MiB at most
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn a_body_says_that_it_is_json() {
    let site = Site::demo().await;
    let mut text = String::new();
    for (kind, body) in [
        ("application/json", "{}"),
        ("Application/JSON; charset=utf-8", "{}"),
        ("text/plain", "{}"),
        ("application/x-www-form-urlencoded", "a=b"),
        ("application/jsonp", "{}"),
        ("text/plain", ""),
    ] {
        let ask = Ask::new("POST", format!("{DEMO_PATH}/authType")).header(format!("content-type: {kind}")).body(body);
        text.push_str(&format!("{kind} {body:?}: {}\n", shown(&site.send(&ask.bearer(site.admin.expose())).await)));
    }
    let ask = Ask::new("POST", format!("{DEMO_PATH}/authType")).body("{}");
    text.push_str(&format!("none: {}\n", shown(&site.send(&ask).await)));
    let ask = Ask::post(format!("{DEMO_PATH}/getLoginCode"), "").body(b"{\"code\": \"\xff\"}".as_slice());
    text.push_str(&format!("not UTF-8: {}\n", shown(&site.send(&ask).await)));
    expect![[r#"
        application/json "{}": 200 "auths.loginTypes.QywxInnerType"
        Application/JSON; charset=utf-8 "{}": 200 "auths.loginTypes.QywxInnerType"
        text/plain "{}": 415 20015 the arguments are a JSON object: send it with `content-type: application/json`
        application/x-www-form-urlencoded "a=b": 415 20015 the arguments are a JSON object: send it with `content-type: application/json`
        application/jsonp "{}": 415 20015 the arguments are a JSON object: send it with `content-type: application/json`
        text/plain "": 200 "auths.loginTypes.QywxInnerType"
        none: 403 20007 `authType` may not be called from outside: it is for other elements, the command line and administrators
        not UTF-8: 422 20004 the arguments are no JSON: invalid unicode code point at line 1 column 11
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_call() {
    let site = Site::demo().await;
    let ask = Ask::post(format!("{DEMO_PATH}/getLoginConfig"), "{").header("content-length: 100");
    let bytes = ask.bytes("localhost");
    let mut stream = tokio::net::TcpStream::connect(site.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &bytes).await.unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
    crate::site::until("the host has given it up", || site.under_way() == 0).await;
    let after = exchange(site.address, &Ask::get("/healthz").bytes("localhost")).await;
    assert!(after.ends_with(b"ok\n"));
}
