//! People in several companies choose one; several ways in stand beside each other.
use super::{Person, person::seen};
use crate::site::Site;
use auths::{Corp, Identity, Login, LoginConfig, LoginResult, Recognised, User, recognise, state};
use element::{Ctx, Result};
use expect_test::expect;

/// A way in for people of two companies.
#[element::config]
pub(crate) struct TwoCorps {
    /// Whether people may log in this way.
    #[serde(default)]
    closed: bool,
}

#[element::ty("logins.TwoCorpsType", meta = Login)]
impl TwoCorps {
    async fn get_login_config(&self, ctx: &Ctx) -> Result<LoginConfig> {
        let state = state::issue(ctx).await?;
        let qr_url = Some(format!("https://idp.test/login?state={}", state.text));
        Ok(LoginConfig { qr_url, state_expires_at: Some(state.expires_at), ..LoginConfig::default() })
    }

    async fn get_login_code(&self, ctx: &Ctx, code: &str, state: &str) -> Result<LoginResult> {
        let corp = |id: &str, name: &str| Corp { corp_id: id.into(), corp_name: name.into() };
        recognise(ctx, Some(state), code, async { Ok(code.to_owned()) }, async |user_id: String| {
            let user = User { user_id, name: Some("Ann <b>O'Hara</b>".into()), ..User::default() };
            let corp_list = vec![corp("c1", "Acme & Sons"), corp("c2", "<script>alert(1)</script>")];
            let identity = Identity { auth_type: Self::FULL_NAME.into(), user, corp_list, known_only: false };
            Ok(Recognised::Member(identity.into()))
        })
        .await
    }

    async fn is_active(&self) -> Result<bool> {
        Ok(!self.closed)
    }
}

/// An app with people of two companies.
pub(crate) const TWO_COMPANIES: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo", "title": "Acme <Demo>"}
//- /apps/demo/logins/Two/e.json
{"title": "Two & more", "type": "logins.TwoCorpsType"}
//- /apps/demo/logins/Two/Two.json
{}
//- /apps/demo/logins/Closed/e.json
{"title": "Closed", "type": "logins.TwoCorpsType"}
//- /apps/demo/logins/Closed/Closed.json
{"closed": true}
//- /apps/demo/logins/Qywx/e.json
{"title": "WeCom", "type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/logins/Qywx/Qywx.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "{{PUBLIC_URL}}/api/auth/qywx/callback"}
//- /apps/none/app.json
{"appId": "acme.none", "title": "Nobody's"}
"#;

#[tokio::test]
async fn each_way_in_that_is_open_stands_on_the_login_page() {
    let site = Site::of(TWO_COMPANIES).await;
    let mut person = Person::of(&site).with("accept-language: en");
    let mut text = String::new();
    for path in [
        "/acme/demo/login?return=%2Fx",
        "/acme/demo/login?way=logins.Two&return=%2Fx",
        "/acme/demo/login?way=logins.Closed",
        "/acme/none/login",
    ] {
        text.push_str(&format!("# {path}\n{}\n", seen(&person.get(path).await)));
    }
    expect![[r#"
        # /acme/demo/login?return=%2Fx
        200
        Acme &#60;Demo&#62;
        Log in
        [WeCom](?way=logins.Qywx&return=%2Fx)
        [Two & more](?way=logins.Two&return=%2Fx)
        Scan the QR code to log in
        [Refresh the QR code]()
        The QR code cannot be shown here. Open the login page in a separate window.
        [Open the page with the QR code](http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<hash>&lang=en)
        This login is valid for
        # /acme/demo/login?way=logins.Two&return=%2Fx
        200
        Acme &#60;Demo&#62;
        Log in
        [WeCom](?way=logins.Qywx&return=%2Fx)
        [Two & more](?way=logins.Two&return=%2Fx)
        Scan the QR code to log in
        [Refresh the QR code]()
        The QR code cannot be shown here. Open the login page in a separate window.
        [Open the page with the QR code](https://idp.test/login?state=<hash>&lang=en)
        This login is valid for
        # /acme/demo/login?way=logins.Closed
        200
        Acme &#60;Demo&#62;
        Log in
        [WeCom](?way=logins.Qywx)
        [Two & more](?way=logins.Two)
        Scan the QR code to log in
        [Refresh the QR code]()
        The QR code cannot be shown here. Open the login page in a separate window.
        [Open the page with the QR code](http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<hash>&lang=en)
        This login is valid for
        # /acme/none/login
        503
        Nobody's
        Nobody can log in right now
        This app has no way of logging in at the moment. Please ask whoever runs it.
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn who_is_in_several_companies_chooses_one() {
    let site = Site::of(TWO_COMPANIES).await;
    let mut person = Person::of(&site).with("accept-language: en");
    let state = person.begin("/acme/demo/login?way=logins.Two&return=%2Forders").await;
    let reply = person.get(&super::person::callback("c", &state)).await;
    let page = String::from_utf8(reply.body.clone()).unwrap();
    let login_code = page.split("name=\"loginCode\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(!page.contains("<script>alert"), "{page}");
    let form = |corp: &str| format!("loginCode={login_code}&corp={corp}&return=%2Forders");
    let wrong = person.submit("/acme/demo/login", &form("c3")).await;
    let again = person.submit("/acme/demo/login", &form("c2")).await;
    let profile = person.get("/acme/demo/profile").await;
    let used = person.submit("/acme/demo/login", &form("c1")).await;
    let text = format!("{}\n\n{}\n\n{}\n\n{}\n\n{}", seen(&reply), seen(&wrong), seen(&again), seen(&profile), seen(&used));
    expect![[r#"
        200
        Choose a company
        You belong to several companies. Which one do you want to enter?
        [Acme & Sonsc1]
        [&#60;script&#62;alert(1)&#60;/script&#62;c2]

        403
        There is no such company
        You are not in that company. Log in again, and choose one of the list.
        [Log in again](/acme/demo/login?return=%2Forders)
        Error20105

        303 → /orders

        200
        Acme &#60;Demo&#62;
        A
        Ann &#60;b&#62;O'Hara&#60;/b&#62;
        Department: not told
        Company: &#60;script&#62;alert(1)&#60;/script&#62;
        Account: c
        Logged in until:
        [Log out]

        303 → /orders"#]]
    .assert_eq(&text);
    let mut stranger = Person::of(&site);
    let evil = stranger.submit("/acme/demo/login", "loginCode=x&corp=c1&return=https%3A%2F%2Fevil.com").await;
    assert!(!seen(&evil).contains("evil"), "{}", seen(&evil));
    for broken in ["", "loginCode=x", "corp=%FF&loginCode=%FF"] {
        let reply = stranger.submit("/acme/demo/login", broken).await;
        assert!(reply.status == 403 && seen(&reply).contains("20103"), "{broken}: {}", seen(&reply));
    }
    let large = stranger.submit("/acme/demo/login", &"x".repeat(20_000)).await;
    assert!(large.status == 422 && !seen(&large).is_empty(), "{}", seen(&large));
}
