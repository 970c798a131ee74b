//! The four steps of the walkthrough (003) and its two further calls, as another program makes them with the addresses
//! that `getLoginConfig` gives; and the same by the Type.
use super::wecom;
use crate::site::{DEMO_PATH, Site};
use serde_json::{Value, json};
use url::Url;

/// 第一步: both links lead to a page from which a code comes back.
async fn step_one(site: &Site) -> [Url; 2] {
    let config = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data();
    let link = |name: &str| Url::parse(config[name].as_str().unwrap()).unwrap();
    let (in_client, qr) = (link("inClientUrl"), link("legacyQrUrl"));
    let query = |url: &Url, name: &str| url.query_pairs().find(|(it, _)| it == name).map(|it| it.1.into_owned());
    assert_eq!((in_client.path(), in_client.fragment()), ("/connect/oauth2/authorize", Some("wechat_redirect")));
    for (name, expected) in [("appid", "ww5a1d0e0f1a2b3c4d"), ("response_type", "code"), ("scope", "snsapi_base")] {
        assert_eq!(query(&in_client, name).as_deref(), Some(expected));
    }
    // a-zA-Z0-9, 长度不可超过128个字节
    let state = query(&in_client, "state").unwrap();
    assert!(state.len() <= 128 && state.bytes().all(|b| b.is_ascii_alphanumeric()));
    assert_eq!(qr.path(), "/wwopen/sso/qrConnect");
    for name in ["appid", "agentid", "redirect_uri", "state"] {
        assert!(query(&qr, name).is_some(), "{name}");
    }
    [in_client, qr]
}

#[tokio::test]
async fn the_four_steps_and_the_two_further_calls() {
    let site = Site::demo().await;
    step_one(&site).await;

    // 第二步: gettoken, the same one for two hours.
    let get_token = "/cgi-bin/gettoken?corpid=ww5a1d0e0f1a2b3c4d&corpsecret=demo-secret-of-the-simulator-not-real-one-0";
    let token = wecom(&site, get_token).await;
    assert_eq!((&token["errcode"], &token["errmsg"], &token["expires_in"]), (&json!(0), &json!("ok"), &json!(7200)));
    assert_eq!(wecom(&site, get_token).await["access_token"], token["access_token"]);
    let token = token["access_token"].as_str().unwrap();

    // 第三步: user/getuserinfo, in its older form.
    let who = wecom(&site, &format!("/cgi-bin/user/getuserinfo?access_token={token}&code={}", site.code("zhangsan"))).await;
    assert_eq!((&who["errcode"], &who["UserId"]), (&json!(0), &json!("zhangsan")));

    // 第四步: user/get.
    let user = wecom(&site, &format!("/cgi-bin/user/get?access_token={token}&userid=zhangsan")).await;
    assert_eq!((&user["name"], &user["department"], &user["status"]), (&json!("张三"), &json!([2]), &json!(1)));

    // 拓展API: department/list and user/list with fetch_child.
    let departments = wecom(&site, &format!("/cgi-bin/department/list?access_token={token}")).await;
    let ids: Vec<i64> = departments["department"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 3, "{departments}");
    let list = async |more: &str| -> Vec<String> {
        let told = wecom(&site, &format!("/cgi-bin/user/list?access_token={token}&department_id=2{more}")).await;
        told["userlist"].as_array().unwrap().iter().map(|it| it["userid"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(list("").await, ["zhangsan", "lisi"]);
    assert_eq!(list("&fetch_child=1").await.len(), 3);

    // The same by the Type, which asks as WeCom documents it today.
    let state = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data()["state"].clone();
    let args = json!({"authCode": site.code("zhangsan"), "state": state});
    let told = site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await.data();
    assert_eq!((&told["userId"], &told["name"]), (&json!("zhangsan"), &json!("张三")));
}

/// The token is fetched once for many, and the code is not taken for a userid: mistakes of the walkthrough's own program.
#[tokio::test]
async fn the_mistakes_of_the_walkthrough_are_not_made() {
    let site = Site::demo().await;
    for user in ["zhangsan", "lisi", "WangWu"] {
        site.log_in(user).await;
    }
    let asked: Vec<Value> =
        site.sim.journal().iter().map(|it| json!({"path": it.path, "userid": it.query.get("userid")})).collect();
    let of = |path: &str| asked.iter().filter(|it| it["path"] == path).count();
    assert_eq!(of("/cgi-bin/gettoken"), 1);
    let users: Vec<_> = asked.iter().filter(|it| it["path"] == "/cgi-bin/user/get").map(|it| it["userid"].clone()).collect();
    assert_eq!(users, ["zhangsan", "lisi", "WangWu"]);
}
