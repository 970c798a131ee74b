//! 企业微信自建扫码登录 (000 in Chinese, 001 in English): each method, the property, and the examples.
use super::{Way, Who, thrice};
use crate::site::{DEMO_PATH, Site};
use expect_test::expect;
use serde_json::{Value, json};

/// A state for those who come from outside; in Rust and on the command line none is needed.
async fn state(site: &Site, way: Way) -> Value {
    match way {
        Way::Http(_) => site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data()["state"].clone(),
        Way::Rust | Way::Command => Value::Null,
    }
}

#[tokio::test]
async fn get_login_config() {
    let told = thrice(Who::Anyone, "getLoginConfig", async |_, _| json!({})).await;
    let config: Value = serde_json::from_str(&told).unwrap();
    // print(f"企业ID: {config['corpId']}"), print(f"应用ID: {config['agentId']}")
    assert_eq!((&config["corpId"], &config["agentId"]), (&json!("ww5a1d0e0f1a2b3c4d"), &json!("1000002")));
    // The page's own script builds this address.
    let text = |name: &str| config[name].as_str().unwrap();
    let encoded: String = url::form_urlencoded::byte_serialize(text("redirectUri").as_bytes()).collect();
    let login_url = format!(
        "http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid={}&agentid={}&redirect_uri={encoded}&state={}",
        text("corpId"),
        text("agentId"),
        text("state")
    );
    assert_eq!(config["qrUrl"], login_url);
    let english = thrice(Who::Anyone, "getLoginConfig", async |_, _| json!({"lang": "en"})).await;
    assert_eq!(english.matches("&lang=en").count(), 3, "{english}");
}

#[tokio::test]
async fn get_login_code() {
    let args = async |site: &Site, way: Way| json!({"authCode": site.code("zhangsan"), "state": state(site, way).await});
    expect![[r#"{"corpList":[{"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技 Acme Demo"}],"department":[2],"departmentNames":["研发部"],"isLeader":true,"loginCode":"<loginCode>","mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}"#]]
        .assert_eq(&thrice(Who::Anyone, "getLoginCode", args).await);
    // An app of before 2022-06-20 is granted all that the documents name.
    let all = async |site: &Site, way: Way| {
        let more = wecom_sim::AppChange { full_profile: Some(true), ..wecom_sim::AppChange::default() };
        site.sim.change_app("ww5a1d0e0f1a2b3c4d", 1_000_002, more).unwrap();
        json!({"authCode": site.code("zhangsan"), "state": state(site, way).await})
    };
    let told: Value = serde_json::from_str(&thrice(Who::Anyone, "getLoginCode", all).await).unwrap();
    for name in ["userId", "name", "mobile", "email", "avatar", "department", "position", "gender", "status", "isLeader"] {
        assert!(told.get(name).is_some_and(|it| !it.is_null()), "{name}: {told}");
    }
    assert_eq!(told["notGranted"], json!([]));
}

#[tokio::test]
async fn get_user_info() {
    expect![[r#"{"department":[2],"departmentNames":["研发部"],"isLeader":true,"mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}"#]]
        .assert_eq(&thrice(Who::Zhangsan, "getUserInfo", async |_, _| json!({"userId": "zhangsan"})).await);
}

#[tokio::test]
async fn get_access_token() {
    for way in [Way::Rust, Way::Http(Who::Admin), Way::Command] {
        let site = Site::demo().await;
        let token = super::call(&site, way, "getAccessToken", &json!({})).await.unwrap();
        let path = format!("/cgi-bin/user/get?userid=lisi&access_token={}", token.as_str().unwrap());
        let user = super::wecom(&site, &path).await;
        assert_eq!((&user["errcode"], &user["name"]), (&json!(0), &json!("李四")));
    }
}

#[tokio::test]
async fn sync_user_info() {
    let args = async |_: &Site, _: Way| json!({"userId": "zhangsan", "forceUpdate": true});
    expect![[r#"{"outcome":"added","userId":"zhangsan"}"#]].assert_eq(&thrice(Who::Admin, "syncUserInfo", args).await);
}

#[tokio::test]
async fn sync_department_info() {
    expect![[r#"{"departments":{"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":4,"changed":0,"failed":0,"removed":0,"unchanged":0},"resumed":false}"#]]
        .assert_eq(&thrice(Who::Admin, "syncDepartmentInfo", async |_, _| json!({})).await);
    expect![[r#"{"departments":{"added":2,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0},"resumed":false}"#]]
        .assert_eq(&thrice(Who::Admin, "syncDepartmentInfo", async |_, _| json!({"deptId": "2"})).await);
}

#[tokio::test]
async fn the_model_and_the_properties() {
    let model = "auths.loginTypes.QywxInnerType.QywxInnerAuthModel";
    for name in ["QywxInnerAuthModel", "authModelElemName"] {
        assert_eq!(thrice(Who::Admin, name, async |_, _| json!({})).await, format!("\"{model}\""));
    }
    assert_eq!(thrice(Who::Admin, "authType", async |_, _| json!({})).await, r#""auths.loginTypes.QywxInnerType""#);
    assert!(thrice(Who::Admin, "authConfig", async |_, _| json!({})).await.contains(r#""corpSecret":"******""#));

    let site = Site::demo().await;
    super::call(&site, Way::Rust, "syncUserInfo", &json!({"userId": "zhangsan"})).await.unwrap();
    let page = site.element(model).unwrap().call("query", json!({"filter": {"userId": "zhangsan"}})).await.unwrap();
    let fields: Vec<&String> = page["records"][0]["value"].as_object().unwrap().keys().collect();
    expect![[r#"["accessToken", "avatar", "createdAt", "department", "email", "expiresAt", "gender", "id", "isLeader", "mobile", "name", "position", "refreshToken", "seenBy", "status", "updatedAt", "userId"]"#]]
        .assert_eq(&format!("{fields:?}"));
}

/// The basic example, and the page's: config, code, and who it is; then a session.
#[tokio::test]
async fn the_examples() {
    let site = Site::demo().await;
    let qywx_auth = site.runtime.app("acme.demo").unwrap().get_element("auths.loginTypes.QywxInnerExample").unwrap();
    let login_config = qywx_auth.call("getLoginConfig", json!({})).await.unwrap();
    let user_info = qywx_auth.call("getLoginCode", json!({"authCode": site.code("lisi")})).await.unwrap();
    assert_eq!((&user_info["name"], &user_info["department"]), (&json!("李四"), &json!([2, 3])));
    assert!(login_config["state"].is_string());
    let token = site.log_in("lisi").await;
    assert!(token.len() >= 43);
}
