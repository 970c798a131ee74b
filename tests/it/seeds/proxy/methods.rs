//! The Instance's methods, and what they say to mistakes.
use super::{CORP, OTHER, Proxied, SERVICE, TEMP, Way, Who, put, thrice, ways};
use expect_test::expect;
use serde_json::{Value, json};

#[tokio::test]
async fn get_login_config() {
    let told = thrice(Who::Anyone, async |it, way| it.call(way, TEMP, "getLoginConfig", &json!({})).await).await;
    let config: Value = serde_json::from_str(&told).unwrap();
    // print(f"套件ID: {config['suiteId']}")
    assert_eq!(config["suiteId"], "dk7e57c0de00000002");
    // Not the suite's id but these two lead to a login.
    assert_eq!((&config["corpId"], &config["agentId"]), (&json!(CORP), &json!("1000005")));
    let qr = "http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000005&\
              redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>";
    assert_eq!(config["qrUrl"], qr);
}

#[tokio::test]
async fn get_login_code() {
    // WeCom's codes are the same either way, and so is what comes of them.
    let expected = expect![[
        r#"{"corpList":[{"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技"}],"department":[2],"departmentNames":["研发部"],"isLeader":true,"loginCode":"<loginCode>","mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}"#
    ]];
    for login_type in ["qr", "workbench"] {
        let told = thrice(Who::Anyone, async |it, way| {
            let (code, state) = (it.code(CORP, "zhangsan"), it.state(way).await);
            let args = json!({"corpId": CORP, "code": code, "loginType": login_type, "state": state});
            it.call(way, TEMP, "getLoginCode", &args).await
        });
        expected.assert_eq(&told.await);
    }
}

/// `corpId` and `loginType` may be left out: the config names the company.
#[tokio::test]
async fn what_may_be_left_out_is_the_same_with_it() {
    let it = Proxied::temp().await;
    let mut told = Vec::new();
    for more in [json!({}), json!({"corpId": CORP}), json!({"corpId": CORP, "loginType": "qr"}), json!({"authCode": true})] {
        let mut args = more.as_object().unwrap().clone();
        let name = if args.remove("authCode").is_some() { "authCode" } else { "code" };
        args.insert(name.into(), it.code(CORP, "lisi").into());
        told.push(crate::site::without_chance(&it.ask(TEMP, "getLoginCode", args.into()).await));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:#?}");
}

/// Each with its number and what to do, in all three ways.
#[tokio::test]
async fn mistakes_are_told() {
    let it = Proxied::temp().await;
    it.install(OTHER).await;
    let code = |corp_id: &str| json!({"corpId": corp_id, "code": "auth_code_from_qywx"});
    let with = |mut args: Value, name: &str, value: &str| {
        args[name] = value.into();
        args
    };
    for (element, method, args, number, expected) in [
        (TEMP, "getLoginCode", code(CORP), "40029", "log in again: a code is valid for one use within five minutes"),
        (TEMP, "getLoginCode", json!({"corpId": CORP}), "20004", "missing argument `code`"),
        (TEMP, "getLoginCode", with(code(CORP), "loginType", "app"), "20004", "`loginType`"),
        (TEMP, "getLoginCode", code(OTHER), "20105", "this login is for another company"),
        (TEMP, "getLoginCode", code("wwnobody"), "20112", "`wwnobody`"),
        (SERVICE, "loginByWorkbench", code("wwnobody"), "20112", "`wwnobody`"),
        (SERVICE, "loginByWorkbench", with(code(CORP), "platform", "fridge"), "20004", "`platform`"),
        (SERVICE, "getLoginConfigByCode", json!({"code": "org_code_123"}), "20111", "no company has this organisation code"),
        (SERVICE, "getLoginConfig", json!({}), "20004", "missing argument `code`"),
        (SERVICE, "setCode", with(json!({"corpId": "wwnobody"}), "code", "org_code_123"), "20112", "`wwnobody`"),
        (SERVICE, "setCode", with(json!({"corpId": CORP}), "code", " "), "20004", "`code`: expected 1 to 64 characters"),
        (SERVICE, "retryCallBack", json!({"recordId": 123}), "20016", "there is no callback 123"),
    ] {
        let who = if ["setCode", "retryCallBack"].contains(&method) { Who::Admin } else { Who::Anyone };
        for way in ways(who) {
            let mut args = args.clone();
            if method.starts_with("getLoginCode") || method == "loginByWorkbench" {
                args["state"] = it.state(way).await;
            }
            let told = it.call(way, element, method, &args).await.unwrap_err();
            assert!(told.contains(number) && told.contains(expected), "{method} {args}: {told}");
        }
    }
}

/// `isActive`: nobody logs in, sessions count no more, and callbacks go on.
#[tokio::test]
async fn a_login_that_is_switched_off() {
    let it = Proxied::temp().await;
    let token = it.log_in("zhangsan").await;
    let state = it.state(Way::Http(Who::Anyone)).await;
    it.edit("QywxProxyTemp", &super::CONFIG.replace("true", "false")).await;
    for way in ways(Who::Anyone) {
        let from_outside = matches!(way, Way::Http(_));
        let state = if from_outside { state.clone() } else { Value::Null };
        let args = json!({"corpId": CORP, "code": it.code(CORP, "zhangsan"), "state": state});
        for (element, method, args, number) in [
            (TEMP, "getLoginConfig", json!({"corpId": CORP}), "20106"),
            (TEMP, "getLoginCode", args.clone(), "20106"),
            (SERVICE, "loginByWorkbench", args, "20106"),
        ] {
            let told = it.call(way, element, method, &args).await.unwrap_err();
            assert!(told.contains(number), "{method}: {told}");
        }
    }
    let ask = crate::site::Ask::post(format!("{}/currentUser", crate::site::AUTH_PATH), "{}").bearer(&token);
    assert_eq!(it.site.send(&ask).await.json().unwrap()["errcode"], 20006);
    assert_eq!(it.site.asked("/cgi-bin/auth/getuserinfo"), 1, "nobody was asked about since");
    it.site.sim.reset_install(super::SUITE, CORP).unwrap();
    it.followed("reset_permanent_code", 1).await;
    it.edit("QywxProxyTemp", super::CONFIG).await;
    it.log_in("zhangsan").await;
}

/// 业务配置文件 as it stands in the document: each blank is named, and what is to stand there.
#[tokio::test]
async fn the_config_of_the_document_says_what_is_to_be_filled_in() {
    let it = Proxied::of(&[]).await;
    let apps = it.folder.path().join("apps");
    let config = r#"{
  "authConfig": {
    "suiteId": "tj1234567890abcdef",
    "suiteSecret": "your_suite_secret",
    "encodingAESKey": "your_encoding_aes_key",
    "token": "your_token"
  },
  "isActive": true,
  "corpId": "ww1234567890abcdef"
}"#;
    let told = async |config: &str| {
        put(&apps, "demo/auths/QywxProxyTemp/e.json", super::E_JSON);
        put(&apps, "demo/auths/QywxProxyTemp/QywxProxyTemp.json", config);
        let snapshot = it.site.runtime.reload().await;
        snapshot.diagnostics().iter().map(|it| format!("{it}\n")).collect::<String>()
    };
    let key = config.replace("your_encoding_aes_key", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C");
    let both = key.replace("your_token", "yourToken");
    let text = format!("{}{}{}", told(config).await, told(&key).await, told(&both).await);
    expect![[r#"
        demo/auths/QywxProxyTemp/QywxProxyTemp.json:5:23: error[bad-config]: `encodingAESKey`: expected the EncodingAESKey that the console shows beside the callback's address: 43 letters and digits
        demo/auths/QywxProxyTemp/QywxProxyTemp.json:6:14: error[bad-config]: `token`: expected the Token that the console shows beside the callback's address: 1 to 32 letters and digits
    "#]].assert_eq(&text);
    let e = it.call(Way::Rust, TEMP, "getLoginConfig", &json!({})).await.unwrap_err();
    assert!(e.contains("`ww1234567890abcdef`") && e.contains("authorized"), "{e}");
}
