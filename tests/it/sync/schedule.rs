//! Syncing now and then, by the config.
use crate::site::{DEMO, Site};
use element::host::Clock;
use serde_json::{Value, json};
use std::{fs, time::Duration};
use tempfile::TempDir;
use wecom_sim::{Effect, Fault, Sim};

/// The element's folder.
const ELEMENT: &str = "demo/auths/loginTypes/QywxInnerExample";

fn config(more: &Value) -> String {
    let mut config = json!({
        "corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0",
        "agentId": "1000002", "redirectUri": "https://login.acme.test/api/auth/qywx/callback",
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config.to_string()
}

/// The engine's clock stands still until it is moved.
const MINUTE: i64 = 60_000;

#[tokio::test]
async fn it_syncs_at_once_then_every_so_often_and_soon_after_a_failure() {
    let sim = Sim::demo();
    let apps = TempDir::new().unwrap();
    let write = |path: &str, text: &str| fs::write(apps.path().join(path), text).unwrap();
    fs::create_dir_all(apps.path().join(ELEMENT)).unwrap();
    write("demo/app.json", r#"{"appId": "acme.demo"}"#);
    write(&format!("{ELEMENT}/e.json"), r#"{"type": "auths.loginTypes.QywxInnerType"}"#);
    let configure = |more: Value| write(&format!("{ELEMENT}/QywxInnerExample.json"), &config(&more));
    configure(json!({"syncEveryMinutes": 60}));
    let mut store = None;
    let site = Site::open(sim.clone(), apps.path(), |it| store = Some(it.store.clone())).await;
    let records = store.unwrap().records;
    // When the next turn is due, in minutes, once the record has been written so often.
    let next = async |version: u64| {
        loop {
            let link = records.get("acme.demo", "wecom.schedules", DEMO).await.unwrap();
            if let Some(link) = link.filter(|it| it.version == version) {
                return (link.value["nextAt"].as_i64().unwrap() - site.clock.now()) / MINUTE;
            }
            tokio::task::yield_now().await;
        }
    };
    let synced = || sim.journal().iter().filter(|it| it.path == "/cgi-bin/department/simplelist").count();
    assert_eq!(deadline(next(2)).await, 60, "the first one came at once");
    // A config that changed elsewhere begins no second chain.
    configure(json!({"syncEveryMinutes": 60, "corpName": "Acme"}));
    site.runtime.reload().await;
    site.clock.advance(60 * MINUTE);
    assert_eq!(deadline(next(3)).await, 60);
    let refused = Effect::Errcode { code: 48002, message: None };
    let path = "/cgi-bin/department/simplelist".to_owned();
    sim.add_fault(Fault { path, times: 1, latency_ms: 0, effect: refused }).unwrap();
    site.clock.advance(60 * MINUTE);
    assert_eq!(deadline(next(4)).await, 10, "soon after a failure");
    site.clock.advance(10 * MINUTE);
    assert_eq!(deadline(next(5)).await, 60);
    // More often, from now on.
    configure(json!({"syncEveryMinutes": 15}));
    site.runtime.reload().await;
    assert_eq!(deadline(next(6)).await, 15);
    site.clock.advance(15 * MINUTE);
    assert_eq!(deadline(next(7)).await, 15);
    assert_eq!(synced(), 5);
    configure(json!({}));
    site.runtime.reload().await;
    site.clock.advance(15 * MINUTE);
    let over = async {
        while records.get("acme.demo", "wecom.schedules", DEMO).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    deadline(over).await;
    assert_eq!(synced(), 5, "the chain is at its end");
}

async fn deadline<T>(wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it comes in time")
}
