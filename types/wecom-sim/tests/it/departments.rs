//! department/get: what a department is, and for whom.

use wecom_sim::{AppChange, VisibleRange};

use crate::{CORP, DEMO, World, long};

#[tokio::test]
async fn a_department_and_its_leaders() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    for (id, expected) in [
        (2, r#"{"id":2,"name":"研发部","name_en":"Engineering","department_leader":["zhangsan"],"parentid":1,"order":200}"#),
        (3, r#"{"id":3,"name":"市场部","name_en":"Marketing","department_leader":[],"parentid":1,"order":100}"#),
        (4, r#"{"id":4,"name":"测试组","name_en":"Quality","department_leader":[],"parentid":2,"order":100}"#),
    ] {
        let answer = world.get(&format!("/cgi-bin/department/get?access_token={token}&id={id}")).await.json();
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!(answer["errcode"], 0);
        assert_eq!(answer["department"], expected);
    }
}

#[tokio::test]
async fn checks_come_in_order() {
    let world = World::demo().await;
    let hidden = r#"{"errcode":60011,"errmsg":"no privilege to access/modify contact/party/agent, hint: [HINT], from ip: 127.0.0.1"}"#;
    world
        .check(&[
            ("/cgi-bin/department/get?id=2", &long(41001, "access_token missing", "")),
            ("/cgi-bin/department/get?access_token={T2}", &long(40058, "invalid Request Parameter", "")),
            ("/cgi-bin/department/get?access_token={T2}&id=two", &long(40058, "invalid Request Parameter", "")),
            ("/cgi-bin/department/get?access_token={T2}&id=9", &long(60123, "invalid party id", "")),
            ("/cgi-bin/department/get?access_token={T2}&id=1", hidden),
            ("/cgi-bin/department/get?access_token={T3}&id=2", hidden),
            // A visible member does not make their department visible.
            ("/cgi-bin/department/get?access_token={T3}&id=4", hidden),
        ])
        .await;
    let all = world.token(crate::OLD).await;
    assert_eq!(world.get(&format!("/cgi-bin/department/get?access_token={all}&id=1")).await.errcode(), 0);
    let range = Some(VisibleRange { departments: vec![], members: vec!["zhangsan".into()] });
    world.sim.change_app(CORP, DEMO, AppChange { visible_range: range, ..AppChange::default() }).unwrap();
    world.check(&[("/cgi-bin/department/get?access_token={T2}&id=2", hidden)]).await;
}
