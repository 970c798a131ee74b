//! 扫码登录 by the host's pages, from the login page to the profile; and from the workbench.
use super::{CORP, Proxied};
use crate::{
    pages::{Person, seen},
    seeds::links,
};
use expect_test::expect;
use url::{Position, Url};

#[tokio::test]
async fn somebody_scans_looks_at_the_profile_and_is_out_when_the_company_leaves() {
    let it = Proxied::temp().await;
    let mut person = Person::of(&it.site).with("accept-language: en");
    let page = person.get("/acme/demo/login").await;
    let page = String::from_utf8(page.body).unwrap().replace("&amp;", "&").replace("&#38;", "&");
    let start = format!("http://{}/wwlogin/sso/login?", it.site.wecom);
    let address = page.split('"').find(|it| it.starts_with(&start)).unwrap_or_else(|| panic!("{page}"));

    // WeCom's page, and the phone.
    let settings = links::open(&it.site, address).await;
    let key = settings["web_key"].as_str().unwrap();
    it.site.sim.scan(key, "zhangsan").unwrap();
    it.site.sim.confirm(key).unwrap();
    let back = Url::parse(&it.site.sim.goes_to(key).unwrap()).unwrap();
    assert_eq!(&back[..Position::AfterPath], "https://login.acme.test/api/auth/qywx/callback");

    let mut text = format!("{}\n", seen(&person.get(&back[Position::BeforePath..]).await));
    text.push_str(&seen(&person.get("/acme/demo/profile").await));
    expect![[r#"
        303 → /acme/demo/profile
        200
        Demo
        张
        张三
        Department: 研发部 (leads the department)
        Position: 研发总监
        Company: 示例科技
        Account: zhangsan
        Logged in until:
        Not granted to this app: mobile, email, picture, gender
        [Log out]"#]]
    .assert_eq(&text);

    it.site.sim.cancel_install(super::SUITE, CORP).unwrap();
    it.followed("cancel_auth", 1).await;
    assert_eq!(seen(&person.get("/acme/demo/profile").await), "303 → /acme/demo/login?return=%2Facme%2Fdemo%2Fprofile");
    let page = seen(&person.get("/acme/demo/login").await);
    assert!(page.starts_with("403\n") && page.contains("20112"), "{page}");
}

/// 工作台内免密登录: in WeCom's client nothing is to be clicked.
#[tokio::test]
async fn in_the_workbench_nothing_is_to_be_clicked() {
    let it = Proxied::temp().await;
    let agent = "user-agent: Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 wxwork/4.1.20 MicroMessenger/7.0.1";
    let mut person = Person::of(&it.site).with(agent);
    let reply = person.get("/acme/demo/login").await;
    let address = Url::parse(reply.header("location").unwrap()).unwrap();
    assert_eq!(address.path(), "/connect/oauth2/authorize");
    let query = |name: &str| address.query_pairs().find(|it| it.0 == name).unwrap().1.into_owned();
    assert_eq!((query("appid"), query("scope")), (CORP.to_owned(), "snsapi_base".to_owned()));
    let path = format!("/api/auth/qywx/callback?code={}&state={}", it.code(CORP, "lisi"), query("state"));
    assert_eq!(seen(&person.get(&path).await), "303 → /acme/demo/profile");
}
