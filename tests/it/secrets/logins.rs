//! Codes, tokens and sessions of logins that went well, and of logins that did not.
use super::{check, log};
use crate::{
    pages::Person,
    site::{AUTH_PATH, Ask, DEMO, DEMO_PATH, Site},
};
use element::Caller;
use element_engine::Invocation;
use serde_json::{Value, json};
use wecom_sim::{Effect, Fault};

const SECRETS_OF_THE_DEMO: [&str; 3] = [
    "demo-secret-of-the-simulator-not-real-one-0",
    "demo-secret-of-the-second-app-not-a-real-10",
    "demo-secret-of-an-app-of-2021-not-a-real-10",
];

fn text(it: &Value) -> String {
    it.as_str().unwrap().to_owned()
}

/// How often `secret` was answered over HTTP.
fn answered(site: &Site, secret: &str) -> usize {
    String::from_utf8_lossy(&site.answered.lock().unwrap()).matches(secret).count()
}

#[tokio::test]
async fn a_login_leaves_no_proof_behind() {
    log::listen();
    let site = Site::demo().await;
    let (get, trade) = (format!("{DEMO_PATH}/getLoginConfig"), format!("{DEMO_PATH}/getLoginCode"));
    let state = text(&site.post(&get, &json!({})).await.data()["state"]);
    let code = site.code("zhangsan");
    let who = site.post(&trade, &json!({"code": code, "state": state})).await.data();
    let login_code = text(&who["loginCode"]);
    let session = site.post(&format!("{AUTH_PATH}/loginByCode"), &json!({"loginCode": login_code})).await.data();
    let session = text(&session["token"]);

    // The same once more, and as others would try it.
    for args in [json!({"code": code, "state": state}), json!({"code": code}), json!({"cod": code, "state": state})] {
        site.post(&trade, &args).await;
    }
    site.post(&format!("{AUTH_PATH}/loginByCode"), &json!({"loginCode": login_code})).await;
    site.post(&format!("{AUTH_PATH}/loginByCode"), &json!({"loginCode": [login_code]})).await;
    for path in [format!("{DEMO_PATH}/getUserInfo"), format!("{AUTH_PATH}/currentUser"), "/readyz".into(), "/".into()] {
        site.send(&Ask::post(&path, r#"{"userId": "zhangsan"}"#).bearer(&session)).await;
        site.send(&Ask::post(&path, r#"{"userId": "lisi"}"#).bearer(&session)).await;
    }
    site.post(&format!("{AUTH_PATH}/logout"), &json!({"token": session})).await;
    let admin = site.admin.expose().to_owned();
    let token = text(&site.element(DEMO).unwrap().call("getAccessToken", json!({})).await.unwrap());

    assert_eq!(answered(&site, &login_code), 1, "handed out once");
    assert_eq!(answered(&site, &session), 1, "handed out once");
    assert_eq!((answered(&site, &code), answered(&site, &token), answered(&site, &admin)), (0, 0, 0));
    let debug = format!("{:?} {:?} {:?}", site.runtime, site.runtime.store(), site.sim);
    check(&[state, code, login_code, session, token, admin], &[("Debug", debug)]);
}

#[tokio::test]
async fn pages_leave_no_proof_behind_either() {
    log::listen();
    let site = Site::demo().await;
    let mut person = Person::of(&site).with("accept-language: en");
    let mut secrets = Vec::new();
    for user in ["zhangsan", "outsider", "zhaoliu"] {
        let state = person.begin("/acme/demo/login").await;
        let code = site.code(user);
        let path = format!("/api/auth/qywx/callback?code={code}&state={state}");
        for _ in 0..2 {
            person.get(&path).await;
            secrets.extend(person.session().map(str::to_owned));
        }
        Person::of(&site).get(&path).await;
        person.submit("/acme/demo/login", &format!("loginCode={code}&corp={code}&return={state}")).await;
        person.get("/acme/demo/profile").await;
        person.submit("/acme/demo/logout", "").await;
        secrets.extend([code, state]);
    }
    secrets.extend(person.cookies.into_iter().filter(|(name, _)| name.ends_with("browser")).map(|(_, value)| value));
    assert!(secrets.len() >= 9, "{secrets:?}");
    let debug = format!("{:?} {:?} {:?}", site.runtime, site.runtime.store(), site.sim);
    check(&secrets, &[("Debug", debug)]);
}

#[tokio::test]
async fn no_failure_of_wecom_brings_a_secret_with_it() {
    log::listen();
    let site = Site::demo().await;
    let element = site.element(DEMO).unwrap();
    let mut secrets: Vec<String> = SECRETS_OF_THE_DEMO.map(Into::into).into();
    let mut said = String::new();
    let paths = ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo", "/cgi-bin/user/get"];
    for path in paths {
        secrets.push(text(&element.call("getAccessToken", json!({})).await.unwrap()));
        if path == paths[0] {
            // So that it is asked for again.
            site.clock.advance(2 * 60 * 60 * 1000);
        }
        // A refusal may repeat what the request carried.
        let carried = if path == paths[0] { SECRETS_OF_THE_DEMO[0] } else { secrets.last().unwrap() };
        let echo = format!("{carried} is no good");
        let refused = |code| Effect::Errcode { code, message: Some(echo.clone()) };
        for effect in [
            refused(40001),
            refused(40029),
            refused(42001),
            refused(40014),
            refused(12345),
            Effect::HttpStatus(502),
            Effect::HttpStatus(302),
            Effect::Truncate,
        ] {
            let fault = Fault { path: path.into(), times: 2, latency_ms: 0, effect };
            site.sim.add_fault(fault).unwrap();
            let (code, state) = (site.code("zhangsan"), site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await);
            let args = json!({"code": code, "state": state.data()["state"]});
            site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await;
            said.push_str(&format!("{:?}\n", element.call("getLoginCode", json!({ "code": code })).await));
            secrets.push(code);
            site.sim.clear_faults();
            // A refused fetch is believed for a minute at most.
            site.clock.advance(60_000);
        }
    }
    // Too slow: the request itself is in the error.
    let slow = Fault { path: paths[1].into(), times: 1, latency_ms: 60_000, effect: Effect::None };
    site.sim.add_fault(slow).unwrap();
    let code = site.code("lisi");
    let args = json!({ "code": code });
    let timeout = Some(std::time::Duration::from_millis(200));
    let invocation = Invocation { timeout, ..Invocation::by(Caller::Operator) };
    let late =
        element.invoke("getLoginCode", element::host::Input::Value(&args), element::host::Form::Value, invocation).await;
    said.push_str(&format!("{:?}", late.unwrap_err()));
    secrets.push(code);
    let answers = String::from_utf8_lossy(&site.answered.lock().unwrap()).into_owned();
    check(&secrets, &[("Debug of an error", said), ("an answer", answers)]);
}
