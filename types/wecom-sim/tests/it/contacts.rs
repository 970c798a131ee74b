//! user/get: who may see whom, and what of them.

use wecom_sim::{AppChange, VisibleRange};

use crate::{CORP, DEMO, World, long};

const EMPTY: &str = r#","department":[],"order":[],"is_leader_in_dept":[],"direct_leader":[]"#;

#[tokio::test]
async fn fields_by_the_age_of_the_app() {
    let world = World::demo().await;
    let short = r#"{"errcode":0,"errmsg":"ok","userid":"zhangsan","name":"张三","department":[2],"order":[10],"position":"研发总监","is_leader_in_dept":[1],"direct_leader":[],"telephone":"010-80000001","alias":"San","main_department":2,"extattr":{"attrs":[]},"status":1}"#;
    let more = r#","mobile":"+86 13800000001","gender":"1","email":"zhangsan@acme.example","biz_mail":"zhangsan@mail.acme.example","avatar":"https://wework.qpic.example/avatar/zhangsan/0","qr_code":"https://open.work.weixin.example/wwopen/userQRCode?vcode=zhangsan","address":"广州市海珠区新港中路 1 号"}"#;
    let full = short.replace("\"status\":1}", &format!("\"status\":1{more}"));
    world
        .check(&[
            ("/cgi-bin/user/get?access_token={T2}&userid=zhangsan", short),
            ("/cgi-bin/user/get?access_token={T2}&userid=ZHANGSAN", short),
            ("/cgi-bin/user/get?access_token={T4}&userid=zhangsan", &full),
        ])
        .await;
    for (wanted, expected) in [(true, full.as_str()), (false, short)] {
        let change = AppChange { full_profile: Some(wanted), ..AppChange::default() };
        world.sim.change_app(CORP, DEMO, change).unwrap();
        world.check(&[("/cgi-bin/user/get?access_token={T2}&userid=zhangsan", expected)]).await;
    }
}

#[tokio::test]
async fn several_departments_and_a_disabled_member() {
    let world = World::demo().await;
    world
        .check(&[
            (
                "/cgi-bin/user/get?access_token={T2}&userid=lisi",
                r#"{"errcode":0,"errmsg":"ok","userid":"lisi","name":"李四","department":[2,3],"order":[0,5],"position":"产品经理","is_leader_in_dept":[0,0],"direct_leader":["zhangsan"],"telephone":"","alias":"","main_department":3,"extattr":{"attrs":[]},"status":1}"#,
            ),
            (
                "/cgi-bin/user/get?access_token={T2}&userid=zhaoliu",
                r#"{"errcode":0,"errmsg":"ok","userid":"zhaoliu","name":"赵六","department":[3],"order":[0],"position":"市场专员","is_leader_in_dept":[0],"direct_leader":[],"telephone":"","alias":"","main_department":3,"extattr":{"attrs":[]},"status":2}"#,
            ),
        ])
        .await;
}

#[tokio::test]
async fn what_the_company_adds_is_passed_through() {
    let world = World::demo().await;
    let extattr = r#"{"attrs":[{"name":"工号","text":{"value":"A-7"},"type":0,"value":"A-7"}]}"#;
    let profile =
        r#"{"external_attr":[{"name":"site","type":1,"web":{"title":"t","url":"u"}}],"external_corp_name":"示例"}"#;
    let company = format!(
        r#"{{"corpId":"wwmore","members":[{{"userId":"ann","extattr":{extattr},"externalPosition":"顾问","externalProfile":{profile}}}],"apps":[{{"agentId":1,"secret":"s"}}]}}"#
    );
    assert_eq!(world.control("POST /sim/companies", &company).await.status, 200);
    let token = world.get("/cgi-bin/gettoken?corpid=wwmore&corpsecret=s").await.json();
    let call = format!("/cgi-bin/user/get?access_token={}&userid=ann", token["access_token"].as_str().unwrap());
    let expected = format!(
        r#"{{"errcode":0,"errmsg":"ok","userid":"ann","name":"ann","department":[1],"order":[0],"position":"","is_leader_in_dept":[0],"direct_leader":[],"telephone":"","alias":"","main_department":1,"extattr":{extattr},"status":1,"external_position":"顾问","external_profile":{profile}}}"#
    );
    world.check(&[(&call, &expected)]).await;
}

#[tokio::test]
async fn errors_in_order_keep_the_empty_lists() {
    let world = World::demo().await;
    let untrusted = AppChange { trusted_ips: Some(vec!["10.0.0.1".parse().unwrap()]), ..AppChange::default() };
    let not_allowed = format!(
        r#"{{"errcode":60011,"errmsg":"no privilege to access/modify contact/party/agent, hint: [HINT], from ip: 127.0.0.1"{EMPTY}}}"#
    );
    let invalid = format!(r#"{{"errcode":40014,"errmsg":"invalid access_token"{EMPTY}}}"#);
    world
        .check(&[
            ("/cgi-bin/user/get", &long(41001, "access_token missing", EMPTY)),
            ("/cgi-bin/user/get?userid=zhangsan", &long(41001, "access_token missing", EMPTY)),
            ("/cgi-bin/user/get?access_token=x", &invalid),
            ("/cgi-bin/user/get?access_token={T2}", &long(41009, "userid missing", EMPTY)),
            ("/cgi-bin/user/get?access_token={T2}&userid=nobody", &long(60111, "userid not found", EMPTY)),
            ("/cgi-bin/user/get?access_token={T2}&userid=outsider", &not_allowed),
        ])
        .await;
    // Address before app before parameters.
    world.sim.change_app(CORP, DEMO, untrusted).unwrap();
    let token = world.token(DEMO).await;
    let bare = format!("/cgi-bin/user/get?access_token={token}");
    let disabled = AppChange { enabled: Some(false), ..AppChange::default() };
    world.sim.change_app(CORP, DEMO, disabled).unwrap();
    world.check(&[(&bare, &long(60020, "not allow to access from your ip", EMPTY))]).await;
    let trusted = AppChange { trusted_ips: Some(vec!["127.0.0.1".parse().unwrap()]), ..AppChange::default() };
    world.sim.change_app(CORP, DEMO, trusted).unwrap();
    world.check(&[(&bare, &long(50003, "app is disabled", EMPTY))]).await;
    // Expiry before the address.
    world.sim.advance(std::time::Duration::from_secs(7200));
    world.check(&[(&bare, &long(42001, "access_token expired", EMPTY))]).await;
}

#[tokio::test]
async fn the_visible_range_is_departments_with_all_below_and_members() {
    let world = World::demo().await;
    let all = ["zhangsan", "lisi", "WangWu", "zhaoliu", "outsider"];
    let range = |departments: &[u32], members: &[&str]| VisibleRange {
        departments: departments.to_vec(),
        members: members.iter().map(|id| (*id).to_owned()).collect(),
    };
    for (range, expected) in [
        (range(&[1], &[]), &all[..]),
        (range(&[2], &[]), &["zhangsan", "lisi", "WangWu"][..]),
        (range(&[4], &["OUTSIDER"]), &["WangWu", "outsider"][..]),
        (range(&[3], &[]), &["lisi", "zhaoliu"][..]),
        (range(&[], &[]), &[][..]),
    ] {
        let change = AppChange { visible_range: Some(range.clone()), ..AppChange::default() };
        world.sim.change_app(CORP, DEMO, change).unwrap();
        let token = world.token(DEMO).await;
        let mut seen = Vec::new();
        for id in all {
            match world.get(&format!("/cgi-bin/user/get?access_token={token}&userid={id}")).await.errcode() {
                0 => seen.push(id),
                code => assert_eq!(code, 60011, "{id} in {range:?}"),
            }
        }
        assert_eq!(seen, expected, "{range:?}");
    }
}
