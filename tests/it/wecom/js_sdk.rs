//! Pages inside WeCom are signed for the JS-SDK, and WeCom agrees.
use super::configured::{AGENT, CORP, change};
use crate::site::{Ask, DEMO, DEMO_PATH, Site};
use serde_json::{Value, json};
use wecom_sim::{AppChange, JsSignature, JsTicket};

const PAGE: &str = "https://login.acme.test/orders?id=1&x=%20";

fn verdicts(site: &Site, config: &Value, url: &str) -> [bool; 2] {
    [("configSignature", JsTicket::Corp), ("agentConfigSignature", JsTicket::Agent)].map(|(name, ticket)| {
        let text = |part: &str| config[name][part].as_str().map_or_else(|| config[name][part].to_string(), str::to_owned);
        let signed = JsSignature {
            corp_id: Some(CORP.into()),
            agent_id: Some(AGENT),
            ticket,
            url: url.into(),
            noncestr: text("nonceStr"),
            timestamp: text("timestamp"),
            signature: text("signature"),
        };
        site.sim.check_js_signature(&signed).unwrap().valid
    })
}

#[tokio::test]
async fn a_page_is_signed_with_both_tickets_and_they_are_fetched_once() {
    let site = Site::demo().await;
    let token = site.log_in("zhangsan").await;
    let ask = |url: &str| Ask::post(format!("{DEMO_PATH}/getJsSdkConfig"), &json!({"url": url}).to_string());
    let config = site.send(&ask(&format!("{PAGE}#part")).bearer(&token)).await.data();
    assert_eq!((&config["url"], &config["corpId"], &config["agentId"]), (&json!(PAGE), &json!(CORP), &json!("1000002")));
    assert_eq!(verdicts(&site, &config, PAGE), [true, true]);
    assert_eq!(verdicts(&site, &config, "https://login.acme.test/other"), [false, false]);

    let element = site.element(DEMO).unwrap();
    let many = (0..50).map(|n| element.call("getJsSdkConfig", json!({"url": format!("{PAGE}&n={n}")})));
    for it in futures_util::future::join_all(many).await {
        it.unwrap();
    }
    assert_eq!((site.asked("/cgi-bin/get_jsapi_ticket"), site.asked("/cgi-bin/ticket/get")), (1, 1));
    // Tickets last for two hours; nearly that long they are not asked for again.
    for (minutes, expected) in [(105, 1), (10, 2)] {
        let time = std::time::Duration::from_secs(minutes * 60);
        site.clock.advance(i64::try_from(time.as_millis()).unwrap());
        site.sim.advance(time);
        let config = element.call("getJsSdkConfig", json!({"url": PAGE})).await.unwrap();
        assert_eq!(site.asked("/cgi-bin/ticket/get"), expected);
        assert_eq!(verdicts(&site, &config, PAGE), [true, true]);
    }
}

#[tokio::test]
async fn it_is_for_people_who_are_logged_in_and_for_addresses() {
    let site = Site::demo().await;
    let anonymous = site.post(&format!("{DEMO_PATH}/getJsSdkConfig"), &json!({"url": PAGE})).await;
    assert_eq!((anonymous.status, anonymous.json().unwrap()["errcode"].as_i64()), (401, Some(20006)));
    for wrong in ["", "/orders", "javascript:alert(1)", "#x"] {
        let told = site.element(DEMO).unwrap().call("getJsSdkConfig", json!({"url": wrong})).await.unwrap_err();
        assert_eq!(told.code, 20004, "{wrong}: {told}");
    }
    // Whether the page's domain is one of the app's, WeCom says where the page uses it.
    change(&site, AppChange { redirect_domains: Some(vec!["other.example".into()]), ..AppChange::default() });
    let config = site.element(DEMO).unwrap().call("getJsSdkConfig", json!({"url": PAGE})).await.unwrap();
    assert_eq!(verdicts(&site, &config, PAGE), [false, false]);
}
