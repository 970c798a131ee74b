//! Companies that the simulator does not know yet.
use super::told;
use crate::site::{Ask, Site, exchange};
use expect_test::expect;
use serde_json::json;

const APP: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/logins/Mine/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/logins/Mine/Mine.json
{"corpId": "ww1111222233334444", "corpSecret": "the-secret-of-my-own-company", "agentId": 1000002,
 "redirectUri": "{{PUBLIC_URL}}/back"}
"#;

#[tokio::test]
async fn a_company_that_is_not_simulated_is_refused_with_the_command_that_adds_it() {
    let site = Site::of(APP).await;
    let element = site.element("logins.Mine").unwrap();
    let user = json!({"userId": "zhangsan"});
    let error = element.call("getUserInfo", user.clone()).await.unwrap_err();
    expect![[r#"WeCom knows no company with this `corpId`; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 40013) -- wecom-sim: this company is not simulated; add it with: curl -X POST http://127.0.0.1:<port>/sim/companies -H 'content-type: application/json' -d '{"apps":[{"agentId":1000002,"secret":"THE-SECRET-IN-YOUR-CONFIG"}],"corpId":"ww1111222233334444","members":[{"name":"Zhang San","userId":"zhangsan"}]}'"#]].assert_eq(&crate::site::without_ports(&error.message));

    // What whoever reads it does: the command, with the own secret in its place.
    let (_, command) = error.message.split_once("curl -X POST http://").unwrap();
    let (address, rest) = command.split_once("/sim/companies ").unwrap();
    let company = rest.split_once("-d '").unwrap().1.trim_end_matches('\'');
    let company = company.replace("THE-SECRET-IN-YOUR-CONFIG", "the-secret-of-my-own-company");
    let answer = exchange(address.parse().unwrap(), &Ask::post("/sim/companies", &company).bytes("127.0.0.1")).await;
    assert!(String::from_utf8(answer).unwrap().ends_with(r#"{"corpId":"ww1111222233334444","replaced":false}"#));

    site.clock.advance(15_000);
    let told = told(element.call("getUserInfo", user).await);
    assert!(told.contains(r#""name":"Zhang San""#), "soon after it works: {told}");
}
