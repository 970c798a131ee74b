//! The simulator's own page and the overview that it asks for: what they tell, to whom, and how much of it.

use std::time::Duration;

use serde_json::{Value, json};
use wecom_sim::{CodeFor, Company, Limits, Options, Sim};

use crate::{CORP, DEMO, OLD, SECOND, World, client_that_stays, secret};

impl World {
    pub(crate) async fn overview(&self) -> Value {
        self.get("/sim/overview").await.json()
    }

    /// One that serves these companies.
    pub(crate) async fn of(companies: &[Value]) -> Self {
        let world = Self::demo().await;
        for company in companies {
            world.sim.put_company(Company::from_json(&company.to_string()).unwrap());
        }
        world
    }
}

/// Takes the seconds that are left out of a list, having seen that they are `expected` or just below.
fn without_seconds(list: &Value, expected: &[u64]) -> Value {
    let mut shown = list["shown"].clone();
    for (row, expected) in shown.as_array_mut().unwrap().iter_mut().zip(expected) {
        let left = row.as_object_mut().unwrap().remove("expiresIn").unwrap();
        let left = left.as_u64().unwrap();
        assert!(left <= *expected && expected - left < 30, "{left} of {expected}: {row}");
    }
    assert_eq!(shown.as_array().unwrap().len(), expected.len(), "{list}");
    shown
}

/// What is told of a text that must not be told.
fn begins(text: &str) -> String {
    format!("{}…", &text[..6])
}

#[tokio::test]
async fn the_overview_tells_what_is_in_the_air() {
    let world = World::demo().await;
    let before = world.overview().await;
    for (list, empty) in [
        ("tokens", json!({ "count": 0, "expired": 0, "shown": [] })),
        ("codes", json!({ "count": 0, "shown": [] })),
        ("tickets", json!({ "count": 0, "shown": [] })),
        ("qrLogins", json!({ "count": 0, "shown": [] })),
        ("faults", json!({ "count": 0, "shown": [] })),
        ("pushes", json!({ "count": 0, "waiting": 0, "last": 0 })),
        ("limits", json!(Limits::default())),
        ("journal", json!({ "entries": 0, "last": 0 })),
        ("aheadMs", json!(0)),
    ] {
        assert_eq!(before[list], empty, "{list}");
    }

    let (second, demo) = (world.token(SECOND).await, world.token(DEMO).await);
    let old = world.token(OLD).await;
    world.control("POST /sim/tokens/expire", &format!(r#"{{"agentId":{OLD}}}"#)).await;
    let key = world.key().await;
    world.sim.scan(&key, "lisi").unwrap();
    let fault = r#"{"path":"/cgi-bin/user/get","times":2,"errcode":-1}"#;
    world.control("POST /sim/faults", fault).await;
    world.control("POST /sim/clock", r#"{"advanceMs":60000}"#).await;
    let used = world.sim.issue_code(CodeFor::member("zhangsan")).unwrap();
    world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={demo}&code={used}")).await;
    let code = world.sim.issue_code(CodeFor::member("lisi").of(CORP, SECOND)).unwrap();

    let now = world.overview().await;
    let of = |agent: u32, text: &str| json!({ "corpId": CORP, "agentId": agent, "begins": begins(text) });
    let tokens = without_seconds(&now["tokens"], &[7140, 7140, 0]);
    assert_eq!(tokens, json!([of(DEMO, &demo), of(SECOND, &second), of(OLD, &old)]));
    assert_eq!((&now["tokens"]["count"], &now["tokens"]["expired"]), (&json!(2), &json!(1)));
    let mut issued = of(SECOND, &code);
    issued["who"] = json!("lisi");
    assert_eq!(without_seconds(&now["codes"], &[300]), json!([issued]));
    let login = json!({ "corpId": CORP, "agentId": DEMO, "key": key, "status": "QRCODE_SCAN_ING" });
    assert_eq!(without_seconds(&now["qrLogins"], &[240]), json!([login]));
    let fault: Value = serde_json::from_str(fault).unwrap();
    assert_eq!(now["faults"], json!({ "count": 1, "shown": [fault] }));
    assert_eq!(now["aheadMs"], 60000);
    assert!(now["now"].as_u64().unwrap().abs_diff(world.sim.now_ms()) < 30_000);
    assert_eq!(now["journal"], json!({ "entries": 5, "last": 5 }));
    world.control("DELETE /sim/journal", "").await;
    assert_eq!(world.overview().await["journal"], json!({ "entries": 0, "last": 5 }));

    assert_eq!(now["revision"], before["revision"]);
    world.control(&format!("PATCH /sim/companies/{CORP}/apps/{DEMO}"), r#"{"enabled":false}"#).await;
    assert_ne!(world.overview().await["revision"], before["revision"]);

    // What has expired is no longer waiting; of tokens it is still told.
    world.sim.advance(Duration::from_secs(7200));
    let later = world.overview().await;
    assert_eq!((&later["codes"]["count"], &later["qrLogins"]["count"]), (&json!(0), &json!(0)));
    assert_eq!((&later["tokens"]["count"], &later["tokens"]["expired"]), (&json!(0), &json!(3)));
}

#[tokio::test]
async fn nothing_whole_is_told() {
    let other = json!({ "corpId": "wwother", "name": "</script><script>x()", "members": [{ "userId": "ann", "name": "<b>Ann" }],
        "apps": [{ "agentId": 1, "name": "</script><script>y()", "secret": "private-and-nobodys-business" }] });
    let world = World::of(&[other]).await;
    let token = world.token(DEMO).await;
    let code = world.sim.issue_code(CodeFor::member("ann").of("wwother", 1)).unwrap();
    // A user ticket comes from a consent.
    let consent = format!(
        "appid={CORP}&redirect_uri=http%3A%2F%2Fapp.example%2F&response_type=code&scope=snsapi_privateinfo&agentid={DEMO}\
         &decision=agree&grant=mobile"
    );
    let client = [("user-agent", "wxwork"), ("cookie", "sim-member=zhangsan")];
    let agreed = world.form("/connect/oauth2/consent", &consent, &client).await;
    let consented = World::code(&agreed);
    let path = format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={consented}");
    let ticket = world.get(&path).await.json()["user_ticket"].as_str().unwrap().to_owned();

    let overview = world.overview().await;
    let held = json!({ "corpId": CORP, "agentId": DEMO, "begins": begins(&ticket), "who": "zhangsan" });
    assert_eq!(without_seconds(&overview["tickets"], &[1800]), json!([held]));
    assert_eq!(overview["codes"]["shown"][0]["who"], "ann");
    for path in ["/sim/overview", "/?lang=zh", "/?lang=en"] {
        let told = world.get(path).await.body;
        for hidden in
            [&token, &code, &consented, &ticket, "private-and-nobodys-business", "<script>x", "<script>y", "<b>Ann"]
        {
            assert!(!told.contains(hidden), "{path} tells {hidden}: {told}");
        }
    }
    let page = world.get("/").await.body;
    assert!(page.contains(secret(DEMO)), "the demo's is in the source: {page}");
    assert!(page.contains("<dt>Secret</dt><dd><code>***</code></dd>"), "{page}");
}

#[tokio::test]
async fn the_page_shows_companies_and_apps() {
    let world = World::demo().await;
    let patch = format!("PATCH /sim/companies/{CORP}/apps/{SECOND}");
    let change =
        r#"{"enabled":false,"trustedIps":["10.0.0.1","10.0.0.2"],"redirectDomains":["a.example"],"visibleRange":{}}"#;
    assert_eq!(world.control(&patch, change).await.status, 200);
    let page = world.get("/?lang=en").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").contains("script-src 'self'; "), "no script stands in it");
    for part in [
        "<h2>Acme Demo</h2>",
        &format!(r#"<code>{CORP}</code> · <span data-part="{CORP}-size">5 members, 4 departments</span>"#),
        "<dt>Kind</dt><dd>self-built</dd>",
        "<dt>Event callback</dt><dd>none</dd>",
        "<strong>Engineering</strong> <small>2 · 3 members</small>",
        r#"张三 <code>zhangsan</code> <span class="tag">leader</span>"#,
        r#"赵六 <code>zhaoliu</code> <span class="tag warning">disabled</span>"#,
        "<strong>Demo</strong> <small>agentid 1000002</small>",
        "<dt>Visible range</dt><dd>Engineering (2), Marketing (3)</dd>",
        "<dt>State</dt><dd>disabled</dd>",
        "<dt>Trusted addresses</dt><dd>10.0.0.1, 10.0.0.2</dd>",
        "<dt>Callback domains</dt><dd>a.example</dd>",
        "<dt>Visible range</dt><dd>nobody</dd>",
        r#"<time data-unix="1614564000">"#,
        r#"data-agent="1000004""#,
        r#"href="/?lang=zh" lang="zh-CN">中文"#,
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let chinese = world.get("/").await.body;
    assert!(chinese.contains("示例科技") && chinese.contains("已禁用"), "{chinese}");
    let english = world.client.get(&world.base).header("accept-language", "en-GB,en");
    assert!(world.send(english).await.body.contains("WeCom simulator"));
    for (path, location) in [
        ("/sim", "/"),
        ("/sim/", "/"),
        ("/sim/?lang=en", "/?lang=en"),
        ("/sim/watch", "/#journal"),
        ("/sim/watch?lang=zh-CN", "/?lang=zh#journal"),
        ("/sim/watch?lang=x%0d%0a", "/#journal"),
    ] {
        let answer = world.send(client_that_stays().get(format!("{}{path}", world.base))).await;
        assert_eq!((answer.status, answer.header("location")), (303, location), "{path}");
    }
}

#[tokio::test]
async fn both_are_for_this_machine_only() {
    let world = World::demo().await;
    let shut = World::listening("0.0.0.0:0", Options::default()).await;
    let open = World::listening("0.0.0.0:0", Options { public_control: true, ..Options::default() }).await;
    for path in ["/", "/sim/", "/sim/watch", "/sim/overview"] {
        for (world, host, allowed) in [
            (&world, "localhost", true),
            (&world, "evil.example", false),
            (&shut, "localhost", false),
            (&open, "wecom.test", true),
        ] {
            let request = client_that_stays().get(format!("{}{path}", world.base)).header("host", host);
            let answer = world.send(request).await;
            assert_eq!(answer.status != 403, allowed, "{path} as {host}: {}", answer.body);
            assert_eq!(answer.body.contains(CORP), allowed && path == "/", "{path} as {host}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_large_company_is_cut() {
    let departments = (1..=500_u32).map(|id| {
        let parent = if id == 1 { 0 } else { (id / 20).max(1) };
        json!({ "id": id, "name": format!("Department {id}"), "parentId": parent })
    });
    let members = (0..10_000).map(|it| {
        json!({ "userId": format!("member{it}"), "name": format!("成员{it}"), "departments": [{ "id": 1 + it % 500 }] })
    });
    let seen: Vec<_> = (0..1000).map(|it| format!("member{it}")).collect();
    let apps = (1..=100).map(|id| {
        let seen = if id == 1 { &seen[..] } else { &[] };
        json!({ "agentId": id, "secret": format!("s{id}"), "visibleRange": { "members": seen } })
    });
    let (departments, members): (Vec<_>, Vec<_>) = (departments.collect(), members.collect());
    let apps: Vec<_> = apps.collect();
    let large = json!({ "corpId": "wwlarge", "departments": departments, "members": members, "apps": apps });
    let companies = (0..30).map(|it| json!({ "corpId": format!("ww{it}"), "apps": [{ "agentId": 1, "secret": "s" }] }));
    let companies: Vec<_> = std::iter::once(large).chain(companies).collect();
    let world = World::of(&companies).await;
    for it in 0..60 {
        world.sim.issue_code(CodeFor::member(format!("member{it}")).of("wwlarge", 1)).unwrap();
    }
    let page = world.get("/?lang=en").await.body;
    assert!(page.len() < 250_000, "{} bytes", page.len());
    for part in [
        "10000 members, 500 departments",
        "<strong>Department 1</strong> <small>1 · 10000 members</small>",
        "20 more members<",
        " more departments<",
        "980 more<",
        " more apps<",
        "12 more companies ·",
    ] {
        assert!(page.contains(part), "{part} in {} bytes", page.len());
    }
    let overview = world.get("/sim/overview").await;
    assert!(overview.body.len() < 10_000, "{} bytes", overview.body.len());
    let codes = &overview.json()["codes"];
    assert_eq!((&codes["count"], codes["shown"].as_array().unwrap().len()), (&json!(60), 50));
}

#[tokio::test]
async fn a_simulator_without_a_company_has_a_page_too() {
    let sim = Sim::new(Vec::new(), Options::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, sim.router()).into_future());
    let world = World { sim, base, client: crate::client(None) };
    assert_eq!(world.get("/").await.status, 200);
    assert_eq!(world.overview().await["revision"], 0);
}
