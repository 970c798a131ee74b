//! `notify` with known answers, each made by somebody else: called as the document calls it, in all three ways, and as WeCom does.
use super::{CONFIG, Proxied, SERVICE, SERVICE_PATH, Way, Who, ways};
use crate::site::Ask;
use element::host::ManualClock;
use serde_json::{Value, json};
use std::sync::Arc;
use url::form_urlencoded::Serializer;

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../vectors/wecom-crypto.json")).unwrap()
}

/// The document's element with the keys of a known answer, and `more`.
fn config(vector: &Value, more: &Value) -> String {
    let mut config: Value = serde_json::from_str(CONFIG).unwrap();
    for name in ["token", "encodingAESKey"] {
        config["authConfig"][name] = vector[name].clone();
    }
    for (name, value) in more.as_object().unwrap() {
        config["authConfig"][name] = value.clone();
    }
    config.to_string()
}

/// What WeCom puts into the query, by the document's names; `echostr` if it verifies the address.
fn asked(vector: &Value, echostr: bool) -> Vec<(&'static str, &str)> {
    let text = |name: &str| vector[name].as_str().unwrap();
    let mut all = vec![("nonce", text("nonce")), ("msg_signature", text("msg_signature")), ("timestamp", text("timestamp"))];
    all.extend(echostr.then(|| ("echostr", text("encrypted"))));
    all
}

fn address(query: &[(&str, &str)]) -> String {
    format!("{SERVICE_PATH}/notify?{}", Serializer::new(String::new()).extend_pairs(query).finish())
}

/// `auth_service.notify(nonce=…, msg_signature=…, timestamp=…, echostr=…)`; over HTTP it is a GET, as WeCom's is.
async fn notify(it: &Proxied, way: Way, query: &[(&str, &str)]) -> Result<Value, String> {
    let Way::Http(_) = way else {
        let args = query.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        return it.call(way, SERVICE, "notify", &Value::Object(args)).await;
    };
    let reply = it.site.send(&Ask::get(address(query))).await;
    match reply.status {
        200 => {
            assert!(reply.header("content-type").unwrap().starts_with("text/plain"), "{reply:?}");
            Ok(String::from_utf8(reply.body).unwrap().into())
        }
        _ => {
            let told = reply.json().unwrap();
            Err(format!("{} {}", told["errcode"], told["errmsg"].as_str().unwrap()))
        }
    }
}

/// The vector of this kind.
fn vector(kind: &str) -> Value {
    vectors().into_iter().find(|it| it["kind"] == kind).unwrap()
}

#[tokio::test]
async fn an_address_is_verified() {
    let (good, spaces) = (vector("url_verify_get"), vector("negative_plus_as_space"));
    let it = Proxied::of(&[("QywxProxyTemp", &config(&good, &json!({})))]).await;
    for way in ways(Who::Anyone) {
        // A `+` that nobody encoded is a space by now.
        for it_is in [&good, &spaces] {
            assert_eq!(notify(&it, way, &asked(it_is, true)).await, Ok(good["plaintext"].clone()));
        }
        let mut query = asked(&good, true);
        for (name, value, expected) in [
            ("nonce", "random_nonce", "20110"),
            ("msg_signature", "signature_value", "20110"),
            ("timestamp", "1234567890", "20110"),
            ("echostr", "echo_string", "20110"),
            ("echostr", "", "`echostr` is not in its query"),
        ] {
            let at = query.iter().position(|it| it.0 == name).unwrap();
            let before = std::mem::replace(&mut query[at].1, value);
            let told = notify(&it, way, &query).await.unwrap_err();
            assert!(told.contains(expected), "{name}: {told}");
            query[at].1 = before;
        }
    }
    assert_eq!(it.ask(SERVICE, "listCallBacks", json!({})).await["records"], json!([]), "nothing is kept of a verification");
}

/// Held to the provider, if the config says who that is.
#[tokio::test]
async fn an_address_is_verified_for_the_provider_alone_if_there_is_one() {
    let good = vector("url_verify_get");
    for (provider, is_answered) in [(good["receiveId"].as_str().unwrap(), true), ("wwsomebodyelse00", false)] {
        let it = Proxied::of(&[("QywxProxyTemp", &config(&good, &json!({"provider": {"corpId": provider}})))]).await;
        for way in ways(Who::Anyone) {
            let told = notify(&it, way, &asked(&good, true)).await;
            match is_answered {
                true => assert_eq!(told, Ok(good["plaintext"].clone())),
                false => {
                    assert!(told.clone().unwrap_err().contains("expected `wwsomebodyelse00`, the provider"), "{told:?}")
                }
            }
        }
    }
}

/// As WeCom tells of something: sealed by somebody else, a ticket is taken, and once.
#[tokio::test]
async fn a_ticket_that_somebody_else_sealed_is_kept() {
    let (good, seconds) = (vector("suite_event_post"), 1_700_000_001);
    let it = Proxied::at(
        super::sim(false),
        Arc::new(ManualClock::at(seconds * 1000)),
        &[("QywxProxyTemp", &config(&good, &json!({"suiteId": good["receiveId"]})))],
    )
    .await;
    let sealed = good["encrypted"].as_str().unwrap();
    for body in [
        format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>",
            good["receiveId"]
        ),
        json!({"tousername": good["receiveId"], "encrypt": sealed, "agentid": ""}).to_string(),
    ] {
        let ask = Ask::new("POST", address(&asked(&good, false))).header("content-type: text/xml").body(body);
        let reply = it.site.send(&ask).await;
        assert_eq!((reply.status, &*reply.body), (200, &b"success"[..]));
        it.followed("suite_ticket", 1).await;
    }
    let told = it.callbacks("suite_ticket").await.remove(0);
    assert_eq!((&told["source"], &told["fields"]["SuiteTicket"]), (&good["receiveId"], &json!("******")));
    assert_eq!(told["sentAt"], seconds * 1000);
    let vitals = it.ask(SERVICE, "vitals", json!({})).await;
    assert_eq!(vitals[0], json!({"name": "suiteTicketAgeSeconds", "of": good["receiveId"], "value": 0.0}));
}
