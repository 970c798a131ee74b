//! How often somebody may begin a login.
use super::{Person, person::seen};
use crate::site::{Ask, DEMO_PATH, Site, apps};
use element_host::http::Limits;
use wecom_sim::Sim;

#[tokio::test]
async fn calls_that_need_no_login_are_counted_for_each_address() {
    let site = Site::set_up(
        Sim::demo(),
        apps(),
        Some("https://login.acme.test"),
        |_| (),
        |host| {
            host.limits = Limits::new(5, ["127.0.0.1".parse().unwrap()]);
        },
    )
    .await;
    let get = || Ask::post(format!("{DEMO_PATH}/getLoginConfig"), "{}").header("x-forwarded-for: 1.1.1.1");
    for _ in 0..5 {
        assert_eq!(site.send(&get()).await.status, 200);
    }
    let refused = site.send(&get()).await;
    assert_eq!(refused.json().unwrap()["errcode"], 20012);
    assert_eq!(refused.status, 429);
    let mut person = Person::of(&site).with("x-forwarded-for: 1.1.1.1").with("accept-language: en");
    for path in ["/acme/demo/login", "/api/auth/qywx/callback?state=x&code=y"] {
        let page = person.get(path).await;
        assert!(page.status == 429 && seen(&page).contains("Too many attempts"), "{}", seen(&page));
    }
    assert_eq!(site.send(&get().bearer(site.admin.expose())).await.status, 200, "administrators are not counted");
    let other = Ask::post(format!("{DEMO_PATH}/getLoginConfig"), "{}").header("x-forwarded-for: 1.1.1.2");
    assert_eq!(site.send(&other).await.status, 200, "another address has its own count");
}
