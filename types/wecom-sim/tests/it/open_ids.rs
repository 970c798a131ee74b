//! Ids that are the provider's own: where they are told, and where they are taken.

use serde_json::{Value, json};
use wecom_sim::{CodeFor, NewInstall, Options, Provider, VisibleRange};

use crate::receiver::Receiver;
use crate::suite::SUITE;
use crate::{CORP, DEMO, World, client_that_stays};

const AGENT: u32 = 1_000_005;

/// The ids that the provider has for the company, and for members by their plain ones.
async fn ids(world: &World, token: &str, members: &[&str]) -> (String, Vec<String>) {
    let path = format!("service/corpid_to_opencorpid?provider_access_token={}", world.provider_token().await);
    let corp = world.post(&path, &json!({ "corpid": CORP.to_uppercase() })).await.json();
    let path = format!("batch/userid_to_openuserid?access_token={token}");
    let answer = world.post(&path, &json!({ "userid_list": members })).await.json();
    let list = answer["open_userid_list"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let members = list.iter().map(|it| it["open_userid"].as_str().unwrap().to_owned()).collect();
    (corp["open_corpid"].as_str().unwrap_or_else(|| panic!("{corp}")).to_owned(), members)
}

#[tokio::test]
async fn ids_are_asked_for_by_the_plain_ones() {
    let world = World::suited(Options::default()).await;
    let (_, token) = world.installed(NewInstall::default()).await;
    let (corp, members) = ids(&world, &token, &["zhangsan", "WANGWU"]).await;
    assert!(corp.starts_with("wp") && corp.len() == 32, "{corp}");
    assert!(members.iter().all(|id| id.starts_with("wo") && id.len() == 32) && members[0] != members[1], "{members:?}");
    assert_eq!((corp, members), ids(&world, &token, &["ZhangSan", "wangwu"]).await, "the same each time");
    let asked = format!("batch/userid_to_openuserid?access_token={token}");
    let answer = world.post(&asked, &json!({ "userid_list": ["nobody", "lisi"] })).await.json();
    assert_eq!(answer["invalid_userid_list"], json!(["nobody"]));
    assert_eq!(answer["open_userid_list"][0]["userid"], "lisi");
    let open = "service/corpid_to_opencorpid?provider_access_token={P}";
    world
        .errcodes(&[
            (&asked, json!({}), 40058),
            (&asked, json!({ "userid_list": [] }), 40058),
            (&asked, json!({ "userid_list": [1] }), 40058),
            (&asked, json!({ "userid_list": vec!["lisi"; 1001] }), 40058),
            (open, json!({}), 41002),
            (open, json!({ "corpid": "wwx" }), 40013),
        ])
        .await;
}

#[tokio::test]
async fn a_company_is_known_by_both_ids() {
    let world = World::suited(Options::default()).await;
    let range = VisibleRange { departments: vec![], members: vec!["lisi".into()] };
    let (code, token) = world.installed(NewInstall { visible_range: Some(range), ..NewInstall::default() }).await;
    let (corp, members) = ids(&world, &token, &["zhangsan", "lisi"]).await;
    assert_eq!(world.sim.installs(SUITE)[0].auth_corp_id, corp);
    for (corp_id, secret, expected) in [
        (CORP, &*code, 0),
        (&CORP.to_uppercase(), &code, 0),
        (&corp, &code, 0),
        (&corp.to_lowercase(), &code, 40013),
        (&corp, crate::secret(DEMO), 40001),
    ] {
        let answer = world.get(&format!("/cgi-bin/gettoken?corpid={corp_id}&corpsecret={secret}")).await;
        assert_eq!(answer.errcode(), expected, "{corp_id}: {}", answer.body);
    }
    let path = format!("service/v2/get_auth_info?suite_access_token={}", world.suite_token().await);
    let info = world.post(&path, &json!({ "auth_corpid": corp, "permanent_code": code })).await.json();
    assert_eq!(info["auth_corp_info"]["corpid"], *corp);
    assert_eq!(info["auth_info"]["agent"][0]["privilege"]["allow_user"], json!([members[1]]));
    let path = path.replace("v2/get_auth_info", "get_admin_list");
    let admins = world.post(&path, &json!({ "auth_corpid": corp, "agentid": AGENT })).await.json();
    assert_eq!(admins["admin"][0], json!({ "userid": members[0], "open_userid": members[0], "auth_type": 1 }));
}

#[tokio::test]
async fn members_are_told_by_the_providers_ids_alone() {
    let world = World::suited(Options::default()).await;
    let (_, token) = world.installed(NewInstall::default()).await;
    let (_, members) = ids(&world, &token, &["zhangsan", "lisi"]).await;
    let [zhangsan, lisi] = &members[..] else { panic!("{members:?}") };
    let code = world.sim.issue_code(CodeFor::member("lisi").of(CORP, AGENT)).unwrap();
    let legacy = world.sim.issue_code(CodeFor::member("lisi").of(CORP, AGENT)).unwrap();
    let openid = world.get(&format!("/cgi-bin/user/convert_to_openid?access_token={}", world.token(DEMO).await)).await;
    assert_eq!(openid.errcode(), 41009);
    for (path, pointer, expected) in [
        (format!("auth/getuserinfo?code={code}&"), "/userid", json!(lisi)),
        (format!("user/getuserinfo?code={legacy}&"), "/UserId", json!(lisi)),
        (format!("user/get?userid={lisi}&"), "/userid", json!(lisi)),
        (format!("user/get?userid={lisi}&"), "/direct_leader/0", json!(zhangsan)),
        (format!("user/get?userid={lisi}&"), "/name", json!("李四")),
        ("user/get?userid=lisi&".into(), "/errcode", json!(60111)),
        (format!("user/get?userid={}&", lisi.to_lowercase()), "/errcode", json!(60111)),
        ("user/list?department_id=2&".into(), "/userlist/0/userid", json!(zhangsan)),
        ("user/simplelist?department_id=2&".into(), "/userlist/1/userid", json!(lisi)),
        ("department/get?id=2&".into(), "/department/department_leader/0", json!(zhangsan)),
    ] {
        let answer = world.get(&format!("/cgi-bin/{path}access_token={token}")).await.json();
        assert_eq!(answer.pointer(pointer), Some(&expected), "{path}: {answer}");
    }
    let both = |name: &str, id: &str| json!({ name: id });
    let to = format!("user/convert_to_openid?access_token={token}");
    let openid = world.post(&to, &both("userid", lisi)).await.json()["openid"].clone();
    let back = format!("user/convert_to_userid?access_token={token}");
    assert_eq!(world.post(&back, &both("openid", openid.as_str().unwrap())).await.json()["userid"], **lisi);
    // The company's own apps know nobody by those.
    let own = format!("/cgi-bin/user/get?userid={lisi}&access_token={}", world.token(DEMO).await);
    assert_eq!(world.get(&own).await.errcode(), 60111);
}

#[tokio::test]
async fn another_provider_has_other_ids() {
    let world = World::suited(Options::default()).await;
    let (code, token) = world.installed(NewInstall::default()).await;
    let (corp, members) = ids(&world, &token, &["lisi"]).await;
    let by = async |id: &str| world.get(&format!("/cgi-bin/user/get?userid={id}&access_token={token}")).await.errcode();
    assert_eq!(by(&members[0]).await, 0);
    let other = include_str!("../../src/provider.json").replace("ww7e57c0de00000001", "ww0000000000000009");
    world.sim.put_provider(Provider::from_json(&other).unwrap());
    assert_eq!(by(&members[0]).await, 60111);
    let path = format!("batch/userid_to_openuserid?access_token={token}");
    let theirs = world.post(&path, &json!({ "userid_list": ["lisi"] })).await.json();
    let theirs = theirs["open_userid_list"][0]["open_userid"].as_str().unwrap();
    assert!(theirs != members[0] && by(theirs).await == 0);
    let old = format!("/cgi-bin/gettoken?corpid={corp}&corpsecret={code}");
    assert_eq!(world.get(&old).await.errcode(), 40013);
    let new = &world.sim.installs(SUITE)[0].auth_corp_id;
    assert_eq!(world.get(&old.replace(&corp, new)).await.errcode(), 0);
}

#[tokio::test]
async fn older_installs_are_told_the_plain_ids() {
    let world = World::suited(Options { encrypt_ids: false, ..Options::default() }).await;
    let (_, token) = world.installed(NewInstall::default()).await;
    let (corp, _) = ids(&world, &token, &["lisi"]).await;
    assert!(corp.starts_with("wp"), "what it would be can be asked: {corp}");
    assert_eq!(world.sim.installs(SUITE)[0].auth_corp_id, CORP);
    let member = world.get(&format!("/cgi-bin/user/get?userid=LISI&access_token={token}")).await.json();
    assert_eq!((&member["userid"], &member["direct_leader"]), (&json!("lisi"), &json!(["zhangsan"])));
}

#[tokio::test]
async fn login_pages_take_both_ids() {
    let world = World::suited(Options { any_browser: true, ..Options::default() }).await;
    let (_, token) = world.installed(NewInstall::default()).await;
    let (corp, members) = ids(&world, &token, &["lisi"]).await;
    let rest = format!("agentid={AGENT}&redirect_uri=http%3A%2F%2Fapp.example%2F&state=s1");
    for appid in [CORP, &corp] {
        let page = world.get(&format!("/wwlogin/sso/login?login_type=CorpApp&appid={appid}&{rest}")).await;
        let (_, key) = page.body.split_once(r#""web_key":""#).unwrap_or_else(|| panic!("{}", page.body));
        let key = &key[..16];
        world.sim.scan(key, "lisi").unwrap();
        world.sim.confirm(key).unwrap();
        let to = url::Url::parse(&world.sim.goes_to(key).unwrap()).unwrap();
        let of = |name: &str| to.query_pairs().find(|(given, _)| given == name).unwrap().1.into_owned();
        assert_eq!(of("appid"), corp, "as the provider knows it");
        let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={}", of("code"))).await;
        assert_eq!(who.json()["userid"], members[0]);

        let path = format!("/connect/oauth2/authorize?appid={appid}&response_type=code&scope=snsapi_base&{rest}");
        let asked = client_that_stays().get(format!("{}{path}", world.base)).header("cookie", "sim-member=lisi");
        let code = World::code(&world.send(asked).await);
        let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}")).await;
        assert_eq!(who.json()["userid"], members[0]);
    }
    let folded = world.get(&format!("/wwlogin/sso/login?appid={}&lang=en&{rest}", corp.to_lowercase())).await;
    assert!(folded.body.contains("There is no company"), "{}", folded.body);
}

#[tokio::test]
async fn events_name_the_providers_ids() {
    let world = World::suited(Options::default()).await;
    let receiver = Receiver::for_template().await;
    let mut install = NewInstall { callback: Some(receiver.callback.clone()), ..NewInstall::default() };
    install.callback.as_mut().unwrap().trimmed = None;
    let (_, token) = world.installed(install).await;
    let (corp, members) = ids(&world, &token, &["lisi", "zhangsan"]).await;
    let edit = async |route: &str, body: Value| {
        let (method, path) = route.split_once(' ').unwrap();
        let answer = world.control(&format!("{method} /sim/companies/{CORP}{path}"), &body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let got = receiver.got(&world.sim).await;
        assert_eq!(got.len(), 1, "{route}");
        let (document, receive_id) = got[0].opened.clone().unwrap();
        assert_eq!(receive_id, corp, "{route}");
        let to = format!("<ToUserName><![CDATA[{corp}]]></ToUserName>");
        assert!(got[0].body.contains(&to) && document.contains(&to), "{document}");
        assert!(!document.contains("lisi") && !document.contains("zhangsan"), "{document}");
        document
    };
    let told = edit("PUT /members/lisi", json!({ "position": "CTO", "directLeader": [] })).await;
    let expected = format!(
        "<UserID><![CDATA[{}]]></UserID><DirectLeader><![CDATA[]]></DirectLeader><Position><![CDATA[CTO]]></Position>",
        members[0]
    );
    assert!(told.contains(&expected), "{told}");
    let told = edit("PUT /members/lisi", json!({ "directLeader": ["zhangsan"] })).await;
    assert!(told.contains(&format!("<DirectLeader><![CDATA[{}]]></DirectLeader>", members[1])), "{told}");
    let told = edit("POST /tags/1", json!({ "addMembers": ["lisi", "zhangsan"] })).await;
    assert!(told.contains(&format!("<AddUserItems><![CDATA[{},{}]]></AddUserItems>", members[0], members[1])), "{told}");
    let told = edit("DELETE /members/lisi", json!({})).await;
    assert!(told.contains(&format!("<UserID><![CDATA[{}]]></UserID></xml>", members[0])), "{told}");
}
