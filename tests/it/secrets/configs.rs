//! Secrets in configs, good ones and ones that are broken in every way.
use super::{check, log};
use crate::site::{Ask, Site};
use serde_json::json;
use std::fs;
use tempfile::TempDir;
use wecom_sim::Sim;

const PLANTED: &str = "planted-9c41-corp-secret";
const IN_FILE: &str = "planted-77aa-secret-file";
/// For those that take letters and digits only.
const LETTERS: &str = "planted9c41LettersAlone";
const KEY: &str = "planted77aaKeyOf43LettersAndDigits012345678";
const IN_VAR: &str = "planted-d00f-operators-var";

/// Configs with the secret in them where it belongs, where it does not, and half of what it takes to read them.
fn configs() -> Vec<String> {
    let good = json!({"corpId": "ww1", "corpSecret": PLANTED, "agentId": 1, "redirectUri": "https://a.test/back"});
    let with = |key: &str, value: serde_json::Value| {
        let mut it = good.clone();
        it[key] = value;
        it.to_string()
    };
    let good_text = good.to_string();
    vec![
        good_text.clone(),
        good_text.replace("corpSecret", "corpSecre"),
        good_text[..good_text.len() - 1].to_owned(),
        good_text.replace("\":\"planted", "\":planted"),
        good_text.replace(PLANTED, &format!("{PLANTED}\n")),
        format!("{good_text} {PLANTED}"),
        good_text.replace("\"corpSecret\"", &format!("\"corpSecret\":\"{PLANTED}\",\"corpSecret\"")),
        with("corpSecret", json!([PLANTED])),
        with("corpSecret", json!({"value": PLANTED})),
        with("corpId", json!(format!("{PLANTED} /"))),
        with("agentId", json!(PLANTED)),
        with("agentId", json!({ "value": PLANTED })),
        with("redirectUri", json!(PLANTED)),
        with("redirectUri", json!(format!("ftp://user:{PLANTED}@a.test"))),
        with("redirectUri", json!(format!("{{{{NOBODY}}}}{PLANTED}"))),
        with("corpSecret", json!("{{file:secret}}")),
        with("agentId", json!("{{file:secret}}")),
        with("redirectUri", json!("{{file:secret}}")),
        with("corpSecret", json!("{{VAR}}")),
        with("redirectUri", json!("{{VAR}}{{file:nothing}}")),
        with("agentId", json!("{{VAR}}")),
        with("proxy", json!(format!("http://user:{PLANTED}@127.0.0.1:9"))),
        with("proxy", json!(format!("{PLANTED}:3128"))),
        with("proxy", json!([PLANTED])),
        with("callback", json!({"token": LETTERS, "encodingAESKey": KEY})),
        with("callback", json!({"token": "{{file:letters}}", "encodingAESKey": KEY})),
        with("callback", json!({"token": PLANTED, "encodingAESKey": KEY})),
        with("callback", json!({"token": LETTERS, "encodingAESKey": PLANTED})),
        with("callback", json!({"token": LETTERS, "encodingAesKey": KEY})),
        with("callback", json!(KEY)),
        with("syncEveryMinutes", json!(PLANTED)),
        json!(PLANTED).to_string(),
        json!([PLANTED]).to_string(),
        PLANTED.to_owned(),
    ]
}

#[tokio::test]
async fn no_mistake_in_a_config_shows_what_is_secret_in_it() {
    log::listen();
    let secrets = TempDir::new().unwrap();
    fs::write(secrets.path().join("secret"), format!("{IN_FILE}\n")).unwrap();
    fs::write(secrets.path().join("letters"), LETTERS).unwrap();
    fs::write(secrets.path().join("not-utf8"), [IN_FILE.as_bytes(), b"\xff"].concat()).unwrap();
    let apps = TempDir::new().unwrap();
    fs::create_dir(apps.path().join("demo")).unwrap();
    fs::write(apps.path().join("demo/app.json"), r#"{"appId": "acme.demo"}"#).unwrap();
    for (i, config) in configs().into_iter().enumerate() {
        let folder = apps.path().join(format!("demo/logins/L{i}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("e.json"), r#"{"type": "auths.loginTypes.QywxInnerType"}"#).unwrap();
        fs::write(folder.join(format!("L{i}.json")), config).unwrap();
    }
    let site = Site::open(Sim::demo(), apps.path(), |options| {
        options.secrets_dir = Some(secrets.path().into());
        options.vars.insert("VAR".into(), IN_VAR.into());
    })
    .await;
    let snapshot = site.runtime.snapshot();
    let diagnostics: String = snapshot.diagnostics().iter().map(|it| format!("{it}\n{it:?}\n")).collect();
    let json = serde_json::to_string(&snapshot.diagnostics()).unwrap();
    assert!(snapshot.diagnostics().len() >= 25, "{diagnostics}");

    let with_file = configs().iter().position(|it| it.contains("{{file:letters}}")).unwrap();
    assert!(site.element(&format!("logins.L{with_file}")).is_ok(), "a secret inside of a part may come from a file");

    let mut said = String::new();
    let count = configs().len();
    for i in 0..count {
        for method in ["getLoginConfig", "getLoginCode", "getUserInfo", "authConfig", "notify", "getJsSdkConfig", "nothing"]
        {
            for args in [json!({}), json!({"code": "c"}), json!({"userId": "u"})] {
                let ask = Ask::post(format!("/api/acme/demo/logins/L{i}/{method}"), &args.to_string());
                site.send(&ask.bearer(site.admin.expose())).await;
            }
        }
        if let Ok(element) = site.element(&format!("logins.L{i}")) {
            said.push_str(&format!("{element:?} {:?} {:?}\n", element.instance(), element.instance().ty));
            for (method, args) in [("authConfig", json!({})), ("getUserInfo", json!({"userId": "u"}))] {
                said.push_str(&format!("{:?}\n", element.call(method, args).await));
            }
        }
    }
    said.push_str(&format!("{:?} {snapshot:?} {:?}", site.runtime, site.admin));
    let answers = String::from_utf8_lossy(&site.answered.lock().unwrap()).into_owned();
    let outputs = [("a diagnostic", diagnostics), ("a diagnostic as JSON", json), ("Debug", said), ("an answer", answers)];
    let admin = site.admin.expose().to_owned();
    let planted = [PLANTED, LETTERS, KEY, IN_FILE, IN_VAR].map(str::to_owned);
    check(&[&planted[..], &[admin]].concat(), &outputs);
}
