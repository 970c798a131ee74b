//! What the simulator's own page says of apps: their kind, their callback, and what went there.

use serde_json::{Value, json};
use wecom_sim::{AppChange, Limits, Member, Options};

use crate::receiver::{Next, Receiver};
use crate::{CORP, DEMO, OLD, SECOND, World};

const SYNC: &str = r#"{"corpId":"wwsync","members":[{"userId":"ann"}],"departments":[{"id":1,"name":"All"}],"apps":[
    {"agentId":1,"name":"Sync","kind":"contactSync","secret":"s1","visibleRange":{}},
    {"agentId":2,"kind":"contactSync","secret":"s2","createdAt":1660528800},{"agentId":3,"name":"Own","secret":"s3"}]}"#;

#[tokio::test]
async fn a_callback_is_shown_without_its_secrets() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    let page = world.get("/?lang=en").await.body;
    for part in [
        &format!("<dt>Event callback</dt><dd>{} (XML)</dd>", receiver.callback.url),
        r#"data-act="verify" aria-label="Verify the address: Old""#,
        "Nothing was pushed yet.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches(r#"data-act="verify""#).count(), 1, "the others have none: {page}");
    for hidden in ["SimTokenAbc123", "tP3vQ8mZ1xL6nB4kR9wY2cH7dF5gJ0sA3uE8iO1pXqC", "curl"] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
}

#[tokio::test]
async fn without_a_callback_it_says_how_to_give_one() {
    let world = World::demo().await;
    let page = world.get("/?lang=en").await.body;
    let (_, rest) = page.split_once("<pre>curl -X PATCH ").unwrap_or_else(|| panic!("{page}"));
    let command = rest.split_once("</pre>").unwrap().0.replace("&#34;", "\"").replace("&#39;", "'");
    let address = format!("{}/sim/companies/{CORP}/apps/{DEMO} ", world.base);
    assert!(command.starts_with(&address), "{command}");
    let data = command.split_once("-d '").unwrap().1.trim_end_matches('\'');
    let change: AppChange = serde_json::from_str(data).unwrap();
    // As good a callback as any, but for who listens there.
    assert!(world.sim.change_app(CORP, DEMO, change).unwrap().callback.is_some());
}

#[tokio::test]
async fn the_overview_counts_pushes() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    receiver.then(&[Next::Never]);
    world.sim.put_member(CORP, Member::new("ann")).unwrap();
    world.sim.put_member(CORP, Member::new("bob")).unwrap();
    receiver.has_come(1).await;
    assert_eq!(world.overview().await["pushes"], json!({ "count": 2, "waiting": 2, "last": 2 }));
    world.control("POST /sim/pushes/disturb", r#"{"kind":"reverse","times":3}"#).await;
    world.control("POST /sim/pushes/disturb", r#"{"kind":"drop"}"#).await;
    world.sim.put_member(CORP, Member::new("cem")).unwrap();
    assert_eq!(world.overview().await["pushes"], json!({ "count": 3, "waiting": 3, "last": 3 }));
    world.control("PATCH /sim/limits", r#"{"corpPerMinute":7}"#).await;
    let limits = Limits { corp_per_minute: 7, ..Limits::default() };
    assert_eq!(world.overview().await["limits"], json!(limits));
    world.sim.clear_disturbances();
    assert_eq!(receiver.got(&world.sim).await.len(), 4, "one of them came twice");
    assert_eq!(world.overview().await["pushes"], json!({ "count": 3, "waiting": 0, "last": 3 }));
}

#[tokio::test]
async fn contact_sync_sees_all_and_nobody_logs_in_to_it() {
    let world = World::of(&[serde_json::from_str(SYNC).unwrap()]).await;
    let page = world.get("/?lang=en").await.body;
    let company = page.split_once("<code>wwsync</code>").unwrap().1.split_once("</section>").unwrap().0;
    let apps: Vec<_> = company.split(r#"<details class="app""#).skip(1).collect();
    let ids_alone = "<dt>Fields</dt><dd>ids alone; calls that tell more answer 48009</dd>";
    for (app, there, missing) in [
        (0, &["<dd>contact-sync</dd>", "<dt>Visible range</dt><dd>everyone</dd>", ids_alone][..], "Callback domains"),
        (1, &["<dd>contact-sync</dd>", "<dt>Fields</dt><dd>all</dd>"], "Callback domains"),
        (2, &["<dd>self-built</dd>", "<dt>Callback domains</dt>"], "contact-sync"),
    ] {
        for part in there {
            assert!(apps[app].contains(part), "{app}: {part}: {}", apps[app]);
        }
        assert!(!apps[app].contains(missing), "{app}: {missing}: {}", apps[app]);
    }
    let settings = page.split_once(r#"id="settings">"#).unwrap().1.split_once("</script>").unwrap().0;
    let settings: Value = serde_json::from_str(settings).unwrap();
    let log_in = |app: &&Value| app["corpId"] == "wwsync" && app["logsIn"] == true;
    let log_in: Vec<_> = settings["apps"].as_array().unwrap().iter().filter(log_in).map(|app| &app["agentId"]).collect();
    assert_eq!(log_in, [3]);

    let of = |agent: u32| format!("appid=wwsync&agentid={agent}&redirect_uri=http%3A%2F%2Fa.example%2F&lang=en");
    for path in ["/wwlogin/sso/login?login_type=CorpApp&", "/wwopen/sso/qrConnect?"] {
        let refused = world.get(&format!("{path}{}", of(1))).await;
        assert_eq!(refused.status, 200, "{path}");
        for part in ["Sync is for contact-sync", "those of wwsync: 3 Own"] {
            assert!(refused.body.contains(part), "{path}: {part}: {}", refused.body);
        }
        assert!(world.get(&format!("{path}{}", of(3))).await.body.contains("web_key"), "{path}");
    }
    let client =
        world.client.get(format!("{}/connect/oauth2/authorize?response_type=code&scope=snsapi_base&{}", world.base, of(2)));
    let refused = world.send(client.header("user-agent", "wxwork")).await.body;
    assert!(refused.contains("2 is for contact-sync"), "{refused}");
}

#[tokio::test]
async fn who_must_name_addresses_and_did_not_is_told() {
    let world = World::new(Options { require_trusted_ips: true, ..Options::default() }).await;
    world.control(&format!("PATCH /sim/companies/{CORP}/apps/{SECOND}"), r#"{"trustedIps":["127.0.0.1"]}"#).await;
    let page = world.get("/?lang=en").await.body;
    let told: Vec<_> = page.split("<dt>Trusted addresses</dt><dd>").skip(1).map(|it| it.split('<').next()).collect();
    assert_eq!(told, [Some("none; every call answers 60020"), Some("127.0.0.1"), Some("any")]);
}
