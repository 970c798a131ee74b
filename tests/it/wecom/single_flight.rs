//! However many ask at once, WeCom is asked for a token once.
use crate::site::{DEMO, Site, apps, until};
use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use element::Result;
use element_engine::ElementHandle;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use wecom_sim::{Effect, Fault, Sim};

const TOKEN: &str = "/cgi-bin/gettoken";
const MANY: usize = 1_000;

/// A site whose WeCom holds back every answer to gettoken until it is let go.
async fn site_with_a_gate() -> (Site, Arc<Semaphore>) {
    async fn hold(State(gate): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
        if request.uri().path() == TOKEN {
            gate.acquire().await.unwrap().forget();
        }
        next.run(request).await
    }
    let (sim, gate) = (Sim::demo(), Arc::new(Semaphore::new(0)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let wecom = sim.router().layer(from_fn_with_state(Arc::clone(&gate), hold));
    tokio::spawn(async move { axum::serve(listener, wecom).await });
    let site = Site::open(sim, apps(), |options| {
        options.settings.insert("WECOM_API_BASE".into(), address);
    });
    (site.await, gate)
}

/// Many calls of `getLoginCode` at once, each with a code of its own.
fn many_logins(site: &Site, elements: &[ElementHandle]) -> JoinSet<Result<Value>> {
    let mut calls = JoinSet::new();
    for element in elements.iter().cycle().take(MANY) {
        let (element, args) = (element.clone(), json!({"code": site.code("zhangsan")}));
        calls.spawn(async move { element.call("getLoginCode", args).await });
    }
    calls
}

/// How the calls ended: their numbers, 0 for success, and how many there were of each.
async fn ends(calls: JoinSet<Result<Value>>) -> BTreeMap<i64, usize> {
    let mut ends = BTreeMap::new();
    for outcome in calls.join_all().await {
        *ends.entry(outcome.map_or_else(|e| e.code, |_| 0)).or_insert(0) += 1;
    }
    ends
}

#[tokio::test]
async fn a_thousand_logins_on_a_cold_cache_fetch_one_token() {
    let (site, gate) = site_with_a_gate().await;
    let calls = many_logins(&site, &[site.element(DEMO).unwrap()]);
    gate.add_permits(MANY);
    assert_eq!(ends(calls).await, [(0, MANY)].into());
    assert_eq!(site.asked(TOKEN), 1);
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), MANY, "no login was asked for twice");
}

#[tokio::test]
async fn a_thousand_logins_that_all_meet_an_expired_token_fetch_one() {
    let (site, gate) = site_with_a_gate().await;
    gate.add_permits(1);
    let element = site.element(DEMO).unwrap();
    element.call("getAccessToken", json!({})).await.unwrap();
    site.sim.expire_tokens(None, None).unwrap();
    site.sim.clear_journal();
    let calls = many_logins(&site, &[element]);
    let refused = || site.sim.journal().iter().filter(|it| it.errcode == Some(42001)).count();
    until("every login was refused with 42001", || refused() == MANY).await;
    assert_eq!(site.asked(TOKEN), 0, "the one refresh is held back");
    gate.add_permits(MANY);
    assert_eq!(ends(calls).await, [(0, MANY)].into());
    assert_eq!(site.asked(TOKEN), 1);
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), 2 * MANY, "each login was sent once more, and no more");
}

#[tokio::test]
async fn a_thousand_logins_with_a_wrong_secret_ask_once() {
    let site = Site::of(&app(&[("QywxInnerExample", "a-wrong-secret", 1_000_002)])).await;
    let calls = many_logins(&site, &[site.element(DEMO).unwrap()]);
    assert_eq!(ends(calls).await, [(40001, MANY)].into());
    assert_eq!(site.asked(TOKEN), 1, "WeCom blocks an address that repeats wrong secrets");
    site.clock.advance(15_000);
    let error = site.element(DEMO).unwrap().call("getAccessToken", json!({})).await.unwrap_err();
    assert_eq!((error.code, site.asked(TOKEN)), (40001, 2), "a minute later it is tried again");
}

#[tokio::test]
async fn a_thousand_logins_against_a_broken_gateway_ask_once() {
    let site = Site::demo().await;
    let fault = Fault { path: TOKEN.into(), times: 100_000, latency_ms: 0, effect: Effect::HttpStatus(502) };
    site.sim.add_fault(fault).unwrap();
    assert_eq!(ends(many_logins(&site, &[site.element(DEMO).unwrap()])).await, [(20013, MANY)].into());
    assert_eq!(site.asked(TOKEN), 1);
}

/// An app with a login for each of name, secret and agent.
fn app(logins: &[(&str, &str, u32)]) -> String {
    let mut text = "//- /apps/demo/app.json\n{\"appId\": \"acme.demo\"}\n".to_owned();
    for (name, secret, agent) in logins {
        let folder = format!("/apps/demo/auths/loginTypes/{name}");
        let config =
            json!({"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": secret, "agentId": agent, "redirectUri": "https://a.test"});
        text.push_str(&format!(
            "//- {folder}/e.json\n{{\"type\": \"auths.loginTypes.QywxInnerType\"}}\n//- {folder}/{name}.json\n{config}\n"
        ));
    }
    text
}

#[tokio::test]
async fn a_token_belongs_to_company_and_secret() {
    let (one, two, three) = (
        "demo-secret-of-the-simulator-not-real-one-0",
        "demo-secret-of-the-second-app-not-a-real-10",
        "demo-secret-of-an-app-of-2021-not-a-real-10",
    );
    let names = ["One", "Two", "Three", "OneAgain"];
    let site = Site::of(&app(&[
        ("One", one, 1_000_002),
        ("Two", two, 1_000_003),
        ("Three", three, 1_000_004),
        ("OneAgain", one, 1_000_002),
    ]))
    .await;
    let elements = names.map(|name| site.element(&format!("auths.loginTypes.{name}")).unwrap());
    let mut calls = JoinSet::new();
    for element in elements.iter().cycle().take(MANY) {
        let element = element.clone();
        calls.spawn(async move { element.call("getAccessToken", json!({})).await });
    }
    assert_eq!(ends(calls).await, [(0, MANY)].into());
    assert_eq!(site.asked(TOKEN), 3, "three secrets");
    let mut tokens = Vec::new();
    for element in &elements {
        tokens.push(element.call("getAccessToken", json!({})).await.unwrap());
    }
    assert_eq!(tokens[0], tokens[3]);
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2]);
}
