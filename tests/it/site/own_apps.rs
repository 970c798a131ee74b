//! An element of one's own: a folder dropped in, opened, called; broken, and what is said then.
use super::{Site, apps, without_chance, without_ports};
use element_engine::Diagnostic;
use expect_test::expect;
use serde_json::json;
use std::{fs, path::Path};
use tempfile::TempDir;
use wecom_sim::Sim;

const TYPE: &str = r#"{"title": "Mine", "type": "auths.loginTypes.QywxInnerType"}"#;
const CONFIG: &str = r#"{
  "corpId": "ww5a1d0e0f1a2b3c4d",
  "corpSecret": "demo-secret-of-the-second-app-not-a-real-10",
  "agentId": 1000003,
  "redirectUri": "{{PUBLIC_URL}}/back"
}"#;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.as_ref().unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

fn put(root: &Path, file: &str, text: &str) {
    let file = root.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn diagnostics(found: &[&Diagnostic]) -> String {
    found.iter().map(|it| format!("{it}\n")).collect()
}

#[tokio::test]
async fn a_folder_that_is_dropped_in_is_served_nested_or_not() {
    let dir = TempDir::new().unwrap();
    copy(&apps().join("demo"), &dir.path().join("demo"));
    let places = ["demo/Mine", "demo/auths/loginTypes/QywxInnerExample/Mine", "demo/deep/down/Mine", "other/logins/Mine"];
    for place in places {
        put(dir.path(), &format!("{place}/e.json"), TYPE);
        put(dir.path(), &format!("{place}/Mine.json"), CONFIG);
    }
    put(dir.path(), "other/app.json", r#"{"appId": "acme.other"}"#);
    let site = Site::open(Sim::demo(), dir.path(), |_| ()).await;
    assert_eq!(diagnostics(&site.runtime.snapshot().diagnostics()), "");
    let mut text = String::new();
    for place in places {
        let path = format!("/api/acme/{place}/getLoginConfig");
        let config = site.post(&path, &json!({})).await.data();
        text.push_str(&format!("{path}: {} {}\n", config["agentId"], config["redirectUri"]));
    }
    expect![[r#"
        /api/acme/demo/Mine/getLoginConfig: "1000003" "https://login.acme.test/back"
        /api/acme/demo/auths/loginTypes/QywxInnerExample/Mine/getLoginConfig: "1000003" "https://login.acme.test/back"
        /api/acme/demo/deep/down/Mine/getLoginConfig: "1000003" "https://login.acme.test/back"
        /api/acme/other/logins/Mine/getLoginConfig: "1000003" "https://login.acme.test/back"
    "#]]
    .assert_eq(&text);
    let who = site.runtime.app("acme.other").unwrap().get_element("logins.Mine").unwrap();
    let who = who.call("getUserInfo", json!({"userId": "WangWu"})).await.unwrap();
    assert_eq!(who["name"], "王五");
}

#[tokio::test]
async fn an_edit_is_taken_over_and_a_bad_one_leaves_the_last_good() {
    let dir = TempDir::new().unwrap();
    copy(&apps().join("demo"), &dir.path().join("demo"));
    put(dir.path(), "demo/Mine/e.json", TYPE);
    put(dir.path(), "demo/Mine/Mine.json", CONFIG);
    let site = Site::open(Sim::demo(), dir.path(), |_| ()).await;
    let mut text = String::new();
    for (what, config) in [
        ("broken JSON", CONFIG.replace("1000003,", "1000003")),
        ("unknown key", CONFIG.replace("corpSecret", "corpSecre")),
        ("wrong type", CONFIG.replace("1000003", "[1000003]")),
        ("wrong value", CONFIG.replace("{{PUBLIC_URL}}/back", "/back")),
        ("unknown placeholder", CONFIG.replace("PUBLIC_URL", "PUBLIC_URI")),
        ("repaired and edited", CONFIG.replace("/back", "/another/way/back")),
    ] {
        put(dir.path(), "demo/Mine/Mine.json", &config);
        let snapshot = site.runtime.reload().await;
        let config = site.post("/api/acme/demo/Mine/getLoginConfig", &json!({})).await.data();
        let state = snapshot.app("acme.demo").unwrap().element("Mine").unwrap().state.word();
        text.push_str(&format!("{what}: {state}, {}\n{}", config["redirectUri"], diagnostics(&snapshot.diagnostics())));
    }
    put(dir.path(), "demo/Mine/e.json", r#"{"type": "auths.loginTypes.QywxInerType"}"#);
    text.push_str(&format!("unknown Type\n{}", diagnostics(&site.runtime.reload().await.diagnostics())));
    fs::remove_dir_all(dir.path().join("demo/Mine")).unwrap();
    site.runtime.reload().await;
    let gone = site.post("/api/acme/demo/Mine/getLoginConfig", &json!({})).await;
    text.push_str(&format!("taken away: {}", without_ports(&without_chance(&gone.json().unwrap()))));
    expect![[r#"
        broken JSON: stale, "https://login.acme.test/back"
        demo/Mine/Mine.json:5:3: error[bad-json]: this is no JSON: expected `,` or `}`
            help: is a comma missing before this?
        unknown key: stale, "https://login.acme.test/back"
        demo/Mine/Mine.json:3:3: error[unknown-key]: unknown key `corpSecre`
            help: did you mean `corpSecret`? There are `agentId`, `callback`, `corpId`, `corpName`, `corpSecret`, `isActive`, `knownUsersOnly`, `proxy`, `redirectUri`, `syncEveryMinutes`
        wrong type: stale, "https://login.acme.test/back"
        demo/Mine/Mine.json:4:14: error[wrong-type]: `agentId` has to be a string or an integer
        wrong value: stale, "https://login.acme.test/back"
        demo/Mine/Mine.json:5:18: error[bad-config]: `redirectUri`: expected an address that starts with http:// or https://, with no `#` and no password in it, such as https://your-domain.com/api/auth/qywx/callback
        unknown placeholder: stale, "https://login.acme.test/back"
        demo/Mine/Mine.json:5:18: error[unresolved-placeholder]: nothing is known under `{{PUBLIC_URI}}`
            help: did you mean `{{PUBLIC_URL}}`?
        repaired and edited: in service, "https://login.acme.test/another/way/back"
        unknown Type
        demo/Mine/e.json:1:10: error[unknown-type]: there is no Type `auths.loginTypes.QywxInerType`
            help: did you mean `auths.loginTypes.QywxInnerType`?
        taken away: {"data":{},"duration":"<duration>","errcode":20002,"errmsg":"there is no element `Mine` in `acme.demo`","requestId":"<requestId>","sysTime":"<sysTime>"}"#]].assert_eq(&text);
}
