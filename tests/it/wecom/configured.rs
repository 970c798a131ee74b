//! A site whose one login has more in its config than the demo's.
use crate::site::Site;
use element_engine::{MemoryFiles, Options};
use serde_json::{Value, json};
use std::sync::Arc;
use wecom_sim::{AppChange, Callback, PushFormat, Sim};

pub(crate) const CORP: &str = "ww5a1d0e0f1a2b3c4d";
pub(crate) const AGENT: u32 = 1_000_002;
pub(crate) const TOKEN: &str = "SimTokenAbc123";
pub(crate) const KEY: &str = "tP3vQ8mZ1xL6nB4kR9wY2cH7dF5gJ0sA3uE8iO1pXqC";

/// The demo's login with `more` in its config.
pub(crate) async fn site(sim: Sim, more: Value) -> Site {
    let mut config = json!({
        "corpId": CORP, "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": AGENT,
        "redirectUri": "https://login.acme.test/api/auth/qywx/callback",
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let files = MemoryFiles::parse(&format!(
        r#"
//- /apps/demo/app.json
{{"appId": "acme.demo", "title": "Demo", "version": "1.0.0"}}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{{"title": "Demo", "type": "auths.loginTypes.QywxInnerType"}}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{config}
"#
    ));
    Site::open(sim, "/apps", |options: &mut Options| options.files = Arc::new(files)).await
}

/// A site that WeCom tells of changes, and its address for that.
pub(crate) async fn with_callback(sim: Sim, format: PushFormat) -> Site {
    let site = site(sim, json!({"callback": {"token": TOKEN, "encodingAESKey": KEY}})).await;
    let url = format!("http://{}{}/notify", site.address, crate::site::DEMO_PATH);
    let callback = Callback { url, token: TOKEN.into(), encoding_aes_key: KEY.into(), format, trimmed: None };
    site.sim.save_callback(CORP, AGENT, callback).await.expect("the address is verified");
    site
}

/// What changes about the app.
pub(crate) fn change(site: &Site, change: AppChange) {
    site.sim.change_app(CORP, AGENT, change).unwrap();
}
