//! 企业微信代开发登录 (002): each method, property and example, with the files of the document and a template that a company
//! has installed.
mod companies;
mod events;
mod known_answers;
mod login;
mod methods;
mod properties;
mod service;

use super::{Way, Who, call_of};
use crate::site::{Site, without_chance, without_ports};
use element::host::{Clock, SystemClock};
use element_engine::SystemRandom;
use element_store::{OpenStore, Store};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use wecom_sim::{CodeFor, Company, NewInstall, Options, Provider, Sim};

/// `app.getElement("auths.QywxProxyTemp")`
const TEMP: &str = "auths.QywxProxyTemp";
const TEMP_PATH: &str = "/api/acme/demo/auths/QywxProxyTemp";
/// `app.getElement("auths.loginTypes.QywxProxyType.services.QywxProxyAuthService")`
const SERVICE: &str = "auths.loginTypes.QywxProxyType.services.QywxProxyAuthService";
const SERVICE_PATH: &str = "/api/acme/demo/auths/loginTypes/QywxProxyType/services/QywxProxyAuthService";
const AUTH: &str = "auths.loginTypes.services.AuthSvc";
const MEMBERS: &str = "auths.loginTypes.QywxProxyType.QywxProxyAuthModel";
const COMPANIES: &str = "auths.loginTypes.QywxProxyType.QywxProxyCompanyModel";
/// The simulator's template. The `tj…` of the document is of suites that WeCom has given up.
const SUITE: &str = "dk7e57c0de00000002";
/// The company that has installed it.
const CORP: &str = "ww5a1d0e0f1a2b3c4d";
/// Another one, with the id that the document writes.
const OTHER: &str = "ww1234567890abcdef";

/// 元素配置文件
const E_JSON: &str = r#"{
  "title": "企业微信代开发登录配置",
  "type": "auths.loginTypes.QywxProxyType"
}"#;
/// 业务配置文件
const CONFIG: &str = r#"{
  "authConfig": {
    "suiteId": "dk7e57c0de00000002",
    "suiteSecret": "demo-secret-of-the-template-which-is-not-real",
    "encodingAESKey": "demoTemplateKeyThatIsInTheSource00000000001",
    "token": "DemoTemplateToken"
  },
  "isActive": true,
  "corpId": "ww5a1d0e0f1a2b3c4d"
}"#;

/// Two companies, known by their own ids as in the document, which is so for those who installed their apps before June
/// 2022; or by ids that only their provider sees.
fn sim(encrypt_ids: bool) -> Sim {
    let other = json!({
        "corpId": OTHER, "name": "乙公司", "departments": [{"id": 1, "name": "乙公司"}],
        "members": [{"userId": "wangqi", "name": "王七"}], "apps": [{"agentId": 1_000_002, "secret": "a-secret-that-nobody-uses"}],
    });
    let other = Company::from_json(&other.to_string()).unwrap();
    // Other tests want the machine as well: no push is given up because of them.
    let patient =
        Options { encrypt_ids, push_retry_ms: 5, suite_deadline_ms: 20_000, push_deadline_ms: 20_000, ..Options::default() };
    let sim = Sim::new(vec![Company::demo(), other], patient);
    sim.put_provider(Provider::demo());
    sim
}

/// A site with such logins. Its apps and its store are in a folder, and the command opens them there.
struct Proxied {
    site: Site,
    folder: TempDir,
}

impl Proxied {
    /// With these elements of the Type, each by its name and config; WeCom has no address of it yet.
    async fn of(elements: &[(&str, &str)]) -> Self {
        // The command goes by the same time.
        Self::at(sim(false), Arc::new(SystemClock), elements).await
    }

    /// The same with another WeCom, at another time.
    async fn at(sim: Sim, clock: Arc<dyn Clock>, elements: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let (apps, data) = (folder.path().join("apps"), folder.path().join("data"));
        put(&apps, "demo/app.json", r#"{"appId": "acme.demo", "title": "Demo"}"#);
        for (name, config) in elements {
            put(&apps, &format!("demo/auths/{name}/e.json"), E_JSON);
            put(&apps, &format!("demo/auths/{name}/{name}.json"), config);
        }
        fs::create_dir_all(&data).unwrap();
        let store = format!("sqlite:{}/element.db", data.display()).parse().unwrap();
        let store = OpenStore { store, cache: None, master_key: None, former_key: None };
        let store = Store::open(store, Arc::clone(&clock), Arc::new(SystemRandom)).await.unwrap();
        let site = Site::open(sim, apps, |options| {
            options.store = store;
            options.clock = clock;
        });
        Self { site: site.await, folder }
    }

    /// The document's element; its template has its callback's address, and [`CORP`] has installed it.
    async fn temp() -> Self {
        let it = Self::of(&[("QywxProxyTemp", CONFIG)]).await;
        it.give_address().await;
        it.install(CORP).await;
        it
    }

    /// What the provider does in its console; the ticket that WeCom then sends is there.
    async fn give_address(&self) {
        let url = format!("http://{}{SERVICE_PATH}/notify", self.site.address);
        let deadline = Instant::now() + Duration::from_secs(30);
        // The console waits for a second and no longer; on a busy machine somebody presses the button again.
        while let Err(e) = self.site.sim.save_template_callback(SUITE, &url).await {
            assert!(Instant::now() < deadline, "{e}");
        }
        self.followed("suite_ticket", 1).await;
    }

    /// What a company's administrator does; the app is there and known. Gives its agentId.
    async fn install(&self, corp_id: &str) -> u32 {
        let installed = self.site.sim.install(SUITE, corp_id, NewInstall::default()).unwrap();
        let agent = installed.agent_id.to_string();
        let known = async || {
            let company = self.company(&installed.auth_corp_id).await;
            let is_done = self.callbacks("create_auth").await.iter().all(|it| it["state"] == "done");
            is_done && company["state"] == "authorized" && company["agentId"] == *agent
        };
        self.until("the company is known", known).await;
        installed.agent_id
    }

    fn agent(&self, corp_id: &str) -> u32 {
        self.site.sim.installs(SUITE).into_iter().find(|it| it.corp_id == corp_id).unwrap().agent_id
    }

    /// In-process, as the operator.
    async fn ask(&self, element: &str, method: &str, args: Value) -> Value {
        self.site.element(element).unwrap().call(method, args).await.unwrap_or_else(|e| panic!("{method}: {e}"))
    }

    async fn call(&self, way: Way, element: &str, method: &str, args: &Value) -> Result<Value, String> {
        call_of(&self.site, Some(self.folder.path()), way, element, method, args).await
    }

    /// Every record of a model, by its key.
    async fn records(&self, model: &str) -> Vec<(String, Value)> {
        let mut page = self.ask(model, "query", json!({})).await;
        let records = page["records"].as_array_mut().unwrap();
        records.iter_mut().map(|it| (it["key"].as_str().unwrap().to_owned(), it["value"].take())).collect()
    }

    async fn record(&self, model: &str, key: &str) -> Value {
        self.records(model).await.into_iter().find(|it| it.0 == key).map(|it| it.1).unwrap_or_default()
    }

    async fn company(&self, corp_id: &str) -> Value {
        self.record(COMPANIES, &format!("{SUITE}/{corp_id}")).await
    }

    /// What WeCom told of such things, the newest first.
    async fn callbacks(&self, event: &str) -> Vec<Value> {
        let mut page = self.ask(SERVICE, "listCallBacks", json!({})).await;
        let records: Vec<Value> = serde_json::from_value(page["records"].take()).unwrap();
        records.into_iter().filter(|it| it["event"] == event).collect()
    }

    /// Waits until WeCom told it so many times, and what follows from it is done.
    async fn followed(&self, event: &str, times: usize) {
        let done = async || {
            let told = self.callbacks(event).await;
            told.len() == times && told.iter().all(|it| it["state"] == "done")
        };
        self.until(event, done).await;
    }

    /// Waits until it is so, for at most half a minute.
    async fn until(&self, what: &str, so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !so().await {
            assert!(Instant::now() < deadline, "waited in vain: {what}\n{:#?}", self.site.sim.pushes());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A code for a member, as one of WeCom's pages would give it to the app in this company.
    fn code(&self, corp_id: &str, user: &str) -> String {
        self.site.sim.issue_code(CodeFor::member(user).of(corp_id, self.agent(corp_id))).unwrap()
    }

    /// A state for those who come from outside; in Rust and on the command line none is needed.
    async fn state(&self, way: Way) -> Value {
        match way {
            Way::Http(_) => self.site.post(&format!("{TEMP_PATH}/getLoginConfig"), &json!({})).await.data()["state"].take(),
            Way::Rust | Way::Command => Value::Null,
        }
    }

    /// A login from the workbench, over HTTP; gives the session's token.
    async fn log_in(&self, user: &str) -> String {
        let state = self.state(Way::Http(Who::Anyone)).await;
        let args = json!({"corpId": CORP, "code": self.code(CORP, user), "state": state});
        let session = self.site.post(&format!("{SERVICE_PATH}/loginByWorkbench"), &args).await.data();
        session["token"].as_str().unwrap().to_owned()
    }

    /// Another config of an element, saved and taken over.
    async fn edit(&self, name: &str, config: &str) {
        put(&self.folder.path().join("apps"), &format!("demo/auths/{name}/{name}.json"), config);
        let snapshot = self.site.runtime.reload().await;
        assert!(snapshot.diagnostics().is_empty(), "{:?}", snapshot.diagnostics());
    }
}

fn put(apps: &Path, file: &str, text: &str) {
    let file = apps.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

const fn ways(who: Who) -> [Way; 3] {
    [Way::Rust, Way::Http(who), Way::Command]
}

/// What is done and told in all three ways, each with a site of its own; they have to come to the same. Gives it as one line.
async fn thrice(who: Who, act: impl AsyncFn(&Proxied, Way) -> Result<Value, String>) -> String {
    let mut lines = Vec::new();
    for way in ways(who) {
        let it = Proxied::temp().await;
        lines.push(match act(&it, way).await {
            Ok(result) => without_ports(&without_chance(&result)),
            Err(told) => told,
        });
    }
    assert!(lines.iter().all(|it| *it == lines[0]), "{lines:#?}");
    lines.swap_remove(0)
}
