//! Two hundred companies install an app on two hosts that share PostgreSQL: what WeCom pushes comes twice and out of order, and
//! one of the hosts is killed again and again at the worst moments.
use super::{
    KEY,
    servers::{Server, postgres},
    trap::{Balancer, Moment},
    until,
};
use crate::{
    cli::program::{Host, element},
    site::{AUTH_PATH, Ask, serve_wecom, try_send},
};
use element_host::commands::SIMULATED;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use wecom_sim::{CodeFor, Company, Disturbance, Effect, Fault, NewInstall, Options, Provider, Sim};

const COMPANIES: usize = 200;
const SUITE: &str = "dk7e57c0de00000002";
const LOGIN: &str = "/api/acme/demo/auths/Customers";
const TYPE: &str = "/api/acme/demo/auths/loginTypes/QywxProxyType";
const BROWSER: &str = "the browser of this test";

struct Story {
    sim: Sim,
    wecom: SocketAddr,
    postgres: Server,
    folder: TempDir,
    balancer: Balancer,
    /// The one that is killed.
    first: Arc<Mutex<Host>>,
    second: Host,
}

fn corp(number: usize) -> String {
    format!("ww{number:016x}")
}

impl Story {
    async fn new() -> Self {
        let company = |it| {
            let text = json!({
                "corpId": corp(it), "name": format!("Company {it}"), "departments": [{"id": 1, "name": "All"}],
                "members": [{"userId": "ann", "name": "Ann", "departments": [{"id": 1}]}],
                "apps": [{"agentId": 1_000_001, "secret": format!("secret-{it}")}],
            });
            Company::from_json(&text.to_string()).unwrap()
        };
        let options = Options { push_retry_ms: 200, ..Options::default() };
        let sim = Sim::new((0..COMPANIES).map(company).collect(), options);
        sim.put_provider(Provider::demo());
        let wecom = serve_wecom(sim.clone()).await;
        let (postgres, folder) = (postgres(), TempDir::new().unwrap());
        write_app(&folder);
        let start = |name| start(&folder, &postgres, wecom, name);
        let (first, second) = (start("first"), start("second"));
        let balancer = Balancer::of(vec![first.address, second.address]).await;
        Self { sim, wecom, first: Arc::new(Mutex::new(first)), second, balancer, postgres, folder }
    }

    fn restart(&self) {
        let host = start(&self.folder, &self.postgres, self.wecom, "first");
        self.balancer.first(host.address);
        *self.first.lock().unwrap() = host;
    }

    fn install(&self, number: usize) {
        self.sim.install(SUITE, &corp(number), NewInstall::default()).unwrap();
    }

    async fn ask(&self, ask: Ask) -> Value {
        let admin = fs::read_to_string(self.folder.path().join("second/admin.token")).unwrap();
        let reply = try_send(self.second.address, &ask.bearer(admin.trim())).await.unwrap();
        reply.json().unwrap()
    }

    /// All callbacks that are kept.
    async fn kept(&self) -> Vec<Value> {
        let list = self.ask(Ask::get("/callbacks?app=acme.demo&limit=1000")).await;
        list["records"].as_array().unwrap_or_else(|| panic!("{list}")).clone()
    }

    /// Waits until everything is delivered that WeCom pushed, and done.
    async fn quiet(&self) {
        self.sim.pushes_done().await;
        let waiting = async || self.ask(Ask::get("/callbacks?app=acme.demo&state=waiting&limit=1")).await;
        until("everything is done", async || waiting().await["records"].as_array().is_some_and(Vec::is_empty)).await;
    }

    /// A company installs the app, and the first host is killed on the way. It comes up again; what it had begun goes on when its
    /// lease is over.
    async fn kill(&self, number: usize, moment: Moment) {
        let first = Arc::clone(&self.first);
        self.balancer.set(moment, move || first.lock().unwrap().signal("KILL"));
        self.install(number);
        until("the trap has shut", async || !self.balancer.is_set()).await;
        self.sim.pushes_done().await;
        self.restart();
    }

    /// Logs somebody in, inside WeCom or by QR code. Gives the number and text of a refusal.
    async fn log_in(&self, corp_id: &str, auth_corp_id: &str, agent_id: u32, workbench: bool) -> Result<String, String> {
        let post = async |path: String, args: Value| {
            let ask = Ask::post(path, &args.to_string()).browser(BROWSER);
            let mut reply = try_send(self.balancer.address, &ask).await.ok_or("no answer")?.json().ok_or("no JSON")?;
            if reply["errcode"] == 0 { Ok(reply["data"].take()) } else { Err(reply["errcode"].to_string()) }
        };
        let config = post(format!("{LOGIN}/getLoginConfig"), json!({"corpId": auth_corp_id})).await?;
        assert_eq!(config["agentId"], agent_id.to_string(), "{config}");
        let code = self.sim.issue_code(CodeFor::member("ann").of(corp_id, agent_id)).unwrap();
        let args = json!({"corpId": auth_corp_id, "code": code, "state": config["state"]});
        let session = if workbench {
            post(format!("{TYPE}/services/QywxProxyAuthService/loginByWorkbench"), args).await?
        } else {
            let who = post(format!("{LOGIN}/getLoginCode"), args).await?;
            post(format!("{AUTH_PATH}/loginByCode"), json!({"loginCode": who["loginCode"]})).await?
        };
        Ok(session["user"]["name"].as_str().unwrap_or_default().to_owned())
    }
}

fn write_app(folder: &TempDir) {
    let login = folder.path().join("apps/demo/auths/Customers");
    fs::create_dir_all(&login).unwrap();
    fs::write(folder.path().join("apps/demo/app.json"), r#"{"appId": "acme.demo"}"#).unwrap();
    fs::write(login.join("e.json"), r#"{"title": "Customers", "type": "auths.loginTypes.QywxProxyType"}"#).unwrap();
    let config = json!({
        "authConfig": {
            "suiteId": SUITE, "suiteSecret": "demo-secret-of-the-template-which-is-not-real", "token": "DemoTemplateToken",
            "encodingAESKey": "demoTemplateKeyThatIsInTheSource00000000001", "provider": {"corpId": "ww7e57c0de00000001"},
        },
    });
    fs::write(login.join("Customers.json"), config.to_string()).unwrap();
}

fn start(folder: &TempDir, postgres: &Server, wecom: SocketAddr, name: &str) -> Host {
    let mut command = element(&["serve", "--listen", "127.0.0.1:0", "--rate-limit", "0"]);
    command.arg(folder.path().join("apps")).arg("--data").arg(folder.path().join(name));
    command.args(["--public-url", "https://login.acme.test"]);
    command.env("ELEMENT_STORE", format!("postgres://element:hunter2@127.0.0.1:{}/element", postgres.port));
    command.env("ELEMENT_MASTER_KEY", KEY);
    for setting in SIMULATED {
        command.env(setting, format!("http://{wecom}"));
    }
    Host::without_simulator(&mut command)
}

/// The number of companies, by what became of it.
const CANCELLED: std::ops::Range<usize> = 40..60;
const RESET: std::ops::Range<usize> = 60..80;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_companies_install_and_nothing_is_lost() {
    let story = Story::new().await;
    let sim = &story.sim;
    let notify = format!("http://{}{TYPE}/services/QywxProxyAuthService/notify", story.balancer.address);
    sim.save_template_callback(SUITE, &notify).await.unwrap();

    // Ten at a time come twice, and then in another order, with tickets among them.
    let disturbed = |numbers: std::ops::Range<usize>, act: &dyn Fn(usize)| {
        for number in numbers {
            match number % 20 {
                0 => sim.disturb_pushes(Disturbance::Twice { times: 10 }).map(drop).unwrap(),
                10 => sim.disturb_pushes(Disturbance::Reverse { times: 8 }).map(drop).unwrap(),
                4 | 14 => {
                    // WeCom tells the time of a ticket in seconds.
                    sim.advance(Duration::from_secs(1));
                    sim.push_ticket(SUITE).unwrap();
                }
                _ => {}
            }
            act(number);
        }
        sim.clear_disturbances();
    };
    disturbed(0..100, &|it| story.install(it));
    story.quiet().await;
    // Whoever is killed cannot have finished what it worked at: WeCom is slow to answer.
    let path = "/cgi-bin/service/v2/get_permanent_code".to_owned();
    sim.add_fault(Fault { path, times: 1_000, latency_ms: 1_500, effect: Effect::None }).unwrap();
    let moments = [Moment::Received(Duration::ZERO), Moment::Received(Duration::from_millis(20))];
    for (number, moment) in (100..).zip(moments.into_iter().chain([Moment::Answered; 2])) {
        story.kill(number, moment).await;
    }
    sim.clear_faults();
    disturbed(104..COMPANIES, &|it| story.install(it));
    disturbed(CANCELLED, &|it| sim.cancel_install(SUITE, &corp(it)).unwrap());
    disturbed(RESET, &|it| drop(sim.reset_install(SUITE, &corp(it)).unwrap()));
    story.quiet().await;

    // The end is what WeCom knows.
    let args = json!({"filter": {"state": "authorized"}, "limit": 1000}).to_string();
    let companies = story.ask(Ask::post(format!("{TYPE}/QywxProxyCompanyModel/query"), &args)).await;
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let ours: BTreeSet<(String, String)> = companies["data"]["records"]
        .as_array()
        .unwrap_or_else(|| panic!("{companies}"))
        .iter()
        .map(|it| (text(&it["value"]["corpId"]), text(&it["value"]["agentId"])))
        .collect();
    let installs = sim.installs(SUITE);
    let theirs = installs.iter().map(|it| (it.auth_corp_id.clone(), it.agent_id.to_string())).collect();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), COMPANIES - CANCELLED.len());

    // Whatever WeCom pushed is kept, once, and done.
    let mut pushed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for it in sim.pushes() {
        pushed.entry(it.event).or_default().insert(it.document);
    }
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for it in story.kept().await {
        assert_eq!(it["state"], "done", "{it}");
        *kept.entry(text(&it["event"])).or_default() += 1;
    }
    let pushed: BTreeMap<String, usize> = pushed.into_iter().map(|(event, all)| (event, all.len())).collect();
    assert_eq!(kept, pushed);
    assert_eq!((kept["create_auth"], kept["cancel_auth"], kept["reset_permanent_code"]), (COMPANIES, 20, 20));

    for it in &installs {
        for workbench in [true, false] {
            let name = story.log_in(&it.corp_id, &it.auth_corp_id, it.agent_id, workbench).await;
            assert_eq!(name.as_deref(), Ok("Ann"), "{}", it.corp_id);
        }
    }
    let all = story
        .ask(Ask::post(
            format!("{TYPE}/QywxProxyCompanyModel/query"),
            &json!({"filter": {"state": "cancelled"}}).to_string(),
        ))
        .await;
    let gone = all["data"]["records"].as_array().unwrap();
    assert_eq!(gone.len(), CANCELLED.len(), "{all}");
    for it in gone {
        let args = json!({"corpId": it["value"]["corpId"]});
        let reply = try_send(
            story.balancer.address,
            &Ask::post(format!("{LOGIN}/getLoginConfig"), &args.to_string()).browser(BROWSER),
        )
        .await;
        assert_eq!(reply.unwrap().json().unwrap()["errcode"], 20112);
    }
}
