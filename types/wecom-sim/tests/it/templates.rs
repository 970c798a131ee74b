//! What templates are told, to the letter; when, how often, and what they must answer.

use std::time::Duration;

use serde_json::{Value, json};
use wecom_sim::{Disturbance, NewInstall, Options, Provider, PushOutcome, Sim};

use crate::receiver::{Got, Next, Receiver};
use crate::suite::{PROVIDER, SUITE};
use crate::{CORP, World};

const HEAD: &str = "<xml><SuiteId><![CDATA[dk7e57c0de00000002]]></SuiteId>";

/// Fast enough for a test and patient with a slow machine, with plain ids.
pub(crate) async fn world() -> World {
    let options = Options { push_retry_ms: 2, suite_deadline_ms: 5000, encrypt_ids: false, ..Options::default() };
    World::suited(options).await
}

/// What follows the suite's id, with the time as `T` and codes and tickets as `CODE`; texts are written
/// `'so'` for CDATA.
fn told(got: &[Got], now_ms: u64) -> Vec<String> {
    let hidden = |text: &str, tag: &str| match text.split_once(&format!("<{tag}>'")) {
        None => text.to_owned(),
        Some((before, rest)) => {
            let (code, after) = rest.split_once('\'').unwrap();
            assert_eq!(code.len(), 86, "{text}");
            format!("{before}<{tag}>CODE{after}")
        }
    };
    let short = |got: &Got| {
        let (document, receive_id) = got.opened.clone().unwrap();
        assert_eq!(receive_id, SUITE);
        let rest = document.strip_prefix(HEAD).unwrap_or_else(|| panic!("{document}")).strip_suffix("</xml>").unwrap();
        let rest = rest.replace("<![CDATA[", "'").replace("]]>", "'");
        let (before, time) = rest.split_once("<TimeStamp>").unwrap();
        let (time, after) = time.split_once('<').unwrap();
        assert!(time.parse::<u64>().unwrap().abs_diff(now_ms / 1000) < 30, "{document}");
        hidden(&hidden(&format!("{before}<TimeStamp>T<{after}"), "AuthCode"), "SuiteTicket")
    };
    got.iter().map(short).collect()
}

const TICKET: &str = "<InfoType> 'suite_ticket'</InfoType><TimeStamp>T</TimeStamp><SuiteTicket>CODE</SuiteTicket>";

#[tokio::test]
async fn every_event_is_told_to_the_letter() {
    let world = world().await;
    let receiver = Receiver::of_template(&world.sim).await;
    let got = receiver.got(&world.sim).await;
    assert_eq!(got[0].opened.as_ref().unwrap().1, PROVIDER, "the echo is for the provider");
    assert_eq!(told(&got[1..], world.sim.now_ms()), [TICKET]);
    let around = format!("<xml><ToUserName><![CDATA[{SUITE}]]></ToUserName><AgentID><![CDATA[]]></AgentID><Encrypt>");
    assert!(got[1].body.starts_with(&around), "{}", got[1].body);

    let installs = format!("/sim/templates/{SUITE}/installs");
    let one = format!("{installs}/{CORP}");
    let changed = format!("<InfoType>'change_auth'</InfoType><TimeStamp>T</TimeStamp><AuthCorpId>'{CORP}'</AuthCorpId>");
    let cancelled = changed.replace("change_auth", "cancel_auth");
    let patch = format!("PATCH {one}");
    for (route, body, expected) in [
        (
            &format!("POST {installs}"),
            json!({ "corpId": CORP, "state": "S1" }),
            "<AuthCode>CODE</AuthCode><InfoType>'create_auth'</InfoType><TimeStamp>T</TimeStamp>\
             <State>'S1'</State><ExtraInfo>''</ExtraInfo>",
        ),
        (&patch, json!({ "visibleRange": { "departments": [2] } }), &changed),
        (&patch, json!({ "enabled": false }), &changed),
        (&patch, json!({}), &changed),
        (&patch, json!({ "redirectDomains": ["app.example"] }), ""),
        (&format!("PATCH /sim/companies/{CORP}/apps/1000005"), json!({ "enabled": true }), &changed),
        (
            &format!("POST {one}/reset"),
            json!({}),
            "<AuthCode>CODE</AuthCode><InfoType>'reset_permanent_code'</InfoType><TimeStamp>T</TimeStamp>",
        ),
        (&format!("POST /sim/templates/{SUITE}/ticket"), json!({}), TICKET),
        (&format!("DELETE {one}"), json!({}), &cancelled),
        (
            &format!("POST {installs}"),
            json!({ "corpId": CORP, "agentId": 7 }),
            "<AuthCode>CODE</AuthCode><InfoType>'create_auth'</InfoType><TimeStamp>T</TimeStamp><ExtraInfo>''</ExtraInfo>",
        ),
    ] {
        let answer = world.control(route, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{route} {body}: {}", answer.body);
        let heard = told(&receiver.got(&world.sim).await, world.sim.now_ms());
        assert_eq!(heard, if expected.is_empty() { vec![] } else { vec![expected] }, "{route} {body}");
    }
    let pushed = world.sim.pushes();
    assert!(pushed.iter().all(|push| push.to == SUITE && push.outcome == PushOutcome::Delivered), "{pushed:?}");
}

#[tokio::test]
async fn json_templates_are_told_the_same() {
    let world = world().await;
    let receiver = Receiver::for_template().await;
    let mut provider: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    provider["templates"][0]["format"] = "json".into();
    provider["templates"][0]["callbackUrl"] = receiver.callback.url.as_str().into();
    world.sim.put_provider(Provider::from_json(&provider.to_string()).unwrap());
    let got = receiver.got(&world.sim).await;
    assert_eq!((got.len(), got[0].content_type.as_str()), (1, "application/json"));
    let document: Value = serde_json::from_str(&got[0].opened.as_ref().unwrap().0).unwrap();
    assert_eq!((&document["SuiteId"], &document["InfoType"]), (&json!(SUITE), &json!("suite_ticket")));
}

#[tokio::test]
async fn tickets_come_every_ten_minutes() {
    let world = world().await;
    let minutes = |minutes: u64| world.sim.advance(Duration::from_secs(minutes * 60));
    minutes(60);
    assert!(world.sim.pushes().is_empty(), "without a callback nobody is told");
    let receiver = Receiver::of_template(&world.sim).await;
    assert_eq!(receiver.got(&world.sim).await.len(), 2, "the echo and a ticket");
    for (passed, expected) in [(9, 0), (1, 1), (9, 0), (60, 1), (9, 0)] {
        minutes(passed);
        assert_eq!(receiver.got(&world.sim).await.len(), expected, "{passed} minutes later");
    }
    // Put again as it is, it is not told more.
    let mut provider: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    provider["templates"][0]["callbackUrl"] = receiver.callback.url.as_str().into();
    world.sim.put_provider(Provider::from_json(&provider.to_string()).unwrap());
    assert!(receiver.got(&world.sim).await.is_empty());
}

#[tokio::test]
async fn whoever_serves_pushes_the_first_ticket() {
    let receiver = Receiver::for_template().await;
    let mut provider: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    provider["templates"][0]["callbackUrl"] = receiver.callback.url.as_str().into();
    let sim = std::thread::spawn(move || {
        let sim = Sim::new(vec![wecom_sim::Company::demo()], Options::default());
        sim.put_provider(Provider::from_json(&provider.to_string()).unwrap());
        sim
    });
    let sim = sim.join().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    tokio::spawn(sim.clone().serve(listener, std::future::pending()));
    tokio::time::timeout(Duration::from_secs(20), receiver.has_come(1)).await.expect("a ticket comes");
}

#[tokio::test]
async fn only_success_will_do() {
    let world = world().await;
    let receiver = Receiver::of_template(&world.sim).await;
    receiver.got(&world.sim).await;
    for (next, tries) in [
        (Next::Status(200, ""), 2),
        (Next::Status(200, "Success"), 2),
        (Next::Status(200, "success\n"), 2),
        (Next::Status(201, "success"), 2),
        (Next::Status(200, "success"), 1),
    ] {
        receiver.then(std::slice::from_ref(&next));
        world.sim.push_ticket(SUITE).unwrap();
        let got = receiver.got(&world.sim).await;
        assert_eq!(got.len(), tries, "{next:?}");
        let documents: Vec<_> = got.iter().map(|got| &got.opened.as_ref().unwrap().0).collect();
        assert!(documents.windows(2).all(|two| two[0] == two[1]), "the same document: {documents:?}");
        assert!(got.windows(2).all(|two| two[0].body != two[1].body), "sealed anew");
    }
    receiver.then(&[const { Next::Status(200, "no") }; 4]);
    world.sim.install(SUITE, CORP, NewInstall::default()).unwrap();
    assert_eq!(receiver.got(&world.sim).await.len(), 4);
    assert_eq!(world.sim.pushes().last().unwrap().outcome, PushOutcome::Failed);
    assert_eq!(world.sim.installs(SUITE).len(), 1, "it is there all the same");
}

#[tokio::test]
async fn news_of_installs_is_waited_for_less_long() {
    let options = Options { push_retry_ms: 2, suite_deadline_ms: 1200, push_deadline_ms: 1500, ..Options::default() };
    let world = World::suited(options).await;
    let receiver = Receiver::of_template(&world.sim).await;
    receiver.got(&world.sim).await;
    receiver.then(&[Next::Never]);
    world.sim.install(SUITE, CORP, NewInstall::default()).unwrap();
    receiver.got(&world.sim).await;
    receiver.then(&[Next::Never]);
    world.sim.push_ticket(SUITE).unwrap();
    receiver.got(&world.sim).await;
    let pushes = world.sim.pushes();
    let first: Vec<_> = pushes.iter().rev().take(2).map(|push| push.attempts[0].body.as_str()).collect();
    assert_eq!(first, ["no answer within 1500 ms", "no answer within 1200 ms"]);
    assert_eq!(Options::default().suite_deadline_ms, 1000, "as WeCom waits");
}

#[tokio::test]
async fn what_disturbs_apps_disturbs_templates() {
    let world = world().await;
    let receiver = Receiver::of_template(&world.sim).await;
    receiver.got(&world.sim).await;
    world.sim.disturb_pushes(Disturbance::Drop { times: 1 }).unwrap();
    world.sim.disturb_pushes(Disturbance::Twice { times: 1 }).unwrap();
    world.sim.disturb_pushes(Disturbance::Reverse { times: 2 }).unwrap();
    let lost = world.sim.push_ticket(SUITE).unwrap();
    let twice = world.sim.push_ticket(SUITE).unwrap();
    let reversed = [world.sim.push_ticket(SUITE).unwrap(), world.sim.push_ticket(SUITE).unwrap()];
    let documents = receiver.documents(&world.sim).await;
    let come = |ticket: &str| documents.iter().filter(|it| it.contains(ticket)).count();
    assert_eq!((come(&lost), come(&twice), documents.len()), (0, 2, 4));
    assert!(documents[2].contains(&reversed[1]) && documents[3].contains(&reversed[0]));
}
