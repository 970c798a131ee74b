//! JS-SDK: tickets, how often they may be asked for, and whether a page signed rightly.

use std::time::Duration;

use crate::{DEMO, SECOND, World, long};

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
