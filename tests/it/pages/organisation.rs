//! A way in for people of many companies asks which one is meant.
use super::{Person, person::seen};
use crate::site::Site;
use auths::{Login, LoginConfig, LoginResult, state};
use element::{Ctx, Error, ErrorKind, Result, code};
use expect_test::expect;

/// A way in for people of many companies.
#[element::config]
pub(crate) struct Many {
    /// Nobody scans anything: one click leads on.
    #[serde(default)]
    one_click: bool,
}

#[element::ty("logins.ManyType", meta = Login)]
impl Many {
    async fn get_login_config(&self, ctx: &Ctx, org_code: Option<&str>) -> Result<LoginConfig> {
        match org_code {
            None => return Ok(LoginConfig { needs_org_code: true, ..LoginConfig::default() }),
            Some("acme" | "极致 & Söhne") => {}
            Some("down") => return Err(Error::new(ErrorKind::Upstream, code::UPSTREAM, "it is down")),
            Some(_) => {
                return Err(Error::new(ErrorKind::NotFound, code::ORG_UNKNOWN, "no company has this organisation code"));
            }
        }
        let state = state::issue(ctx).await?;
        let page = Some(format!("https://idp.test/login?state={}", state.text));
        Ok(match self.one_click {
            true => LoginConfig { in_client_url: page, in_client_agent: Some("Client".into()), ..LoginConfig::default() },
            false => LoginConfig { qr_url: page, state_expires_at: Some(state.expires_at), ..LoginConfig::default() },
        })
    }

    async fn get_login_code(&self) -> Result<LoginResult> {
        Ok(LoginResult::default())
    }

    async fn is_active(&self) -> Result<bool> {
        Ok(true)
    }
}

/// An app with such a way in beside another one, and apps that have nothing else.
pub(crate) const MANY_COMPANIES: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo", "title": "Acme <Demo>"}
//- /apps/demo/logins/Many/e.json
{"title": "Your company", "type": "logins.ManyType"}
//- /apps/demo/logins/Many/Many.json
{}
//- /apps/demo/logins/Two/e.json
{"title": "Two", "type": "logins.TwoCorpsType"}
//- /apps/demo/logins/Two/Two.json
{}
//- /apps/alone/app.json
{"appId": "acme.alone", "title": "Alone"}
//- /apps/alone/logins/Many/e.json
{"type": "logins.ManyType"}
//- /apps/alone/logins/Many/Many.json
{"oneClick": true}
"#;

/// What the form would send, and what it says of what was typed.
fn form(page: &str) -> String {
    let Some(form) = page.split("<form class=\"organisation\"").nth(1).and_then(|it| it.split("</form>").next()) else {
        return String::new();
    };
    let tags = form.split("<input").skip(1).map(|it| it.split('>').next().unwrap());
    tags.map(|it| format!("<input{it}>\n")).collect()
}

#[tokio::test]
async fn the_code_is_asked_for_and_remembered() {
    let site = Site::of(MANY_COMPANIES).await;
    let mut person = Person::of(&site).with("accept-language: en");
    let mut text = String::new();
    for path in [
        "/acme/demo/login?return=%2Fx",
        "/acme/demo/login?way=logins.Many&return=%2Fx&asked=1&org=+acne%22%3E+",
        "/acme/demo/login?way=logins.Many&return=%2Fx&asked=1&org=+",
        "/acme/demo/login?way=logins.Many&return=%2Fx&asked=1&org=%E6%9E%81%E8%87%B4+%26+S%C3%B6hne",
        "/acme/demo/login?way=logins.Many",
        "/acme/demo/login?way=logins.Many&org=down",
        // What the other way in does not take is none of its business.
        "/acme/demo/login?way=logins.Two&org=acme",
    ] {
        let reply = person.get(path).await;
        let form = form(&String::from_utf8_lossy(&reply.body));
        text.push_str(&format!("# {path}\n{}\n{form}", seen(&reply)));
    }
    expect![[r##"
        # /acme/demo/login?return=%2Fx
        200
        Acme &#60;Demo&#62;
        Log in
        [Your company](?way=logins.Many&return=%2Fx)
        [Two](?way=logins.Two&return=%2Fx)Organisation code
        Enter the organisation code of your company. Its administrator knows it.
        [Next]
        <input type="hidden" name="return" value="/x">
        <input type="hidden" name="asked" value="1">
        <input id="org" name="org" value="" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" required autofocus aria-describedby="org-text">
        # /acme/demo/login?way=logins.Many&return=%2Fx&asked=1&org=+acne%22%3E+
        404
        Acme &#60;Demo&#62;
        Log in
        [Your company](?way=logins.Many&return=%2Fx)
        [Two](?way=logins.Two&return=%2Fx)Organisation code
        Enter the organisation code of your company. Its administrator knows it.
        No company has this organisation code. Check it, and try again.
        [Next]
        <input type="hidden" name="way" value="logins.Many">
        <input type="hidden" name="return" value="/x">
        <input type="hidden" name="asked" value="1">
        <input id="org" name="org" value="acne&#34;&#62;" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" required autofocus aria-invalid="true" aria-describedby="org-wrong org-text">
        # /acme/demo/login?way=logins.Many&return=%2Fx&asked=1&org=+
        200
        Acme &#60;Demo&#62;
        Log in
        [Your company](?way=logins.Many&return=%2Fx)
        [Two](?way=logins.Two&return=%2Fx)Organisation code
        Enter the organisation code of your company. Its administrator knows it.
        [Next]
        <input type="hidden" name="way" value="logins.Many">
        <input type="hidden" name="return" value="/x">
        <input type="hidden" name="asked" value="1">
        <input id="org" name="org" value="" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" required autofocus aria-describedby="org-text">
        # /acme/demo/login?way=logins.Many&return=%2Fx&asked=1&org=%E6%9E%81%E8%87%B4+%26+S%C3%B6hne
        200
        Acme &#60;Demo&#62;
        Log in
        [Your company](?way=logins.Many&return=%2Fx)
        [Two](?way=logins.Two&return=%2Fx)
        Scan the QR code to log in
        [Refresh the QR code]()
        The QR code cannot be shown here. Open the login page in a separate window.
        [Open the page with the QR code](https://idp.test/login?state=<hash>&lang=en)
        This login is valid for
        [Enter another organisation code](?way=logins.Many&return=%2Fx)
        # /acme/demo/login?way=logins.Many
        200
        Acme &#60;Demo&#62;
        Log in
        [Your company](?way=logins.Many)
        [Two](?way=logins.Two)Organisation code
        Enter the organisation code of your company. Its administrator knows it.
        [Next]
        <input type="hidden" name="way" value="logins.Many">
        <input type="hidden" name="asked" value="1">
        <input id="org" name="org" value="极致 &#38; Söhne" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" required autofocus aria-describedby="org-text">
        # /acme/demo/login?way=logins.Many&org=down
        502
        Acme &#60;Demo&#62;
        The login service cannot be reached
        [Your company](?way=logins.Many)
        [Two](?way=logins.Two)
        It did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number below to your administrator.
        # /acme/demo/login?way=logins.Two&org=acme
        200
        Acme &#60;Demo&#62;
        Log in
        [Your company](?way=logins.Many)
        [Two](?way=logins.Two)
        Scan the QR code to log in
        [Refresh the QR code]()
        The QR code cannot be shown here. Open the login page in a separate window.
        [Open the page with the QR code](https://idp.test/login?state=<hash>&lang=en)
        This login is valid for
    "##]].assert_eq(&text);
    expect!["%E6%9E%81%E8%87%B4+%26+S%C3%B6hne"].assert_eq(&person.cookies["__Host-element-org-code"]);
}

#[tokio::test]
async fn it_is_asked_for_in_chinese() {
    let site = Site::of(MANY_COMPANIES).await;
    let mut person = Person::of(&site).with("accept-language: zh");
    let page = |query: &str| format!("/acme/demo/login?way=logins.Many{query}");
    let (asked, wrong) = (person.get(&page("")).await, person.get(&page("&org=x")).await);
    expect![[r#"
        200
        Acme &#60;Demo&#62;
        登录
        [Your company](?way=logins.Many)
        [Two](?way=logins.Two)组织代号
        请输入你所在企业的组织代号；如果不清楚，请咨询企业管理员。
        [下一步]
        404
        Acme &#60;Demo&#62;
        登录
        [Your company](?way=logins.Many)
        [Two](?way=logins.Two)组织代号
        请输入你所在企业的组织代号；如果不清楚，请咨询企业管理员。
        没有企业使用该组织代号，请核对后重试。
        [下一步]"#]]
    .assert_eq(&format!("{}\n{}", seen(&asked), seen(&wrong)));
}

#[tokio::test]
async fn no_code_is_too_long_or_too_odd() {
    let site = Site::of(MANY_COMPANIES).await;
    let mut person = Person::of(&site).with("accept-language: en");
    for (code, shown) in [
        ("a".repeat(64), "a".repeat(64)),
        ("a".repeat(65), "a".repeat(64)),
        ("%E4%B8%AD".repeat(900), "中".repeat(64)),
        ("x%00%0D%0Ax".into(), "x\0\r\nx".into()),
    ] {
        let reply = person.get(&format!("/acme/demo/login?way=logins.Many&org={code}")).await;
        let page = String::from_utf8(reply.body.clone()).unwrap();
        let typed = page.split("name=\"org\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(typed, shown);
        assert_eq!(reply.status, 404, "{code}: {page}");
        assert!(page.contains("aria-invalid=\"true\""), "{page}");
        assert_eq!(person.cookies.get("__Host-element-org-code"), None, "{code}");
    }
    // A cookie that somebody else wrote is what somebody typed.
    person.cookies.insert("__Host-element-org-code".into(), "%22%3E%3Cscript%3E".into());
    let page = String::from_utf8(person.get("/acme/demo/login?way=logins.Many").await.body).unwrap();
    assert!(page.contains("value=\"&#34;&#62;&#60;script&#62;\""), "{page}");
}

#[tokio::test]
async fn an_address_with_a_code_leads_on_and_the_form_waits_for_a_click() {
    let site = Site::of(MANY_COMPANIES).await;
    let mut person = Person::of(&site).with("accept-language: en").with("user-agent: Client");
    let mut text = String::new();
    for path in ["/acme/alone/login", "/acme/alone/login?org=acme", "/acme/alone/login?asked=1&org=acme"] {
        text.push_str(&format!("# {path}\n{}\n", seen(&person.get(path).await)));
    }
    expect![[r#"
        # /acme/alone/login
        200
        Alone
        Log inOrganisation code
        Enter the organisation code of your company. Its administrator knows it.
        [Next]
        # /acme/alone/login?org=acme
        303 → https://idp.test/login?state=<hash>
        # /acme/alone/login?asked=1&org=acme
        200
        Alone
        Log in
        [Log in](https://idp.test/login?state=<hash>)
        [Enter another organisation code](?)
    "#]]
    .assert_eq(&text);
}
