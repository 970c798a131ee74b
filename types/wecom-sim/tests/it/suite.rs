//! Suite tickets and the tokens of a provider: who gets one, with what, and for how long.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};
use wecom_sim::{NewInstall, Options, Provider, Sim};

use crate::{Answer, CORP, DEMO, World};

pub(crate) const PROVIDER: &str = "ww7e57c0de00000001";
pub(crate) const SUITE: &str = "dk7e57c0de00000002";
pub(crate) const SUITE_SECRET: &str = "demo-secret-of-the-template-which-is-not-real";
const PROVIDER_SECRET: &str = "demo-secret-of-the-provider-which-is-not-real";

impl World {
    /// The demo and its provider.
    pub(crate) async fn suited(options: Options) -> Self {
        let world = Self::new(options).await;
        world.sim.put_provider(Provider::demo());
        world
    }

    /// A call with a body: `/cgi-bin/…`.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.control(&format!("POST /cgi-bin/{path}"), &body.to_string()).await
    }

    pub(crate) async fn suite_token(&self) -> String {
        let ticket = self.sim.push_ticket(SUITE).unwrap();
        let asked = json!({ "suite_id": SUITE, "suite_secret": SUITE_SECRET, "suite_ticket": ticket });
        let answer = self.post("service/get_suite_token", &asked).await;
        answer.json()["suite_access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }

    pub(crate) async fn provider_token(&self) -> String {
        let asked = json!({ "corpid": PROVIDER, "provider_secret": PROVIDER_SECRET });
        let answer = self.post("service/get_provider_token", &asked).await;
        answer.json()["provider_access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }

    /// Installs the template in the demo company; the permanent code, and an access token for it.
    pub(crate) async fn installed(&self, new: NewInstall) -> (String, String) {
        let auth_code = self.sim.install(SUITE, CORP, new).unwrap().auth_code;
        let suite_token = self.suite_token().await;
        let path = format!("service/v2/get_permanent_code?suite_access_token={suite_token}");
        let answer = self.post(&path, &json!({ "auth_code": auth_code })).await;
        let code = answer.json()["permanent_code"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned();
        let token = self.get(&format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={code}")).await.json();
        (code, token["access_token"].as_str().unwrap().to_owned())
    }

    /// Each call answers this errcode, in this order. `{S}`, `{P}` and `{T}` in it are tokens of the
    /// template, of the provider and of the demo app.
    pub(crate) async fn errcodes(&self, cases: &[(&str, Value, i64)]) {
        let (suite, provider, app) = (self.suite_token().await, self.provider_token().await, self.token(DEMO).await);
        for (path, body, expected) in cases {
            let called = path.replace("{S}", &suite).replace("{P}", &provider).replace("{T}", &app);
            let answer = self.post(&called, body).await;
            assert_eq!(answer.status, 200, "{path} {body}");
            assert_eq!(answer.json()["errcode"].as_i64().unwrap_or(0), *expected, "{path} {body}: {}", answer.body);
        }
    }
}

fn minutes(sim: &Sim, minutes: u64) {
    sim.advance(Duration::from_secs(minutes * 60));
}

#[tokio::test]
async fn a_suite_token_wants_all_three() {
    let world = World::suited(Options::default()).await;
    let ticket = world.sim.push_ticket(SUITE).unwrap();
    let asked =
        |id: &str, secret: &str, ticket: &str| json!({ "suite_id": id, "suite_secret": secret, "suite_ticket": ticket });
    let path = "service/get_suite_token";
    world
        .errcodes(&[
            (path, json!({}), 41021),
            (path, asked(SUITE, "", &ticket), 41024),
            (path, asked(SUITE, SUITE_SECRET, ""), 41023),
            (path, asked("dk0000000000000000", SUITE_SECRET, &ticket), 40083),
            (path, asked(SUITE, PROVIDER_SECRET, &ticket), 40080),
            (path, asked(SUITE, SUITE_SECRET, "ticket"), 40085),
            (path, asked(SUITE, SUITE_SECRET, &ticket), 0),
        ])
        .await;
    let first = world.post(path, &asked(SUITE, SUITE_SECRET, &ticket)).await.json();
    assert_eq!(first["suite_access_token"].as_str().unwrap().len(), 200);
    assert!(first["expires_in"].as_u64().unwrap() > 7170 && first.as_object().unwrap().len() == 2, "{first}");
    let again = world.post(path, &asked(SUITE, SUITE_SECRET, &ticket)).await.json();
    assert_eq!(again["suite_access_token"], first["suite_access_token"], "the same inside the window");
}

#[tokio::test]
async fn tickets_grow_old_and_only_three_are_taken() {
    let world = World::suited(Options::default()).await;
    let mut tickets = Vec::new();
    for _ in 0..4 {
        tickets.push(world.sim.push_ticket(SUITE).unwrap());
        minutes(&world.sim, 10);
    }
    // Of forty, thirty, twenty and ten minutes ago.
    let good = async |tickets: &[String]| {
        let mut good = Vec::new();
        for ticket in tickets {
            let asked = json!({ "suite_id": SUITE, "suite_secret": SUITE_SECRET, "suite_ticket": ticket });
            let answer = world.post("service/get_suite_token", &asked).await.json();
            good.push(answer["errcode"].is_null());
            assert!(answer["errcode"].is_null() || answer["errcode"] == 40085, "{answer}");
        }
        good
    };
    assert_eq!(good(&tickets).await, [false, false, true, true]);
    tickets.extend([world.sim.push_ticket(SUITE).unwrap(), world.sim.push_ticket(SUITE).unwrap()]);
    assert_eq!(good(&tickets[2..]).await, [false, true, true, true], "the latest three");
    assert!(world.sim.push_ticket("dk0").unwrap_err().to_string().contains(&format!("write a suiteId of: {SUITE}")));
}

#[tokio::test]
async fn a_provider_token_wants_the_providers_secret() {
    let world = World::suited(Options::default()).await;
    let path = "service/get_provider_token";
    let asked = |id: &str, secret: &str| json!({ "corpid": id, "provider_secret": secret });
    world
        .errcodes(&[
            (path, json!({ "provider_secret": PROVIDER_SECRET }), 41002),
            (path, asked(PROVIDER, ""), 41024),
            (path, asked(CORP, PROVIDER_SECRET), 40013),
            (path, asked(PROVIDER, SUITE_SECRET), 40001),
            (path, asked(&PROVIDER.to_uppercase(), PROVIDER_SECRET), 0),
        ])
        .await;
    assert_eq!(world.provider_token().await, world.provider_token().await);
    let nobody = World::demo().await;
    assert_eq!(nobody.post(path, &asked(PROVIDER, PROVIDER_SECRET)).await.errcode(), 40013);
}

#[tokio::test]
async fn a_token_of_one_kind_is_none_of_another() {
    let world = World::suited(Options::default()).await;
    world
        .errcodes(&[
            ("user/get?access_token={S}&userid=zhangsan", json!({}), 40014),
            ("user/get?access_token={P}&userid=zhangsan", json!({}), 40014),
            ("service/get_pre_auth_code?suite_access_token={T}", json!({}), 40082),
            ("service/get_pre_auth_code?suite_access_token={P}", json!({}), 40082),
            ("service/get_pre_auth_code?access_token={S}", json!({}), 41022),
            ("service/get_pre_auth_code?suite_access_token={S}", json!({}), 0),
            ("service/corpid_to_opencorpid?provider_access_token={S}", json!({ "corpid": CORP }), 40014),
            ("service/corpid_to_opencorpid?provider_access_token={T}", json!({ "corpid": CORP }), 40014),
            ("service/corpid_to_opencorpid?access_token={P}", json!({ "corpid": CORP }), 41001),
            ("service/auth/getuserinfo3rd?suite_access_token={S}&code=c", json!({}), 48002),
            ("service/auth/getuserinfo3rd?code=c", json!({}), 41022),
            ("service/getuserdetail3rd?suite_access_token={S}", json!({}), 48002),
        ])
        .await;
    let (suite, provider) = (world.suite_token().await, world.provider_token().await);
    minutes(&world.sim, 120);
    let expired = [
        (format!("service/get_pre_auth_code?suite_access_token={suite}"), 42009),
        (format!("service/corpid_to_opencorpid?provider_access_token={provider}"), 42001),
    ];
    for (path, expected) in expired {
        assert_eq!(world.post(&path, &json!({})).await.errcode(), expected, "{path}");
    }
    // Another secret ends the tokens of the old one.
    let suite = world.suite_token().await;
    let mut other: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    other["templates"][0]["secret"] = "another-secret".into();
    assert!(world.sim.put_provider(Provider::from_json(&other.to_string()).unwrap()));
    let path = format!("service/get_pre_auth_code?suite_access_token={suite}");
    assert_eq!(world.post(&path, &json!({})).await.errcode(), 40082);
}

#[tokio::test]
async fn the_providers_addresses_are_trusted() {
    let world = World::suited(Options { trusted_ip_delay: Duration::from_secs(60), ..Options::default() }).await;
    let (_, token) = world.installed(NewInstall::default()).await;
    let (suite, provider) = (world.suite_token().await, world.provider_token().await);
    let mut body: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    body["trustedIps"] = json!(["127.0.0.2"]);
    assert_eq!(world.control("PUT /sim/provider", &body.to_string()).await.json()["replaced"], true);
    let calls = [
        format!("service/get_pre_auth_code?suite_access_token={suite}"),
        format!("service/get_customized_auth_url?provider_access_token={provider}"),
        format!("agent/get_permissions?access_token={token}"),
    ];
    let before = [0, 84019, 0];
    for (call, expected) in calls.iter().zip(before) {
        assert_eq!(world.post(call, &json!({})).await.errcode(), expected, "it takes a minute: {call}");
    }
    minutes(&world.sim, 1);
    for call in &calls {
        assert_eq!(world.post(call, &json!({})).await.errcode(), 60020, "{call}");
    }
    let ticket = world.sim.push_ticket(SUITE).unwrap();
    let asked = json!({ "suite_id": SUITE, "suite_secret": SUITE_SECRET, "suite_ticket": ticket });
    assert_eq!(world.post("service/get_suite_token", &asked).await.errcode(), 60020);
    // A company's own apps have lists of their own.
    assert_eq!(
        world.get(&format!("/cgi-bin/user/get?userid=lisi&access_token={}", world.token(DEMO).await)).await.errcode(),
        0
    );
    let near = World { client: crate::client(Some(IpAddr::from([127, 0, 0, 2]))), ..world };
    for (call, expected) in calls.iter().zip(before) {
        assert_eq!(near.post(call, &json!({})).await.errcode(), expected, "{call}");
    }
}

#[test]
fn a_provider_is_checked() {
    let good: Value = serde_json::from_str(include_str!("../../src/provider.json")).unwrap();
    let with = |path: &str, value: Value| {
        let mut wrong = good.clone();
        *wrong.pointer_mut(path).unwrap() = value;
        wrong.to_string()
    };
    let mut unknown = good.clone();
    unknown["templates"][0]["suite"] = 1.into();
    let mut twice = good.clone();
    twice["templates"] = json!([good["templates"][0], good["templates"][0]]);
    for (text, expected) in [
        ("{}".to_owned(), "this is not a provider: missing field `corpId`"),
        (unknown.to_string(), "unknown field `suite`, expected one of `suiteId`"),
        (with("/corpId", json!("w w")), "corpId must be 1 to 64"),
        (with("/secret", json!("***")), "provider ww7e57c0de00000001: secret is a text without spaces, and not the mask"),
        (
            with("/templates/0/suiteId", json!("ww0123456789abcdef")),
            "template `ww0123456789abcdef`: suiteId must be `dk` and",
        ),
        (with("/templates/0/suiteId", json!("dk0123456789ABCDEF")), "suiteId must be `dk` and 16 hexadecimal digits"),
        (with("/templates/0/secret", json!("")), "template `dk7e57c0de00000002`: secret is a text"),
        (with("/templates/0/token", json!("-")), "token must be 1 to 32 letters and digits"),
        (with("/templates/0/encodingAESKey", json!("short")), "encodingAESKey must be 43"),
        (twice.to_string(), "suiteId is there twice"),
    ] {
        let error = Provider::from_json(&text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let mut address = good.clone();
    address["templates"][0]["callbackUrl"] = "ftp://a/".into();
    assert!(Provider::from_json(&address.to_string()).unwrap_err().contains("must be http:// or https://"));
    let demo = Provider::demo();
    assert_eq!((demo.corp_id(), demo.templates()[0].suite_id.as_str()), (PROVIDER, SUITE));
    assert!(!format!("{demo:?}").contains(SUITE_SECRET));
}
