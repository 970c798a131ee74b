//! Logging in inside a client: who is let in, who is asked, and what an app then learns.

use std::time::Duration;

use wecom_sim::{AppChange, Options, VisibleRange};

use crate::{Answer, CORP, DEMO, OLD, SECOND, World, client_that_stays};

const BACK: &str = "http%3A%2F%2Fapp.example%2Fback%3Fx%3D%2520";

fn address(scope: &str, rest: &str) -> String {
    format!("/connect/oauth2/authorize?appid={CORP}&redirect_uri={BACK}&response_type=code&scope={scope}{rest}")
}

impl World {
    /// A visit by a client of this member; by a fresh one for `""`.
    async fn client_gets(&self, path: &str, member: &str) -> Answer {
        let request = client_that_stays().get(format!("{}{path}", self.base));
        let mut request = request.header("user-agent", "Mozilla/5.0 wxwork/4.1.0 MicroMessenger/7.0.1");
        if !member.is_empty() {
            request = request.header("cookie", format!("other=1; sim-member={member}"));
        }
        self.send(request).await
    }

    async fn detail(&self, body: &str, agent: u32) -> Answer {
        let token = self.token(agent).await;
        self.control(&format!("POST /cgi-bin/auth/getuserdetail?access_token={token}"), body).await
    }

    /// The code that an answer redirects with.
    pub(crate) fn code(answer: &Answer) -> String {
        let location = answer.header("location");
        let (_, rest) = location.split_once("code=").unwrap_or_else(|| panic!("no code in {location}"));
        rest.split('&').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn only_clients_are_let_in() {
    let world = World::demo().await;
    let path = address("snsapi_base", "");
    let browser = world.get(&path).await;
    assert_eq!(browser.status, 200);
    assert!(browser.body.contains("请在企业微信客户端打开链接"), "{}", browser.body);
    assert!(world.get(&address("snsapi_base", "&lang=en")).await.body.contains("Open this link in WeCom"));
    for agent in ["x wxwork/4", "x MICROMESSENGER/7"] {
        let request = world.client.get(format!("{}{path}", world.base)).header("user-agent", agent);
        assert!(world.send(request).await.body.contains("这是谁的企业微信？"), "{agent}");
    }
    let open = World::new(Options { any_browser: true, ..Options::default() }).await;
    assert!(open.get(&path).await.body.contains("这是谁的企业微信？"));
}

#[tokio::test]
async fn a_client_is_someones() {
    let world = World::demo().await;
    let path = address("snsapi_base", &format!("&agentid={DEMO}&state=s1"));
    let pick = world.client_gets(&path, "").await;
    assert!(pick.body.contains(r#"name="userId" value="zhangsan""#), "{}", pick.body);
    assert!(pick.body.contains(&path.replace('&', "&#38;")), "{}", pick.body);
    assert!(pick.header("content-security-policy").contains("form-action *"));
    let encode = |text: &str| text.replace('%', "%25").replace('&', "%26");
    let chosen = world.form("/sim/client", &format!("userId=zhangsan&back={}", encode(&path)), &[]).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, path.as_str()));
    assert_eq!(chosen.header("set-cookie"), "sim-member=zhangsan; Path=/connect; HttpOnly; SameSite=Lax");
    for back in ["http://evil.example/", "//evil.example/connect/oauth2/authorize?", "", "/connect/oauth2/consent?"] {
        let answer = world.form("/sim/client", &format!("userId=lisi&back={back}"), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (200, ""), "{back}");
    }
    let foreign = [("origin", "http://evil.example")];
    assert_eq!(world.form("/sim/client", "userId=lisi", &foreign).await.status, 403);
    // Another company's member, or a disabled one: choose again.
    for member in ["nobody", "zhaoliu"] {
        assert!(world.client_gets(&path, member).await.body.contains("这是谁的企业微信？"), "{member}");
    }
}

#[tokio::test]
async fn base_is_silent_and_keeps_the_query() {
    let world = World::demo().await;
    for (rest, member, end) in [
        (format!("&agentid={DEMO}&state=s1"), "zhangsan", "&state=s1"),
        (format!("&agentid={DEMO}"), "lisi", "&state="),
        // The demo app is meant when none is named; outside the visible range one is told of too.
        (String::new(), "outsider", "&state="),
    ] {
        let answer = world.client_gets(&address("snsapi_base", &rest), member).await;
        let code = World::code(&answer);
        let expected = format!("http://app.example/back?x=%20&code={code}{end}");
        assert_eq!((answer.status, answer.header("location")), (302, expected.as_str()));
        let token = world.token(DEMO).await;
        let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}")).await;
        assert_eq!(who.body, format!(r#"{{"errcode":0,"errmsg":"ok","userid":"{member}"}}"#));
    }
}

#[tokio::test]
async fn mistakes_are_pages() {
    let world = World::demo().await;
    let domains = Some(vec!["other.example".to_owned()]);
    world.sim.change_app(CORP, SECOND, AppChange { redirect_domains: domains, ..AppChange::default() }).unwrap();
    for (path, expected) in [
        (address("snsapi_base", &format!("&agentid={SECOND}")), "redirect_uri 与配置的授权完成回调域名不一致"),
        (address("snsapi_privateinfo", ""), "缺少参数 agentid"),
        (address("snsapi_all", ""), "snsapi_base, snsapi_privateinfo"),
        (address("snsapi_base", "").replace("=code", "=token"), "参数 response_type 不正确"),
        (address("snsapi_base", "").replace(CORP, "wwnone"), "没有这家企业：wwnone"),
        (address("snsapi_privateinfo", &format!("&agentid={DEMO}")), "无权限"),
        (address("snsapi_privateinfo", &format!("&agentid={DEMO}")), "/sim/client/forget?back=%2Fconnect%2F"),
        (address("snsapi_base", "&state=web_login%40gyoss9"), "参数 state 不正确"),
        (address("snsapi_base", &format!("&state={}", "a".repeat(129))), "参数 state 不正确"),
    ] {
        let answer = world.client_gets(&path, "outsider").await;
        assert!(answer.body.contains(expected), "{path}: {}", answer.body);
        assert_eq!(answer.header("location"), "", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_choice_is_not_for_ever() {
    let world = World::demo().await;
    let client = client_that_stays();
    let gets = async |path: &str| world.send(client.get(format!("{}{path}", world.base))).await;
    let forgotten = gets("/sim/client/forget?back=%2Fconnect%2Foauth2%2Fauthorize%3Fx").await;
    assert_eq!((forgotten.status, forgotten.header("location")), (303, "/connect/oauth2/authorize?x"));
    assert!(forgotten.header("set-cookie").starts_with("sim-member=; Path=/connect; Max-Age=0"));
    for elsewhere in ["", "?back=https%3A%2F%2Fevil.example", "?back=%2F%2Fevil.example"] {
        let forgotten = gets(&format!("/sim/client/forget{elsewhere}")).await;
        assert_eq!(forgotten.header("location"), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn consent_opens_what_was_ticked() {
    let world = World::demo().await;
    let path = address("snsapi_privateinfo", &format!("&agentid={DEMO}&state=s1"));
    let page = world.client_gets(&path, "zhangsan").await;
    for part in ["张三", "+86 13800000001", r#"name="grant" value="mobile" checked"#, r#"name="state" value="s1""#] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(page.header("content-security-policy").contains("form-action *"));
    let client = [("user-agent", "wxwork"), ("cookie", "sim-member=zhangsan")];
    let fields = format!(
        "appid={CORP}&redirect_uri={BACK}&response_type=code&scope=snsapi_privateinfo&state=s1&agentid={DEMO}&decision="
    );
    let send = async |rest: &str| world.form("/connect/oauth2/consent", &format!("{fields}{rest}"), &client).await;

    let declined = send("decline&grant=mobile").await;
    assert_eq!((declined.status, declined.header("location")), (302, "http://app.example/back?x=%20&state=s1"));

    let token = world.token(DEMO).await;
    let mut ticket = String::new();
    for (grants, expected) in [
        ("", r#""userid":"zhangsan","gender":"0","avatar":"https://wework.qpic.example/wwhead/default/0""#),
        (
            "&grant=mobile&grant=secret",
            r#""userid":"zhangsan","gender":"0","avatar":"https://wework.qpic.example/wwhead/default/0","mobile":"+86 13800000001""#,
        ),
        (
            "&grant=gender&grant=avatar&grant=biz_mail&grant=email&grant=address&grant=qr_code",
            r#""userid":"zhangsan","gender":"1","avatar":"https://wework.qpic.example/avatar/zhangsan/0","qr_code":"https://open.work.weixin.example/wwopen/userQRCode?vcode=zhangsan","email":"zhangsan@acme.example","biz_mail":"zhangsan@mail.acme.example","address":"广州市海珠区新港中路 1 号""#,
        ),
    ] {
        let agreed = send(&format!("agree{grants}")).await;
        let code = World::code(&agreed);
        assert_eq!(agreed.header("location"), format!("http://app.example/back?x=%20&code={code}&state=s1"));
        let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}")).await.json();
        assert_eq!((&who["userid"], &who["errcode"]), (&"zhangsan".into(), &0.into()));
        ticket = who["user_ticket"].as_str().unwrap().to_owned();
        assert!(ticket.len() <= 512);
        let detail = world.detail(&format!(r#"{{"user_ticket":"{ticket}"}}"#), DEMO).await;
        assert_eq!(detail.body, format!(r#"{{"errcode":0,"errmsg":"ok",{expected}}}"#));
    }

    let body = format!(r#"{{"user_ticket":"{ticket}"}}"#);
    assert_eq!(world.detail(&body, SECOND).await.errcode(), 84015, "another app's");
    for (body, code) in [("", 84090), ("{}", 84090), ("user_ticket=x", 84090), (r#"{"user_ticket":"x"}"#, 84015)] {
        assert_eq!(world.detail(body, DEMO).await.errcode(), code, "{body}");
    }
    // A ticket shows nobody who is no longer visible.
    let nobody = AppChange { visible_range: Some(VisibleRange::default()), ..AppChange::default() };
    world.sim.change_app(CORP, DEMO, nobody).unwrap();
    assert_eq!(world.detail(&body, DEMO).await.errcode(), 60011);
    world.sim.advance(Duration::from_secs(1800));
    assert_eq!(world.detail(&body, DEMO).await.errcode(), 84014);
}

#[tokio::test]
async fn the_older_call_gives_tickets_too() {
    let world = World::demo().await;
    let fields =
        format!("appid={CORP}&redirect_uri={BACK}&response_type=code&scope=snsapi_privateinfo&agentid={OLD}&decision=agree");
    let client = [("user-agent", "wxwork"), ("cookie", "sim-member=outsider")];
    let code = World::code(&world.form("/connect/oauth2/consent", &fields, &client).await);
    let token = world.token(OLD).await;
    let who = world.get(&format!("/cgi-bin/user/getuserinfo?access_token={token}&code={code}")).await.json();
    assert_eq!((&who["UserId"], &who["expires_in"]), (&"outsider".into(), &1800.into()));
    assert!(who["user_ticket"].is_string());

    let foreign = [client[0], client[1], ("origin", "http://evil.example")];
    assert_eq!(world.form("/connect/oauth2/consent", &fields, &foreign).await.status, 403);
    let undecided = fields.replace("&decision=agree", "");
    assert!(world.form("/connect/oauth2/consent", &undecided, &client).await.body.contains("缺少参数 decision"));
    let outside = fields.replace(&OLD.to_string(), &DEMO.to_string());
    assert_eq!(world.form("/connect/oauth2/consent", &outside, &client).await.status, 403);
}
