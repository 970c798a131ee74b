//! Edits of the contacts: what they change, what follows, and what cannot be.

use serde_json::json;
use wecom_sim::Department;

use crate::{CORP, SECOND, World};

#[tokio::test]
async fn an_edit_changes_what_it_names() {
    let world = World::demo().await;
    let token = world.token(SECOND).await;
    let path = |what: &str| format!("/sim/companies/{CORP}/{what}");
    let put = format!("PUT {}", path("members/ann"));
    let answer = world.control(&put, r#"{"departments":[{"id":3}],"position":"CTO"}"#).await;
    assert_eq!(answer.body, r#"{"replaced":false,"userId":"ann"}"#);
    let answer = world.control(&format!("PUT {}", path("members/ANN")), r#"{"alias":"A"}"#).await;
    assert_eq!(answer.body, r#"{"replaced":true,"userId":"ann"}"#);
    let read = world.get(&format!("/cgi-bin/user/get?access_token={token}&userid=ann")).await.json();
    // What was left out of the second is as it was; the name was filled in.
    assert_eq!(json!([read["name"], read["position"], read["alias"]]), json!(["ann", "CTO", "A"]));
    assert_eq!(world.control(&format!("DELETE {}", path("members/ann")), "").await.body, r#"{"removed":1}"#);
    let gone = world.get(&format!("/cgi-bin/user/get?access_token={token}&userid=ann")).await;
    assert_eq!(gone.errcode(), 60111);

    let answer = world.control(&format!("PUT {}", path("departments/7")), r#"{"name":"Lab","parentId":3}"#).await;
    assert_eq!(answer.body, r#"{"id":7,"replaced":false}"#);
    world.control(&format!("PUT {}", path("departments/7")), r#"{"nameEn":"Lab"}"#).await;
    let read = world.get(&format!("/cgi-bin/department/get?access_token={token}&id=7")).await.json();
    assert_eq!(read["department"]["parentid"], 3);
    assert_eq!(world.control(&format!("DELETE {}", path("departments/7")), "").await.body, r#"{"removed":1}"#);
    let gone = world.get(&format!("/cgi-bin/department/get?access_token={token}&id=7")).await;
    assert_eq!(gone.errcode(), 60123);
}

#[tokio::test]
async fn what_names_a_member_or_department_follows() {
    let world = World::demo().await;
    let shown = async |of: &str| world.control("GET /sim/companies", "").await.json()["companies"][0][of].clone();
    let sim = &world.sim;
    sim.rename_member(CORP, "ZHANGSAN", "Zhang").unwrap();
    sim.rename_member(CORP, "wangwu", "wang").unwrap();
    let members = shown("members").await;
    assert_eq!(json!([members[0]["userId"], members[2]["userId"]]), json!(["Zhang", "wang"]));
    assert_eq!(json!([members[1]["directLeader"], members[2]["directLeader"]]), json!([["Zhang"], ["Zhang"]]));
    assert_eq!(shown("apps").await[1]["visibleRange"], json!({ "departments": [3], "members": ["wang"] }));
    // Only the case of the letters.
    sim.rename_member(CORP, "wang", "Wang").unwrap();
    assert_eq!(shown("apps").await[1]["visibleRange"]["members"], json!(["Wang"]));

    sim.remove_member(CORP, "zhang").unwrap();
    sim.remove_member(CORP, "WANG").unwrap();
    let members = shown("members").await;
    assert_eq!(json!([members.as_array().unwrap().len(), members[0]["directLeader"]]), json!([3, []]));
    let empty = Department { id: 8, name: "Empty".into(), name_en: String::new(), parent_id: 4, order: 0 };
    assert!(!sim.put_department(CORP, empty.clone()).unwrap() && sim.put_department(CORP, empty).unwrap());
    let range = r#"{"visibleRange":{"departments":[8]}}"#;
    world.control(&format!("PATCH /sim/companies/{CORP}/apps/{SECOND}"), range).await;
    sim.remove_department(CORP, 8).unwrap();
    assert_eq!(shown("apps").await[1]["visibleRange"], json!({ "departments": [], "members": [] }));
}

#[tokio::test]
async fn what_cannot_be_changes_nothing() {
    let world = World::demo().await;
    let before = world.control("GET /sim/companies", "").await.body;
    for (route, body, expected) in [
        ("PUT members/zhangsan", r#"{"departments":[{"id":9}]}"#, "member `zhangsan`: there is no department 9"),
        (
            "PUT members/zhangsan",
            r#"{"userId":"lisi"}"#,
            r#"userId is "lisi", but the path says `zhangsan`; newUserId gives"#,
        ),
        ("PUT members/zhangsan", r#"{"newUserId":"LISI"}"#, "userId is unique"),
        ("PUT members/zhangsan", r#"{"newUserId":""}"#, "userId is unique, 1 to 64 bytes"),
        ("PUT members/zhangsan", r#"{"newUserId":7}"#, "newUserId must be a text, not 7"),
        ("PUT members/zhangsan", r#"{"nickname":"Z"}"#, "unknown field `nickname`"),
        ("PUT members/zhangsan", "[]", r#"write for example {"name":"Ann""#),
        ("PUT members/a%2Fb", "{}", "member `a/b`: userId is unique, 1 to 64 bytes, without `/`"),
        ("DELETE members/nobody", "", "has no member `nobody`; write a userId such as zhangsan, lisi"),
        ("PUT departments/x", "{}", "`x` is no id"),
        ("PUT departments/2", r#"{"id":3}"#, "id is 3, but the path says 2"),
        ("PUT departments/2", r#"{"parentId":4}"#, "following parentId must end at the root"),
        ("PUT departments/9", "{}", r#"missing field `name`; write for example {"name":"Lab","parentId":1}"#),
        ("DELETE departments/9", "", "there is no department 9"),
        ("DELETE departments/1", "", "the root department cannot be removed"),
        ("DELETE departments/2", "", "department 2 has department 4 below it"),
        ("DELETE departments/3", "", "department 3 has the member `lisi`; move or remove its members first"),
        ("POST tags/0", r#"{"addMembers":["lisi"]}"#, "a tag's id is above 0"),
        ("POST tags/1", "{}", "write addMembers, removeMembers, addDepartments or removeDepartments"),
        ("POST tags/1", r#"{"addMembers":["nobody"]}"#, "there is no member `nobody`"),
        ("POST tags/1", r#"{"removeDepartments":[9]}"#, "there is no department 9"),
    ] {
        let (method, what) = route.split_once(' ').unwrap();
        let answer = world.control(&format!("{method} /sim/companies/{CORP}/{what}"), body).await;
        assert_eq!(answer.status, 400, "{route} {body}: {}", answer.body);
        let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
        assert!(error.contains(expected), "{route} {body}: {error}");
    }
    let answer = world.control("DELETE /sim/companies/wwx/members/lisi", "").await;
    assert!(answer.body.contains("there is no company `wwx`; write a corpId of: "), "{}", answer.body);
    assert_eq!(world.control("GET /sim/companies", "").await.body, before);
}
