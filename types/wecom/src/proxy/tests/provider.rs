//! Both forms of a company's id, organisation codes, links for installing.
use super::*;
use crate::proxy::{Company, Serves, org_code};
use element::{ErrorKind, code};

/// A host on which the company `wpA` is installed, whose own id is `ww0a`.
fn installed() -> TestHost {
    let wecom = WeCom::default();
    wecom.0.lock().unwrap().tickets.push("TICKET".into());
    TestHost::new(move |seen| {
        let path = seen.path.split_once("/cgi-bin/").unwrap().1;
        let provider = seen.query.get("provider_access_token").is_some_and(|it| it == "PROVIDER-TOKEN");
        match path {
            "service/get_provider_token" if seen.body["provider_secret"] == "PROVIDER-SECRET" => {
                json!({"provider_access_token": "PROVIDER-TOKEN", "expires_in": 7200})
            }
            "service/corpid_to_opencorpid" if provider && seen.body["corpid"] == "ww0A" => {
                json!({"errcode": 0, "open_corpid": "wpA"})
            }
            "service/corpid_to_opencorpid" if provider => json!({"errcode": 48001, "errmsg": "api unauthorized"}),
            "service/get_customized_auth_url" if provider && seen.body["templateid_list"] == json!([SUITE]) => {
                json!({"errcode": 0, "qrcode_url": format!("https://w/i?state={}", seen.body["state"].as_str().unwrap()), "expires_in": 864_000})
            }
            "test/install" => json!({"push": wecom.act(Act::Install, "wpA", NOW)}),
            _ => wecom.answer(path, &seen.query, &seen.body),
        }
    })
}

async fn install(host: &TestHost, proxy: &QywxProxy, ctx: &Ctx) {
    let ticket = info("suite_ticket", NOW, "<SuiteTicket>TICKET</SuiteTicket>");
    tell(proxy, host, ctx, &ticket).await.unwrap();
    let request = element::HttpRequest::new("GET", "https://w/cgi-bin/test/install");
    let push: Value = ctx.http(&request).await.unwrap().json().unwrap();
    tell(proxy, host, ctx, push["push"].as_str().unwrap()).await.unwrap();
}

fn with_secret(more: Value) -> QywxProxy {
    let mut config = json!({"authConfig": {"provider": {"corpId": PROVIDER, "secret": "PROVIDER-SECRET"}}});
    merge(&mut config, more);
    proxy(config)
}

#[tokio::test(start_paused = true)]
async fn a_company_is_known_by_either_form_of_its_id() {
    let (host, proxy) = (installed(), with_secret(json!({})));
    let ctx = host.ctx();
    install(&host, &proxy, &ctx).await;
    for (id, known) in [("wpA", true), ("wpa", false), ("ww0B", false), ("ww0A", true), ("WW0a", true), ("zz", false)] {
        let company = proxy.known(&ctx, id).await.unwrap().map(|it| it.corp_id);
        assert_eq!(company.as_deref(), known.then_some("wpA"), "{id}");
    }
    assert_eq!(host.count("corpid_to_opencorpid"), 2, "what WeCom said once is remembered");
    let own = with_secret(json!({"corpId": "ww0A"}));
    assert_eq!(own.company(&ctx, None).await.unwrap().corp_id, "wpA");
    assert_eq!(own.serves(&ctx, "wpA").await.unwrap(), Serves::ByName);
    assert_eq!(proxy.serves(&ctx, "ww0A").await.unwrap(), Serves::AsOneOfAll);
    let other = with_secret(json!({"corpId": "wpB"}));
    assert_eq!(other.serves(&ctx, "wpA").await.unwrap(), Serves::No);
    assert_eq!(other.company(&ctx, Some("wpA")).await.unwrap_err().code, code::CORP_UNKNOWN);
    let closed = with_secret(json!({"isActive": false}));
    assert_eq!(closed.serves(&ctx, "wpA").await.unwrap(), Serves::SwitchedOff);
    assert_eq!(
        closed.get_login_config(&ctx, Some("wpA"), None, None, None, None).await.unwrap_err().code,
        code::LOGIN_INACTIVE
    );
    assert_eq!(closed.get_login_code(&ctx, Some("wpA"), "c", None, None).await.unwrap_err().code, code::LOGIN_INACTIVE);
    assert_eq!(
        hear(&closed, &ctx, &sealed("POST", &info("change_auth", NOW, ""), SUITE)).await.unwrap().as_deref(),
        Some("success")
    );
}

#[tokio::test(start_paused = true)]
async fn a_login_is_that_of_a_company() {
    let (host, proxy) = (installed(), with_secret(json!({})));
    let ctx = host.ctx();
    install(&host, &proxy, &ctx).await;
    let config = proxy.get_login_config(&ctx, None, None, None, None, None).await.unwrap();
    assert_eq!((config.suite_id.as_deref(), config.needs_org_code, config.state), (Some(SUITE), true, None));
    org_code::set(&ctx, "wpA", " Acme-1 ").await.unwrap();
    let config = proxy.get_login_config(&ctx, None, Some("ACME-1"), None, None, None).await.unwrap();
    assert_eq!((config.corp_id.as_deref(), config.agent_id.as_deref()), (Some("wpA"), Some("1000007")));
    assert!(config.qr_url.unwrap().contains("login_type=CorpApp&appid=wpA&agentid=1000007"));
    let state = config.state.as_deref();
    let error = with_secret(json!({})).get_login_code(&ctx, Some("wpB"), "c", None, state).await.unwrap_err();
    assert_eq!(error.code, code::NOT_INSTALLED);
    let result = proxy.get_login_code(&ctx, None, "c", None, state).await.unwrap();
    assert_eq!(result.user.unwrap().user_id, "woZhang");
    assert_eq!((result.corp_list[0].corp_id.as_str(), result.corp_list[0].corp_name.as_str()), ("wpA", "wpA Ltd"));
    assert!(result.login_code.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_company_has_one_organisation_code_and_nobody_else_has_it() {
    let host = installed();
    let ctx = host.ctx();
    org_code::set(&ctx, "wpA", "acme").await.unwrap();
    org_code::set(&ctx, "wpA", "ACME").await.unwrap();
    assert_eq!(org_code::set(&ctx, "wpB", "Acme").await.unwrap_err().kind, ErrorKind::Conflict);
    org_code::set(&ctx, "wpA", "示例").await.unwrap();
    for (code, corp) in [("示例", Some("wpA")), ("acme", None), ("", None), ("\n", None)] {
        assert_eq!(org_code::find(&ctx, code).await.unwrap().as_deref(), corp, "{code}");
    }
    org_code::set(&ctx, "wpB", "Acme").await.unwrap();
    for code in ["", "  ", "a\nb", &"x".repeat(65)] {
        assert_eq!(org_code::set(&ctx, "wpA", code).await.unwrap_err().kind, ErrorKind::InvalidArgs, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_for_installing_carries_its_state() {
    let (host, proxy) = (installed(), with_secret(json!({})));
    let ctx = host.ctx();
    let link = proxy.get_install_url(&ctx, Some("order17")).await.unwrap();
    assert_eq!(link.install_url, "https://w/i?state=order17");
    assert_eq!(link.expires_at, ctx.now() + 864_000_000);
    assert_eq!(proxy.get_install_url(&ctx, Some("a b")).await.unwrap_err().kind, ErrorKind::InvalidArgs);
    let without = super::proxy(json!({})).get_install_url(&ctx, None).await.unwrap_err();
    assert!(without.message.contains("authConfig.provider"), "{without}");
    install(&host, &proxy, &ctx).await;
    let company = Company::find(&ctx, SUITE, "wpA").await.unwrap().unwrap();
    assert_eq!(company.install_state.as_deref(), Some("s1"));
    assert!(!serde_json::to_string(&company).unwrap().contains("PERMANENT"));
}
