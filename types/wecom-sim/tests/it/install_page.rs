//! The page of a customer's administrator, and the provider on the simulator's own page: by forms alone.

use serde_json::json;
use wecom_sim::{Company, NewInstall, Options, Provider};

use crate::receiver::{Next, Receiver};
use crate::suite::SUITE;
use crate::{Answer, CORP, World};

/// A page holds every part.
fn holds(answer: &Answer, parts: &[&str]) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    for part in parts {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
}

impl World {
    /// Sends a form and goes where it leads.
    async fn form_and_on(&self, path: &str, body: &str) -> Answer {
        let answer = self.form(path, &format!("{body}&lang=en"), &[]).await;
        assert_eq!(answer.status, 303, "{path} {body}: {}", answer.body);
        self.get(answer.header("location")).await
    }
}

#[tokio::test]
async fn a_template_is_installed_changed_reset_and_cancelled() {
    let world = World::suited(Options::default()).await;
    let asked = format!("/sim/install?suite_id={SUITE}&state=S1&lang=en");
    let companies = world.get(&asked).await;
    let corp = format!("/sim/install?suite_id={SUITE}&#38;state=S1&#38;lang=en&#38;corp_id={CORP}");
    holds(&companies, &["Demo 代开发 asks to be authorized", "Acme Demo", &corp]);
    let page = world.get(&format!("{asked}&corp_id={CORP}")).await;
    holds(
        &page,
        &["state: S1", r#"action="/sim/install""#, r#"name="state" value="S1""#, "The template has no callback address"],
    );

    let here = format!("suite_id={SUITE}&corp_id={CORP}");
    let done = world.form_and_on("/sim/install", &format!("{here}&state=S1&departments=2%EF%BC%8C+3&members=WangWu")).await;
    let known_as = world.sim.installs(SUITE)[0].auth_corp_id.clone();
    holds(&done, &["Authorized.", "agentid 1000005", &known_as, r#"value="2, 3""#, r#"value="WangWu""#, "checked"]);
    assert_eq!(world.sim.installs(SUITE)[0].state.as_deref(), Some("S1"));
    holds(&world.get(&asked).await, &[&format!("{CORP} · installed")]);

    let app = || world.sim.companies()[0].apps().last().unwrap().clone();
    let done = world.form_and_on("/sim/install/change", &format!("{here}&departments=&members=")).await;
    holds(&done, &["Changed.", r#"name="departments" value="1""#]);
    assert!(!app().enabled && app().visible_range.unwrap().departments == [1]);
    holds(&world.form_and_on("/sim/install/change", &format!("{here}&enabled=1&members=lisi")).await, &["Changed."]);
    assert!(app().enabled && app().visible_range.unwrap().members == ["lisi"]);
    holds(&world.form_and_on("/sim/install/reset", &here).await, &["Reset."]);
    holds(&world.form_and_on("/sim/install/cancel", &here).await, &["Cancelled.", r#"id="authorize""#]);
    assert!(world.sim.installs(SUITE).is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_a_page() {
    let world = World::suited(Options::default()).await;
    let here = format!("suite_id={SUITE}&corp_id={CORP}&lang=en");
    for (path, form, parts) in [
        ("/sim/install?suite_id=dk0&lang=en", "", &["There is no template dk0", SUITE][..]),
        (&format!("/sim/install?suite_id={SUITE}&corp_id=wwx&lang=en"), "", &["There is no company wwx", CORP]),
        (&format!("/sim/install?{here}&until=1"), "", &["This installation link has expired"]),
        ("/sim/install", "corp_id=x&lang=en", &["The parameter suite_id is missing"]),
        ("/sim/install", &format!("suite_id={SUITE}&lang=en"), &["The parameter corp_id is missing"]),
        ("/sim/install", &format!("{here}&departments=two"), &["Not done", "Departments have numbers for ids"]),
        ("/sim/install", &format!("{here}&members=nobody"), &["visibleRange: there is no member `nobody`"]),
        ("/sim/install/change", &here, &["Not done", "has not installed"]),
        ("/sim/install/reset", &here, &["has not installed"]),
        ("/sim/install/cancel", &here, &["has not installed"]),
        ("/sim/provider/ticket", "suite_id=dk0&lang=en", &["there is no template `dk0`"]),
        ("/sim/provider/callback", &format!("suite_id={SUITE}&lang=en"), &["The parameter url is missing"]),
    ] {
        let answer = if form.is_empty() { world.get(path).await } else { world.form(path, form, &[]).await };
        holds(&answer, parts);
    }
    let foreign = [("origin", "http://evil.example")];
    for path in
        ["/sim/install", "/sim/install/change", "/sim/install/reset", "/sim/install/cancel", "/sim/provider/callback"]
    {
        assert_eq!(world.form(path, &here, &foreign).await.status, 403, "{path}");
    }
    assert!(world.sim.installs(SUITE).is_empty());
    holds(&World::demo().await.get("/sim/install?lang=en").await, &["There is no provider"]);
    let evil = world.get(&format!("/sim/install?{here}&state=%22%3E%3Cscript%3E")).await;
    assert!(!evil.body.contains("<script>"), "{}", evil.body);
}

#[tokio::test]
async fn an_address_from_the_provider_leads_there() {
    let world = World::suited(Options::default()).await;
    let mut two = serde_json::from_str::<serde_json::Value>(include_str!("../../src/provider.json")).unwrap();
    let mut second = two["templates"][0].clone();
    second["suiteId"] = "dk0000000000000003".into();
    second["name"] = "Second".into();
    two["templates"].as_array_mut().unwrap().push(second);
    world.sim.put_provider(Provider::from_json(&two.to_string()).unwrap());
    let path = "service/get_customized_auth_url?provider_access_token={P}";
    let asked = |state: &str, ids: &[&str]| json!({ "state": state, "templateid_list": ids });
    world
        .errcodes(&[
            (path, asked("S1", &[]), 84019),
            (path, asked("S1", &["dk0"]), 84020),
            (path, asked("S1", &[SUITE; 10]), 40058),
            (path, asked("S-1", &[SUITE]), 84025),
            (path, asked(&"s".repeat(33), &[SUITE]), 84025),
            (path, asked("", &[SUITE]), 0),
        ])
        .await;
    let path = path.replace("{P}", &world.provider_token().await);
    let answer = world.post(&path, &asked("S1", &[SUITE, "dk0000000000000003"])).await.json();
    assert_eq!(answer["expires_in"], 864_000);
    let address = answer["qrcode_url"].as_str().unwrap().strip_prefix(&world.base).unwrap().to_owned();
    let page = world.get(&format!("{address}&lang=en")).await;
    holds(&page, &["Choose a template to install", "Second", "state=S1"]);
    let one = world.post(&path, &asked("S1", &[SUITE])).await.json();
    let one = one["qrcode_url"].as_str().unwrap().strip_prefix(&world.base).unwrap().to_owned();
    holds(&world.get(&format!("{one}&lang=en")).await, &["As the administrator of which company?"]);
    world.sim.advance(std::time::Duration::from_secs(864_000));
    holds(&world.get(&format!("{one}&lang=en")).await, &["This installation link has expired"]);
}

#[tokio::test]
async fn the_own_page_shows_the_provider() {
    let world = World::suited(Options::default()).await;
    world.sim.put_company(
        Company::from_json(r#"{"corpId":"wwother","name":"Other","apps":[{"agentId":1,"secret":"private"}]}"#).unwrap(),
    );
    let page = world.get("/?lang=en").await;
    let secrets = ["demo-secret-of-the-template-which-is-not-real", "DemoTemplateToken", "no company has installed it yet"];
    holds(&page, &secrets);
    let receiver = Receiver::for_template().await;
    let url: String = url::form_urlencoded::byte_serialize(receiver.callback.url.as_bytes()).collect();
    receiver.then(&[Next::Status(500, "down")]);
    let refused = world.form("/sim/provider/callback", &format!("suite_id={SUITE}&url={url}&lang=en"), &[]).await;
    holds(&refused, &["The address was not saved", "answered 500 with &#34;down&#34;", "/?lang=en#provider"]);
    let made = world.form_and_on("/sim/provider/ticket", &format!("suite_id={SUITE}")).await;
    holds(&made, &["A suite_ticket was made; without a callback address nobody was told."]);
    let saved = world.form_and_on("/sim/provider/callback", &format!("suite_id={SUITE}&url={url}")).await;
    holds(&saved, &["The address is verified and saved", &format!(r#"value="{}""#, receiver.callback.url), "s ago</dd>"]);
    let pushed = world.form_and_on("/sim/provider/ticket", &format!("suite_id={SUITE}")).await;
    holds(&pushed, &["A suite_ticket was pushed."]);
    assert_eq!(receiver.got(&world.sim).await.len(), 4, "two verifications and two tickets");
    world.sim.install(SUITE, "wwother", NewInstall::default()).unwrap();
    let page = world.get("/?lang=en").await;
    let installed = &world.sim.installs(SUITE)[0];
    let ids = format!("wwother · agentid 1000002 · {}", installed.auth_corp_id);
    holds(&page, &[&ids, "<dd>customized (代开发)</dd>", "<dd>those of its provider</dd>"]);
    assert!(!world.get("/").await.body.contains("private"));
    assert!(!World::demo().await.get("/").await.body.contains("id=\"provider\""));
}
