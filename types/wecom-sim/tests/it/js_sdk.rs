//! JS-SDK: tickets, how often they may be asked for, and whether a page signed rightly.

use std::time::Duration;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use wecom_sim::AppChange;

use crate::{CORP, DEMO, SECOND, World, long};

const CORP_TICKET: &str = "/cgi-bin/get_jsapi_ticket?access_token=";
const AGENT_TICKET: &str = "/cgi-bin/ticket/get?type=agent_config&access_token=";

#[tokio::test]
async fn tickets_are_stable_for_two_hours() {
    let world = World::demo().await;
    let ticket = async |call: &str, agent: u32| {
        let answer = world.get(&format!("{call}{}", world.token(agent).await)).await;
        let text = answer.json()["ticket"].as_str().unwrap().to_owned();
        let left = answer.json()["expires_in"].as_u64().unwrap();
        assert_eq!(answer.body, format!(r#"{{"errcode":0,"errmsg":"ok","ticket":"{text}","expires_in":{left}}}"#));
        (text, left)
    };
    let (company, left) = ticket(CORP_TICKET, DEMO).await;
    assert_eq!((company.len(), left), (86, 7200));
    assert_eq!(ticket(CORP_TICKET, SECOND).await.0, company, "one for the company");
    let (app, _) = ticket(AGENT_TICKET, DEMO).await;
    assert_ne!(app, company);
    assert_ne!(ticket(AGENT_TICKET, SECOND).await.0, app, "one for each app");
    world.sim.advance(Duration::from_secs(7100));
    let (same, left) = ticket(CORP_TICKET, DEMO).await;
    assert!(same == company && (90..=100).contains(&left), "{left}");
    world.sim.advance(Duration::from_secs(100));
    assert_ne!(ticket(CORP_TICKET, DEMO).await.0, company);
    assert_ne!(ticket(AGENT_TICKET, DEMO).await.0, app);
}

#[tokio::test]
async fn a_ticket_has_its_checks() {
    let world = World::demo().await;
    let wrong = long(40058, "invalid Request Parameter", "");
    world
        .check(&[
            ("/cgi-bin/get_jsapi_ticket", &long(41001, "access_token missing", "")),
            ("/cgi-bin/ticket/get?type=jsapi", &long(41001, "access_token missing", "")),
            ("/cgi-bin/ticket/get?type=jsapi&access_token={T2}", &wrong),
            ("/cgi-bin/ticket/get?access_token={T2}", &wrong),
        ])
        .await;
}

#[tokio::test]
async fn tickets_are_not_given_too_often() {
    let world = World::demo().await;
    let asks = async |call: &str, agent: u32, times: usize| {
        let token = world.token(agent).await;
        let mut last = 0;
        for _ in 0..times {
            last = world.get(&format!("{call}{token}")).await.errcode();
        }
        last
    };
    assert_eq!(asks(CORP_TICKET, DEMO, 100).await, 0);
    assert_eq!(asks(CORP_TICKET, DEMO, 1).await, 45009);
    assert_eq!(asks(CORP_TICKET, SECOND, 1).await, 0, "another app");
    assert_eq!(asks(AGENT_TICKET, DEMO, 100).await, 0, "another kind");
    assert_eq!(asks(AGENT_TICKET, DEMO, 1).await, 45009);
    world.sim.advance(Duration::from_secs(3600));
    assert_eq!(asks(CORP_TICKET, DEMO, 1).await, 0);
    // 400 for all apps of a company together.
    let app = |agent: u32| format!(r#"{{"agentId":{agent},"secret":"s{agent}"}}"#);
    let apps: Vec<_> = (1..=5).map(app).collect();
    let company = format!(r#"{{"corpId":"wwmany","apps":[{}]}}"#, apps.join(","));
    assert_eq!(world.control("POST /sim/companies", &company).await.status, 200);
    for (agent, expected) in [(1, 0), (2, 0), (3, 0), (4, 0), (5, 45009)] {
        let token = world.get(&format!("/cgi-bin/gettoken?corpid=wwmany&corpsecret=s{agent}")).await.json();
        let call = format!("{CORP_TICKET}{}", token["access_token"].as_str().unwrap());
        let mut last = 0;
        for _ in 0..if agent == 5 { 1 } else { 100 } {
            last = world.get(&call).await.errcode();
        }
        assert_eq!(last, expected, "{agent}");
    }
}

/// As a page does it.
fn sign(ticket: &str, url: &str) -> String {
    let digest = Sha1::digest(format!("jsapi_ticket={ticket}&noncestr=n1&timestamp=1700000000&url={url}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl World {
    async fn signed(&self, ticket: &str, url: &str, signature: &str) -> Value {
        let body = json!({
            "corpId": CORP, "agentId": DEMO, "ticket": ticket, "url": url,
            "noncestr": "n1", "timestamp": 1_700_000_000, "signature": signature,
        });
        let answer = self.control("POST /sim/jsapi", &body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

#[tokio::test]
async fn a_page_learns_whether_it_signed_rightly() {
    let world = World::demo().await;
    let url = "https://app.example/page?a=1";
    let none = world.signed("corp", url, &sign("guessed", url)).await;
    assert_eq!(none["why"], "42012: there is no live ticket; get one with /cgi-bin/get_jsapi_ticket");
    let token = world.token(DEMO).await;
    let mut tickets = Vec::new();
    for call in [CORP_TICKET, AGENT_TICKET] {
        tickets.push(world.get(&format!("{call}{token}")).await.json()["ticket"].as_str().unwrap().to_owned());
    }
    let (corp, agent) = (&tickets[0], &tickets[1]);
    let valid = json!({ "valid": true });
    for (kind, page, signature, expected) in [
        ("corp", url, sign(corp, url), ""),
        ("agent", url, sign(agent, url), ""),
        ("corp", "https://app.example/page?a=1#part", sign(corp, url), ""),
        (
            "corp",
            "https://app.example/page?a=1#part",
            sign(corp, "https://app.example/page?a=1#part"),
            "40093: it is not the sha1 of jsapi_ticket=***&noncestr=n1&timestamp=1700000000&url=https://app.example/page?a=1",
        ),
        (
            "corp",
            url,
            sign(corp, url).to_uppercase(),
            "40093: it is not the sha1 of jsapi_ticket=***&noncestr=n1&timestamp=1700000000&url=https://app.example/page?a=1; write its digits in lower case",
        ),
        (
            "agent",
            url,
            sign(corp, url),
            "42012: it was signed with the other ticket; get this one with /cgi-bin/ticket/get?type=agent_config",
        ),
        ("corp", "app.example", sign(corp, "app.example"), "80001: url is no http or https address"),
    ] {
        let verdict = world.signed(kind, page, &signature).await;
        let expected = if expected.is_empty() { valid.clone() } else { json!({ "valid": false, "why": expected }) };
        assert_eq!(verdict, expected, "{kind} {page}");
    }
    // The host must be one of the app's, if it has any.
    for (domain, expected) in
        [("app.example", Value::Null), ("b.example", "80001: app.example is none of the app's redirectDomains".into())]
    {
        let domains = Some(vec![domain.to_owned()]);
        world.sim.change_app(CORP, DEMO, AppChange { redirect_domains: domains, ..AppChange::default() }).unwrap();
        assert_eq!(world.signed("corp", url, &sign(corp, url)).await["why"], expected, "{domain}");
    }
    world.sim.advance(Duration::from_secs(7200));
    assert_eq!(world.signed("corp", url, &sign(corp, url)).await["valid"], false, "the ticket is over");
    for (body, expected) in [
        (r#"{"ticket":"app"}"#, "unknown variant `app`, expected `corp` or `agent`"),
        (r#"{"ticket":"corp","url":"","noncestr":"","timestamp":[],"signature":""}"#, "timestamp is a text or a number"),
        (r#"{"agentId":9,"ticket":"corp","url":"","noncestr":"","timestamp":"","signature":""}"#, "there is no app 9"),
    ] {
        let error = world.control("POST /sim/jsapi", body).await;
        assert!(error.status == 400 && error.body.contains(expected), "{body}: {}", error.body);
    }
}
