//! Login addresses that cannot be right: what the page says, and that it stays a page.

use wecom_sim::AppChange;

use crate::qr::BACK;
use crate::{CORP, DEMO, OLD, SECOND, World};

#[tokio::test]
async fn mistakes_are_pages() {
    let world = World::demo().await;
    let domains = Some(vec!["app.example".to_owned(), "other.example:81".to_owned()]);
    world.sim.change_app(CORP, SECOND, AppChange { redirect_domains: domains, ..AppChange::default() }).unwrap();
    world.sim.change_app(CORP, OLD, AppChange { enabled: Some(false), ..AppChange::default() }).unwrap();
    let page = |agent: u32, uri: &str, rest: &str| {
        format!("/wwlogin/sso/login?login_type=CorpApp&appid={CORP}&agentid={agent}&redirect_uri={uri}{rest}")
    };
    let mismatch = "redirect_uri 与配置的授权完成回调域名不一致";
    for (path, expected) in [
        (page(SECOND, BACK, ""), &[mismatch, "app.example:8080", "app.example, other.example:81"][..]),
        (page(SECOND, BACK, "&lang=en"), &[mismatch, "is on none of the app", "PATCH http://127.0.0.1:PORT/sim/companies/"]),
        (page(SECOND, "http://sub.app.example", ""), &[mismatch, "sub.app.example"]),
        (page(DEMO, "javascript:alert(1)", ""), &["redirect_uri 必须是 http://"]),
        (page(DEMO, "", ""), &["缺少参数 redirect_uri"]),
        (
            page(9, BACK, "&lang=en"),
            &["There is no app 9", "1000002 Demo", "curl -X POST http://127.0.0.1:PORT/sim/companies"],
        ),
        (page(OLD, BACK, "&lang=en"), &["The app is disabled"]),
        (page(DEMO, BACK, "&redirect_type=new"), &["参数 redirect_type 不正确", "top, callback, self"]),
        (page(DEMO, BACK, "").replace("CorpApp", "Corp"), &["参数 login_type 不正确", "CorpApp"]),
        (format!("/wwlogin/sso/login?appid={CORP}&redirect_uri={BACK}"), &["缺少参数 agentid"]),
        ("/wwlogin/sso/login?login_type=ServiceApp".to_owned(), &["ServiceApp"]),
        ("/wwopen/sso/qrConnect?lang=en".to_owned(), &["The parameter appid is missing"]),
        (
            "/wwopen/sso/qrConnect?lang=en&appid=wwnew".to_owned(),
            &[
                "There is no company wwnew",
                "curl -X POST http://127.0.0.1:PORT/sim/companies",
                "&#34;corpId&#34;:&#34;wwnew&#34;",
            ],
        ),
    ] {
        let answer = world.get(&path).await;
        let body = world.stable(&answer.body);
        assert_eq!(answer.status, 200, "{path}");
        for part in expected {
            assert!(body.contains(part), "{path}: no {part} in {body}");
        }
        assert!(!body.contains("qrcode?key="), "{path} shows no code");
    }
    assert!(world.get(&page(SECOND, "https://app.example/x", "")).await.body.contains("web_key"));
}

#[tokio::test]
async fn what_comes_in_stays_text() {
    let world = World::demo().await;
    let name =
        r#"{"corpId":"wwx","members":[{"userId":"a"}],"apps":[{"agentId":1,"secret":"s","name":"<img src=x onerror=1>"}]}"#;
    world.control("POST /sim/companies", name).await;
    let evil = "%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27";
    for path in ["/wwlogin/sso/login", "/wwopen/sso/qrConnect"] {
        let page = format!("{path}?appid=wwx&agentid=1&state={evil}&redirect_uri=http%3A%2F%2Fa.example%2F%3F{evil}");
        let body = world.get(&page).await.body;
        assert!(body.contains("web_key") && body.contains("&#60;img src=x"), "{body}");
        assert!(!body.contains("<script>alert") && !body.contains("<img src=x"), "{body}");
    }
    let body = world.get(&format!("/wwlogin/sso/login?appid={evil}")).await.body;
    assert!(!body.contains("<script>alert"), "{body}");
}
