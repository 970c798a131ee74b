//! Requests that a receiver must see through.

use serde_json::{Value, json};
use wecom_sim::Probe;

use crate::receiver::{Got, Next, Receiver};
use crate::{CORP, OLD, World};

async fn probe(world: &World, receiver: &Receiver, kind: &str) -> (Value, Vec<Got>) {
    let body = json!({ "agentId": OLD, "kind": kind }).to_string();
    let answer = world.control("POST /sim/pushes/probe", &body).await;
    assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
    (answer.json(), receiver.got(&world.sim).await)
}

#[tokio::test]
async fn each_is_wrong_in_one_way_only() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    let now = world.sim.now_ms() / 1000;
    for (kind, count, opened) in [
        ("wrongSignature", 1, Err("the signature is ")),
        ("wrongReceiveId", 1, Ok("ww0000000000000000")),
        ("replay", 2, Ok(CORP)),
        ("oldTimestamp", 1, Ok(CORP)),
        ("doctype", 1, Ok(CORP)),
        ("garbage", 1, Err("the signature is ")),
        ("rawPlus", 1, Err("the signature is ")),
    ] {
        receiver.then(&vec![Next::Status(418, "seen through"); count]);
        let (answer, got) = probe(&world, &receiver, kind).await;
        assert_eq!((&answer["status"], &answer["body"]), (&json!(418), &json!("seen through")), "{kind}");
        assert_eq!(got.len(), count, "{kind}");
        match (&got[0].opened, opened) {
            (Ok((document, receive_id)), Ok(expected)) => {
                assert_eq!(receive_id, expected, "{kind}");
                assert_eq!(*document, answer["document"], "{kind}");
                assert!(document.contains("<UserID><![CDATA[sim-probe]]>") && document.contains(CORP), "{document}");
            }
            (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{kind}: {why}"),
            (came, expected) => panic!("{kind}: {came:?}, not {expected:?}"),
        }
        let age = now.abs_diff(got[0].query["timestamp"].parse().unwrap());
        assert!(if kind == "oldTimestamp" { age.abs_diff(86_400) < 30 } else { age < 30 }, "{kind}: {age}");
        assert_eq!(got[0].body.contains("<!DOCTYPE"), kind == "doctype", "{kind}");
        assert_eq!(answer["first"].is_object(), kind == "replay", "{kind}");
        if kind == "replay" {
            assert_eq!((&got[0].query, &got[0].body), (&got[1].query, &got[1].body));
        }
        if kind == "rawPlus" {
            let echo = &got[0].query["echostr"];
            assert!(echo.contains(' ') && !echo.contains('+'), "{echo}");
            // With the `+` put back all is well.
            let opened = receiver.callback.open(
                &got[0].query["msg_signature"],
                &got[0].query["timestamp"],
                &got[0].query["nonce"],
                &echo.replace(' ', "+"),
            );
            assert_eq!(opened.unwrap().message, answer["document"]);
        }
    }
    assert!(world.sim.pushes().is_empty(), "they go past the queue");
}

#[tokio::test]
async fn nothing_back_is_an_answer_too() {
    let world = World::new(wecom_sim::Options { push_deadline_ms: 100, ..wecom_sim::Options::default() }).await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    receiver.then(&[Next::Never]);
    let probed = world.sim.probe(Some(CORP), Some(OLD), Probe::Garbage).await.unwrap();
    assert_eq!((probed.answer.status, probed.answer.body.as_str()), (None, "no answer within 100 ms"));
}

#[tokio::test]
async fn mistakes_say_what_to_write() {
    let world = World::demo().await;
    for (body, expected) in [
        (r#"{"kind":"wrong"}"#, "unknown variant `wrong`, expected one of `wrongSignature`"),
        (r#"{"kind":"garbage"}"#, "app 1000002 has no callback; give it one: PATCH /sim/companies/ww5a1d0e0f1a2b3c4d/"),
        (r#"{"kind":"garbage","agentId":9}"#, "there is no app 9"),
        (r#"{"kind":"garbage","corpId":"wwx"}"#, "there is no company `wwx`"),
    ] {
        let answer = world.control("POST /sim/pushes/probe", body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.json()["error"].as_str().unwrap().contains(expected), "{body}: {}", answer.body);
    }
}
