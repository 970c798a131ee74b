//! Verifying a callback's address: when it is saved, and on demand.

use serde_json::{Value, json};
use wecom_sim::PushFormat;

use crate::receiver::{Next, Receiver};
use crate::{CORP, DEMO, OLD, World};

fn body(receiver: &Receiver) -> Value {
    json!({ "callback": {
        "url": receiver.callback.url, "token": "SimTokenAbc123",
        "encodingAESKey": "tP3vQ8mZ1xL6nB4kR9wY2cH7dF5gJ0sA3uE8iO1pXqC",
    }})
}

#[tokio::test]
async fn a_good_address_is_saved_and_its_secrets_are_masked() {
    let world = World::demo().await;
    let receiver = Receiver::start(PushFormat::Xml).await;
    let patch = format!("PATCH /sim/companies/{CORP}/apps/{DEMO}");
    let answer = world.control(&patch, &body(&receiver).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown = json!({
        "url": receiver.callback.url, "token": "***", "encodingAESKey": "***", "format": "xml", "trimmed": null,
    });
    assert_eq!(answer.json()["callback"], shown);
    assert_eq!(world.control("GET /sim/companies", "").await.json()["companies"][0]["apps"][0]["callback"], shown);
    let verify = format!("POST /sim/companies/{CORP}/apps/{DEMO}/callback/verify");
    assert_eq!(world.control(&verify, "").await.body, r#"{"verified":true}"#);
    let asked = receiver.got(&world.sim).await;
    assert_eq!(asked.len(), 2);
    for got in asked {
        let (plain, receive_id) = got.opened.unwrap();
        assert!(plain.len() == 19 && plain.bytes().all(|b| b.is_ascii_digit()), "{plain}");
        assert_eq!(receive_id, CORP);
        assert_eq!(got.query["of"], "ours");
        assert_eq!(got.query["timestamp"].len(), 10);
    }
    // The same from Rust.
    let app = world.sim.save_callback(CORP, OLD, receiver.callback.clone()).await.unwrap();
    assert_eq!(app.callback.unwrap().url, receiver.callback.url);
    assert_eq!(receiver.got(&world.sim).await.len(), 1);
}

#[tokio::test]
async fn a_bad_answer_is_told_and_nothing_is_saved() {
    let world = World::demo().await;
    let receiver = Receiver::start(PushFormat::Xml).await;
    let patch = format!("PATCH /sim/companies/{CORP}/apps/{DEMO}");
    for (next, expected) in [
        (Next::Around("\"", "\""), r#"answered 200 with "\""#),
        (Next::Around("\u{feff}", ""), r#"answered 200 with "\u{feff}"#),
        (Next::Around("", "\n"), r#"\n"; expected is, within 1000 ms, 200 with ""#),
        (Next::Status(403, "no"), r#"answered 403 with "no""#),
        (Next::Status(302, ""), r#"answered 302 with """#),
        (Next::Never, "no answer within 1000 ms"),
    ] {
        receiver.then(std::slice::from_ref(&next));
        let mut body = body(&receiver);
        body["enabled"] = false.into();
        let answer = world.control(&patch, &body.to_string()).await;
        let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 400, "{next:?}: {}", answer.body);
        assert!(error.contains(expected) && error.contains("40057"), "{next:?}: {error}");
    }
    let app = world.sim.companies()[0].apps()[0].clone();
    assert!(app.callback.is_none() && app.enabled, "nothing else of the change was saved either");
}

#[tokio::test]
async fn nobody_there_and_nothing_to_verify() {
    let world = World::demo().await;
    let patch = format!("PATCH /sim/companies/{CORP}/apps/{DEMO}");
    let key = "tP3vQ8mZ1xL6nB4kR9wY2cH7dF5gJ0sA3uE8iO1pXqC";
    let with = |url: &str, token: &str, key: &str| {
        json!({ "callback": { "url": url, "token": token, "encodingAESKey": key }}).to_string()
    };
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (route, body, expected) in [
        (&*patch, with(&closed, "t", key), "no answer: "),
        (&patch, with("ftp://a/", "t", key), "url `ftp://a/` must be http:// or https://"),
        (&patch, with("http://a/", "t-t", key), "token must be 1 to 32 letters and digits"),
        (&patch, with("http://a/", &"t".repeat(33), key), "token must be 1 to 32 letters and digits"),
        (&patch, with("http://a/", "***", key), "token must be 1 to 32 letters and digits"),
        (&patch, with("http://a/", "t", "***"), "encodingAESKey must be 43 letters and digits"),
        (&patch, json!({ "callback": { "url": "http://a/" }}).to_string(), "missing field `token`"),
        (&format!("POST /sim/companies/{CORP}/apps/{DEMO}/callback/verify"), String::new(), "has no callback; give it one"),
        (&format!("POST /sim/companies/{CORP}/apps/9/callback/verify"), String::new(), "there is no app 9"),
    ] {
        let answer = world.control(route, &body).await;
        let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 400, "{route} {body}: {}", answer.body);
        assert!(error.contains(expected), "{route} {body}: {error}");
    }
    let company = format!(
        r#"{{"corpId":"wwx","apps":[{{"agentId":1,"secret":"s","callback":{}}}]}}"#,
        r#"{"url":"http://a/","token":"t","encodingAESKey":"short"}"#
    );
    let answer = world.control("POST /sim/companies", &company).await;
    assert!(answer.body.contains("app 1: callback: encodingAESKey must be"), "{}", answer.body);
    let undeclared = world.client.post(format!("{}/sim/companies/{CORP}/apps/{DEMO}/callback/verify", world.base));
    assert!(world.send(undeclared).await.body.contains("content-type: application/json"));
}
