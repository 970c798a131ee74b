//! Lists of departments and members: who is in them, for whom, and what a failure still holds.

use wecom_sim::{AppChange, Options, VisibleRange};

use crate::{CORP, DEMO, World, long};

const ALL: &str = r#"{"department_leader":[],"id":1,"name":"示例科技","name_en":"Acme Demo","order":0,"parentid":0}"#;
const LAB: &str =
    r#"{"department_leader":["zhangsan"],"id":2,"name":"研发部","name_en":"Engineering","order":200,"parentid":1}"#;
const TESTS: &str = r#"{"department_leader":[],"id":4,"name":"测试组","name_en":"Quality","order":100,"parentid":2}"#;
const SALES: &str = r#"{"department_leader":[],"id":3,"name":"市场部","name_en":"Marketing","order":100,"parentid":1}"#;

const ZHANGSAN: &str = r#"{"department":[2],"name":"张三","userid":"zhangsan"}"#;
const LISI: &str = r#"{"department":[2,3],"name":"李四","userid":"lisi"}"#;
const WANGWU: &str = r#"{"department":[4],"name":"王五","userid":"WangWu"}"#;
const ZHAOLIU: &str = r#"{"department":[3],"name":"赵六","userid":"zhaoliu"}"#;

fn ok(name: &str, rows: &[&str]) -> String {
    format!(r#"{{"errcode":0,"errmsg":"ok","{name}":[{}]}}"#, rows.join(","))
}

fn hidden(rest: &str) -> String {
    format!(
        r#"{{"errcode":60011,"errmsg":"no privilege to access/modify contact/party/agent, hint: [HINT], from ip: 127.0.0.1"{rest}}}"#
    )
}

#[tokio::test]
async fn departments_are_listed_with_all_below() {
    let world = World::demo().await;
    let list = "/cgi-bin/department/list?access_token=";
    let short = "/cgi-bin/department/simplelist?access_token=";
    let ids = |rows: &[&str]| ok("department_id", rows);
    let (one, two) = (r#"{"id":1,"order":0,"parentid":0}"#, r#"{"id":2,"order":200,"parentid":1}"#);
    let (three, four) = (r#"{"id":3,"order":100,"parentid":1}"#, r#"{"id":4,"order":100,"parentid":2}"#);
    world
        .check(&[
            (&format!("{list}{{T4}}"), &ok("department", &[ALL, LAB, TESTS, SALES])),
            (&format!("{list}{{T4}}&id=2"), &ok("department", &[LAB, TESTS])),
            // What an app may see, without the departments above it.
            (&format!("{list}{{T2}}"), &ok("department", &[LAB, TESTS, SALES])),
            (&format!("{list}{{T3}}"), &ok("department", &[SALES])),
            (&format!("{list}{{T3}}&id=3"), &ok("department", &[SALES])),
            (&format!("{short}{{T4}}&id=1"), &ids(&[one, two, four, three])),
            (&format!("{short}{{T4}}&id=4"), &ids(&[four])),
            (&format!("{short}{{T3}}"), &ids(&[three])),
        ])
        .await;
    let nobody = AppChange { visible_range: Some(VisibleRange::default()), ..AppChange::default() };
    world.sim.change_app(CORP, DEMO, nobody).unwrap();
    world.check(&[(&format!("{list}{{T2}}"), &ok("department", &[]))]).await;
}

#[tokio::test]
async fn members_are_listed_one_level_deep() {
    let world = World::demo().await;
    let short = "/cgi-bin/user/simplelist?access_token=";
    world
        .check(&[
            (&format!("{short}{{T2}}&department_id=2"), &ok("userlist", &[ZHANGSAN, LISI])),
            (&format!("{short}{{T2}}&department_id=2&fetch_child=0"), &ok("userlist", &[ZHANGSAN, LISI])),
            (&format!("{short}{{T2}}&department_id=2&fetch_child=1"), &ok("userlist", &[ZHANGSAN, LISI, WANGWU])),
            (&format!("{short}{{T3}}&department_id=3"), &ok("userlist", &[LISI, ZHAOLIU])),
        ])
        .await;
    // Everyone once, whatever they belong to.
    let token = world.token(crate::OLD).await;
    let all = world.get(&format!("{short}{token}&department_id=1&fetch_child=1")).await.json();
    let ids: Vec<_> = all["userlist"].as_array().unwrap().iter().map(|row| row["userid"].as_str().unwrap()).collect();
    assert_eq!(ids, ["outsider", "zhangsan", "lisi", "WangWu", "zhaoliu"]);
}

#[tokio::test]
async fn a_listed_member_has_the_fields_of_the_profile() {
    let world = World::demo().await;
    for agent in [DEMO, crate::OLD] {
        let token = world.token(agent).await;
        let listed = world.get(&format!("/cgi-bin/user/list?access_token={token}&department_id=4")).await.json();
        let mut got = world.get(&format!("/cgi-bin/user/get?access_token={token}&userid=WangWu")).await.json();
        for name in ["errcode", "errmsg"] {
            got.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(listed["userlist"], serde_json::json!([got]), "{agent}");
        assert_eq!(got["mobile"].is_string(), agent == crate::OLD);
    }
}

#[tokio::test]
async fn checks_come_in_order_and_the_list_is_there_empty() {
    let world = World::demo().await;
    for (call, parameter, list) in [
        ("user/list", "department_id", "userlist"),
        ("user/simplelist", "department_id", "userlist"),
        ("department/list", "id", "department"),
        ("department/simplelist", "id", "department_id"),
    ] {
        let call = format!("/cgi-bin/{call}");
        let empty = format!(r#","{list}":[]"#);
        let of = |value: &str| format!("{call}?access_token={{T3}}&{parameter}={value}");
        world
            .check(&[
                (&call, &long(41001, "access_token missing", &empty)),
                (
                    &format!("{call}?access_token=x"),
                    &format!(r#"{{"errcode":40014,"errmsg":"invalid access_token"{empty}}}"#),
                ),
                (&of("two"), &long(40058, "invalid Request Parameter", &empty)),
                (&of("-1"), &long(40058, "invalid Request Parameter", &empty)),
                (&of("9"), &long(60123, "invalid party id", &empty)),
                (&of("2"), &hidden(&empty)),
                // A visible member does not make their department visible.
                (&of("4"), &hidden(&empty)),
            ])
            .await;
    }
    let empty = r#","userlist":[]"#;
    let missing = long(40058, "invalid Request Parameter", empty);
    for call in ["user/list", "user/simplelist"] {
        world.check(&[(&format!("/cgi-bin/{call}?access_token={{T3}}"), &missing)]).await;
    }
}

#[tokio::test]
async fn an_answer_can_be_too_large() {
    let world = World::new(Options { largest_list: 2, ..Options::default() }).await;
    let call = "/cgi-bin/user/list?access_token={T2}&department_id=2";
    let too_large = long(45029, "response too large", r#","userlist":[]"#);
    world.check(&[(&format!("{call}&fetch_child=1"), &too_large)]).await;
    let token = world.token(DEMO).await;
    assert_eq!(world.get(&call.replace("{T2}", &token)).await.errcode(), 0);
    let short = format!("/cgi-bin/user/simplelist?access_token={token}&department_id=2&fetch_child=1");
    assert_eq!(world.get(&short).await.errcode(), 0);
}
