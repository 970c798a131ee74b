//! A secret is changed while people are logged in: what need not be lost is not.
use crate::site::{AUTH_PATH, Ask, Site, apps};
use serde_json::json;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;
use wecom_sim::{Company, Sim};

const OLD: &str = "demo-secret-of-the-simulator-not-real-one-0";
const NEW: &str = "demo-secret-as-somebody-has-changed-it-0000";
const TOKEN: &str = "/cgi-bin/gettoken";

/// The repository's own apps, and a second way in.
fn two_logins(root: &Path) {
    assert!(Command::new("cp").arg("-rT").args([apps().as_path(), root]).status().unwrap().success());
    let logins = root.join("demo/auths/loginTypes");
    fs::create_dir(logins.join("Second")).unwrap();
    fs::copy(logins.join("QywxInnerExample/e.json"), logins.join("Second/e.json")).unwrap();
    let config = fs::read_to_string(logins.join("QywxInnerExample/QywxInnerExample.json")).unwrap();
    let config = config.replace(OLD, "demo-secret-of-the-second-app-not-a-real-10").replace("1000002", "1000003");
    fs::write(logins.join("Second/Second.json"), config).unwrap();
}

#[tokio::test]
async fn the_old_secrets_token_is_dropped_and_nobody_elses() {
    let root = TempDir::new().unwrap();
    two_logins(root.path());
    let sim = Sim::demo();
    let site = Site::open(sim.clone(), root.path(), |_| ()).await;
    let token = async |name: &str| {
        let element = site.element(&format!("auths.loginTypes.{name}")).unwrap();
        element.call("getAccessToken", json!({})).await.unwrap()
    };
    let session = site.log_in("zhangsan").await;
    let (first, second) = (token("QywxInnerExample").await, token("Second").await);
    assert_eq!(site.asked(TOKEN), 2);

    let company = include_str!("../../../types/wecom-sim/src/demo.json").replace(OLD, NEW);
    sim.put_company(Company::from_json(&company).unwrap());
    let config = root.path().join("demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json");
    fs::write(&config, fs::read_to_string(&config).unwrap().replace(OLD, NEW)).unwrap();
    site.runtime.reload().await;

    assert_eq!(token("Second").await, second);
    assert_eq!(site.asked(TOKEN), 2, "who has not changed does not ask again");
    let after = token("QywxInnerExample").await;
    assert!(after != first && site.asked(TOKEN) == 3, "the new secret has a token of its own");
    let me = Ask::post(format!("{AUTH_PATH}/currentUser"), "{}").bearer(&session);
    assert_eq!(site.send(&me).await.data()["userId"], "zhangsan", "who is logged in stays so");
}
