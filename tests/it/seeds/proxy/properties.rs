//! The Instance's properties, the model that they name, and the document's basic example.
use super::{AUTH, CORP, MEMBERS, Proxied, SERVICE, TEMP, Who, thrice, ways};
use expect_test::expect;
use serde_json::{Value, json};

#[tokio::test]
async fn each_property() {
    let it = Proxied::temp().await;
    for (name, expected) in [
        (
            "authConfig",
            r#"{"encodingAESKey":"******","suiteId":"dk7e57c0de00000002","suiteSecret":"******","token":"******"}"#,
        ),
        ("authType", r#""auths.loginTypes.QywxProxyType""#),
        ("authModelElemName", r#""auths.loginTypes.QywxProxyType.QywxProxyAuthModel""#),
    ] {
        for way in ways(Who::Admin) {
            assert_eq!(it.call(way, TEMP, name, &json!({})).await.map(|it| it.to_string()), Ok(expected.to_owned()));
        }
    }
}

/// The model is an element; whoever logged in is in it, once.
#[tokio::test]
async fn the_model_holds_who_logged_in() {
    let told = thrice(Who::Admin, async |it, way| {
        for user in ["zhangsan", "lisi", "lisi"] {
            it.log_in(user).await;
        }
        let args = json!({"filter": {"userId": "lisi"}});
        let mut page = it.call(way, MEMBERS, "query", &args).await?;
        assert_eq!(page["records"].as_array().unwrap().len(), 1, "{page}");
        let all: Vec<String> = it.records(MEMBERS).await.into_iter().map(|it| it.0).collect();
        assert_eq!(all, [format!("{CORP}/lisi"), format!("{CORP}/zhangsan")]);
        Ok(page["records"][0]["value"].take())
    });
    expect![[r#"{"accessToken":null,"avatar":null,"createdAt":"<createdAt>","department":[2,3],"email":null,"expiresAt":null,"gender":null,"id":"ww5a1d0e0f1a2b3c4d/lisi","isLeader":false,"mobile":null,"name":"李四","position":"产品经理","refreshToken":null,"seenBy":["1000005"],"status":1,"updatedAt":"<updatedAt>","userId":"lisi"}"#]].assert_eq(&told.await);
}

/// 基本调用示例
#[tokio::test]
async fn the_basic_example() {
    let it = Proxied::temp().await;
    let app = it.site.runtime.app("acme.demo").unwrap();
    let auth_instance = app.get_element("auths.QywxProxyTemp").unwrap();
    let config = auth_instance.call("getLoginConfig", json!({})).await.unwrap();
    assert_eq!(config["suiteId"], "dk7e57c0de00000002");
    let args = json!({"corpId": CORP, "code": it.code(CORP, "zhangsan")});
    let login_result: Value = auth_instance.call("getLoginCode", args).await.unwrap();
    // 返回包含loginCode、corpList和userId的结果字典
    assert_eq!(login_result["userId"], "zhangsan");
    assert_eq!(login_result["corpList"], json!([{"corpId": CORP, "corpName": "示例科技"}]));
    let args = json!({"loginCode": login_result["loginCode"], "corp": "示例科技"});
    assert_eq!(it.ask(AUTH, "loginByCode", args).await["success"], true);
    let auth_service = app.get_element(SERVICE).unwrap();
    assert!(auth_service.method("notify", &element::Caller::Anonymous).is_ok());
}
