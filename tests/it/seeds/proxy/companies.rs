//! 多企业代理: one template, and an element for each company; one more for all the others.
use super::{AUTH, CONFIG, CORP, MEMBERS, OTHER, Proxied, SERVICE, TEMP, Way, Who, ways};
use crate::site::Ask;
use element::host::SystemClock;
use serde_json::{Value, json};
use std::sync::Arc;

const A: &str = "auths.QywxProxyCompanyA";
const B: &str = "auths.QywxProxyCompanyB";
const DEFAULT: &str = "auths.QywxProxyDefault";

/// 多企业配置示例
async fn three_folders() -> Proxied {
    let of_a = format!(r#""corpId": "{CORP}""#);
    let without = CONFIG.replace(&format!(",\n  {of_a}"), "");
    assert!(!without.contains("corpId"), "{without}");
    let it = Proxied::of(&[
        ("QywxProxyCompanyA", CONFIG),
        ("QywxProxyCompanyB", &CONFIG.replace(CORP, OTHER)),
        ("QywxProxyDefault", &without),
    ])
    .await;
    it.give_address().await;
    it.install(CORP).await;
    it.install(OTHER).await;
    it
}

#[tokio::test]
async fn each_element_is_the_login_of_its_company_and_the_third_of_all() {
    let it = three_folders().await;
    for way in ways(Who::Anyone) {
        for (element, args, expected) in [
            (A, json!({}), Ok(CORP)),
            (B, json!({}), Ok(OTHER)),
            (B, json!({"corpId": OTHER}), Ok(OTHER)),
            (A, json!({"corpId": OTHER}), Err("20105")),
            (DEFAULT, json!({"corpId": CORP}), Ok(CORP)),
            (DEFAULT, json!({"corpId": OTHER}), Ok(OTHER)),
            (DEFAULT, json!({"corpId": "wwnobody"}), Err("20112")),
        ] {
            let told = it.call(way, element, "getLoginConfig", &args).await;
            match (told, expected) {
                (Ok(config), Ok(corp_id)) => {
                    let agent = it.agent(corp_id).to_string();
                    assert_eq!(
                        (&config["corpId"], &config["agentId"]),
                        (&json!(corp_id), &json!(agent)),
                        "{element} {args}"
                    );
                }
                (Err(told), Err(number)) => assert!(told.contains(number), "{element} {args}: {told}"),
                (told, _) => panic!("{element} {args}: {told:?}"),
            }
        }
        // Which company, only its people know.
        let config = it.call(way, DEFAULT, "getLoginConfig", &json!({})).await.unwrap();
        let names: Vec<&String> = config.as_object().unwrap().keys().collect();
        assert_eq!(names, ["needsOrgCode", "redirectUri", "suiteId"]);
    }
}

/// Who comes from a company's workbench is logged in by its own element, else by the one for all.
#[tokio::test]
async fn the_service_finds_the_element_of_a_company() {
    let it = three_folders().await;
    let log_in = async |way: Way, corp_id: &str, user: &str| -> Value {
        let begun = it.call(way, DEFAULT, "getLoginConfig", &json!({"corpId": corp_id})).await.unwrap();
        let state = if matches!(way, Way::Http(_)) { begun["state"].clone() } else { Value::Null };
        let args = json!({"corpId": corp_id, "code": it.code(corp_id, user), "state": state});
        let session = it.call(way, SERVICE, "loginByWorkbench", &args).await.unwrap();
        let session = it.ask(AUTH, "checkSession", json!({"token": session["token"]})).await;
        json!([session["element"], session["corpName"], session["userId"]])
    };
    for way in [Way::Rust, Way::Command] {
        assert_eq!(log_in(way, CORP, "zhangsan").await, json!([A, "示例科技", "zhangsan"]));
        assert_eq!(log_in(way, OTHER, "wangqi").await, json!([B, "乙公司", "wangqi"]));
    }
    // A login that was begun with an element ends with it.
    let http = Way::Http(Who::Anyone);
    assert_eq!(log_in(http, OTHER, "wangqi").await, json!([DEFAULT, "乙公司", "wangqi"]));
    // All of them are told by one address, and kept once.
    let told = it.site.sim.pushes();
    assert!(told.iter().all(|it| it.attempts.len() == 1), "{told:#?}");
    assert_eq!(it.callbacks("create_auth").await.len(), 2);
}

#[tokio::test]
async fn organisation_codes_lead_to_the_element_of_a_company() {
    let it = three_folders().await;
    for (corp_id, code) in [(CORP, "甲公司"), (OTHER, "b-company")] {
        it.ask(SERVICE, "setCode", json!({"corpId": corp_id, "code": code})).await;
    }
    for way in ways(Who::Anyone) {
        for (element, method, name) in [
            (SERVICE, "getLoginConfig", "code"),
            (SERVICE, "getLoginConfigByCode", "code"),
            (DEFAULT, "getLoginConfig", "orgCode"),
        ] {
            for (corp_id, code) in [(CORP, "甲公司"), (OTHER, "B-Company")] {
                let config = it.call(way, element, method, &json!({name: code})).await.unwrap();
                assert_eq!(config["corpId"], corp_id, "{method} {code}");
            }
        }
    }
    // So does the page, whose first way in is another company's.
    let page = it.site.send(&Ask::get("/acme/demo/login?org=B-Company")).await;
    let page = String::from_utf8(page.body).unwrap();
    assert!(page.contains(&format!("appid={OTHER}")) && !page.contains(&format!("appid={CORP}")), "{page}");
    // A browser that was never here is known by what it is given with the config: the login ends in it.
    let path = format!("/api/acme/demo/{}/getLoginConfigByCode", SERVICE.replace('.', "/"));
    let reply = it.site.send(&Ask::post(path, r#"{"code": "b-company"}"#)).await;
    assert!(reply.data()["state"].is_string() && reply.header("set-cookie").is_some());
    // Two companies have no code in common.
    let taken = it.call(Way::Rust, SERVICE, "setCode", &json!({"corpId": CORP, "code": "B-company"})).await.unwrap_err();
    assert!(taken.contains("another company has this organisation code"), "{taken}");
}

/// Companies that came after June 2022: the provider sees other ids of them and of their people than they themselves do. With its
/// secret in the config the document's `corpId` is still the one that the company knows.
#[tokio::test]
async fn a_company_is_known_by_either_form_of_its_id() {
    let mut config: Value = serde_json::from_str(CONFIG).unwrap();
    config["authConfig"]["provider"] =
        json!({"corpId": "ww7e57c0de00000001", "secret": "demo-secret-of-the-provider-which-is-not-real"});
    let it = Proxied::at(super::sim(true), Arc::new(SystemClock), &[("QywxProxyTemp", &config.to_string())]).await;
    it.give_address().await;
    it.install(CORP).await;
    let open = it.site.sim.installs(super::SUITE).remove(0).auth_corp_id;
    assert!(open.starts_with("wp") && open != CORP, "{open}");
    let mut people = Vec::new();
    for way in ways(Who::Anyone) {
        for corp_id in [CORP, &open, &CORP.to_uppercase()] {
            let config = it.call(way, TEMP, "getLoginConfig", &json!({"corpId": corp_id})).await.unwrap();
            assert_eq!(config["corpId"], *open);
            let state = it.state(way).await;
            let args = json!({"corpId": corp_id, "code": it.code(CORP, "zhangsan"), "state": state});
            let result = it.call(way, TEMP, "getLoginCode", &args).await.unwrap();
            assert_eq!(result["corpList"][0]["corpId"], *open);
            people.push(result["userId"].as_str().unwrap().to_owned());
        }
        let told = it.call(way, TEMP, "getLoginConfig", &json!({"corpId": open.to_lowercase()})).await.unwrap_err();
        assert!(told.contains("20112"), "the case of this form counts: {told}");
    }
    people.dedup();
    assert!(people.len() == 1 && people[0].starts_with("wo"), "{people:?}");
    let records: Vec<String> = it.records(MEMBERS).await.into_iter().map(|it| it.0).collect();
    assert_eq!(records, [format!("{open}/{}", people[0])]);
    // What the company changes is told under these ids.
    it.site.sim.remove_member(CORP, "zhangsan").unwrap();
    it.followed("delete_user", 1).await;
    assert_eq!(it.records(MEMBERS).await, []);
}
