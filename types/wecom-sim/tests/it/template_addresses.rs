//! A template's address: verified before it is kept, probed, and what is wrong about one.

use serde_json::{Value, json};
use wecom_sim::NewInstall;

use crate::receiver::{Next, Receiver};
use crate::suite::{PROVIDER, SUITE};
use crate::templates::world;
use crate::{CORP, World};

#[tokio::test]
async fn probes_reach_templates() {
    let world = world().await;
    let probe = |kind: &str| json!({ "suiteId": SUITE, "kind": kind }).to_string();
    let answer = world.control("POST /sim/pushes/probe", &probe("garbage")).await;
    assert!(answer.body.contains("has no callback; give it one: PUT /sim/templates/"), "{}", answer.body);
    let receiver = Receiver::of_template(&world.sim).await;
    receiver.got(&world.sim).await;
    for (kind, expected) in [
        ("wrongSignature", Err("the signature is ")),
        ("wrongReceiveId", Ok("ww0000000000000000")),
        ("oldTimestamp", Ok(SUITE)),
        ("rawPlus", Err("the signature is ")),
    ] {
        let answer = world.control("POST /sim/pushes/probe", &probe(kind)).await.json();
        let got = receiver.got(&world.sim).await.remove(0);
        match (got.opened, expected) {
            (Ok((document, receive_id)), Ok(expected)) => {
                assert_eq!((receive_id.as_str(), json!(document)), (expected, answer["document"].clone()), "{kind}");
                assert!(document.contains("<AuthCorpId><![CDATA[sim-probe]]>"), "{document}");
            }
            (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{kind}: {why}"),
            (came, expected) => panic!("{kind}: {came:?}, not {expected:?}"),
        }
        if kind == "rawPlus" {
            let of = |name: &str| got.query[name].as_str();
            let echo = of("echostr").replace(' ', "+");
            let opened = receiver.callback.open(of("msg_signature"), of("timestamp"), of("nonce"), &echo).unwrap();
            assert_eq!((opened.receive_id.as_str(), json!(opened.message)), (PROVIDER, answer["document"].clone()));
        }
    }
}

#[tokio::test]
async fn an_address_is_verified_before_it_is_saved() {
    let world = world().await;
    let route = format!("PUT /sim/templates/{SUITE}/callback");
    let receiver = Receiver::for_template().await;
    let url = json!({ "url": receiver.callback.url }).to_string();
    receiver.then(&[Next::Around("\"", "\"")]);
    let answer = world.control(&route, &url).await;
    assert!(answer.status == 400 && answer.body.contains("40057"), "{}", answer.body);
    assert_eq!(world.control("GET /sim/templates", "").await.json()["templates"][0]["callbackUrl"], Value::Null);
    let early = world.sim.install(SUITE, CORP, NewInstall::default()).unwrap();
    let callback_of = |agent: u32| {
        let companies = world.sim.companies();
        companies[0].apps().iter().find(|app| app.agent_id == agent).unwrap().callback.clone().map(|it| it.url)
    };
    assert_eq!(callback_of(early.agent_id), None);
    assert_eq!(world.control(&route, &url).await.body, r#"{"verified":true}"#);
    assert_eq!(callback_of(early.agent_id), Some(receiver.callback.url.clone()), "installs follow their template");
    let shown = world.control("GET /sim/templates", "").await.json();
    let template = &shown["templates"][0];
    assert_eq!(template["callbackUrl"], receiver.callback.url);
    assert_eq!(template["installs"], json!([{ "corpId": CORP, "authCorpId": CORP, "agentId": 1_000_005 }]));
    assert!(template["ticket"]["unixMs"].as_u64().unwrap().abs_diff(world.sim.now_ms()) < 30_000, "{template}");
    assert_eq!((&template["token"], &shown["corpId"]), (&json!("DemoTemplateToken"), &json!(PROVIDER)));
    let mut private: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    private["secret"] = "private".into();
    private["templates"][0]["secret"] = "private-too".into();
    assert_eq!(world.control("PUT /sim/provider", &private.to_string()).await.json()["corpId"], PROVIDER);
    let shown = world.control("GET /sim/templates", "").await;
    assert!(!shown.body.contains("private"), "{}", shown.body);
    // A template that is gone takes its installs with it.
    private["templates"] = json!([]);
    world.control("PUT /sim/provider", &private.to_string()).await;
    assert_eq!(world.sim.companies()[0].apps().len(), 3);
}

#[tokio::test]
async fn mistakes_say_what_to_write() {
    let world = world().await;
    let installs = format!("/sim/templates/{SUITE}/installs");
    let install = format!("POST {installs}");
    for (route, body, expected) in [
        (&*install, "{}", "write which company; for example {\"corpId\""),
        (&install, r#"{"corpId":"wwx"}"#, "there is no company `wwx`"),
        (&install, r#"{"corpId":"ww5a1d0e0f1a2b3c4d","states":"x"}"#, "unknown field `states`, expected one of `state`"),
        (&install, r#"{"corpId":"ww5a1d0e0f1a2b3c4d","state":"a b"}"#, "state must be up to 128 letters and digits"),
        (&install, r#"{"corpId":"ww5a1d0e0f1a2b3c4d","agentId":1000002}"#, "app 1000002: agentId is there twice"),
        (&install, r#"{"corpId":"ww5a1d0e0f1a2b3c4d","visibleRange":{"departments":[9]}}"#, "there is no department 9"),
        (
            "POST /sim/templates/dk0/installs",
            r#"{"corpId":"ww5a1d0e0f1a2b3c4d"}"#,
            "there is no template `dk0`; write a suiteId of",
        ),
        (&format!("DELETE {installs}/{CORP}"), "", "has not installed dk7e57c0de00000002; install it first"),
        (&format!("PATCH {installs}/{CORP}"), r#"{"secret":"x"}"#, "unknown field `secret`, expected one of `enabled`"),
        (&format!("POST {installs}/{CORP}/reset"), "{}", "has not installed"),
        (
            "POST /sim/pushes/probe",
            r#"{"suiteId":"dk0","agentId":1,"kind":"garbage"}"#,
            "write suiteId for a template, or corpId",
        ),
        ("PUT /sim/provider", "{}", "this is not a provider: missing field"),
        (
            "POST /sim/companies",
            r#"{"corpId":"ww1","apps":[{"agentId":1,"secret":"s","kind":"customized"}]}"#,
            "comes by an install",
        ),
    ] {
        let answer = world.control(route, body).await;
        assert_eq!(answer.status, 400, "{route} {body}: {}", answer.body);
        assert!(answer.json()["error"].as_str().unwrap().contains(expected), "{route} {body}: {}", answer.body);
    }
    world.sim.install(SUITE, CORP, NewInstall::default()).unwrap();
    for (route, body, expected) in [
        (&*install, r#"{"corpId":"ww5a1d0e0f1a2b3c4d"}"#, "has dk7e57c0de00000002 already, as app 1000005"),
        (
            &format!("PATCH /sim/companies/{CORP}/apps/1000005"),
            r#"{"secret":"x"}"#,
            "the app is an install: its secret is reset",
        ),
    ] {
        let answer = world.control(route, body).await;
        assert!(answer.status == 400 && answer.body.contains(expected), "{route} {body}: {}", answer.body);
    }
    let nobody = World::demo().await;
    assert_eq!(nobody.control("GET /sim/templates", "").await.body, r#"{"templates":[]}"#);
    let answer = nobody.control(&install, r#"{"corpId":"ww5a1d0e0f1a2b3c4d"}"#).await;
    assert!(answer.body.contains("there is no provider; give one: PUT /sim/provider"), "{}", answer.body);
}
