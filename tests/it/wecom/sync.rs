//! Departments and members as records of the app: how they come, change and go.
use crate::site::{DEMO, Site, without_chance};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use wecom_sim::{AppChange, Company, VisibleRange};

const MEMBERS: &str = "auths.loginTypes.QywxInnerType.QywxInnerAuthModel";
const DEPARTMENTS: &str = "auths.loginTypes.QywxInnerType.QywxInnerDepartmentModel";

/// The demo company with changes.
pub(super) fn company(change: impl FnOnce(&mut Value)) -> Company {
    let mut company: Value = serde_json::from_str(include_str!("../../../types/wecom-sim/src/demo.json")).unwrap();
    change(&mut company);
    Company::from_json(&company.to_string()).unwrap()
}

/// One line for each thing that is done and what came of it.
pub(super) struct Story {
    pub(super) site: Site,
    pub(super) text: String,
}

impl Story {
    pub(super) async fn begin() -> Self {
        Self { site: Site::demo().await, text: String::new() }
    }

    pub(super) async fn call(&mut self, method: &str, args: Value) -> Value {
        let outcome = self.site.element(DEMO).unwrap().call(method, args.clone()).await;
        let told = super::told(outcome.clone());
        self.text.push_str(&format!("{method} {args}\n    {told}\n"));
        outcome.unwrap_or_default()
    }

    /// What the model holds: a few fields of each record, and how often it was written.
    async fn look(&mut self, model: &str, fields: &[&str]) {
        let page = self.site.element(model).unwrap().call("query", json!({})).await.unwrap();
        for record in page["records"].as_array().unwrap() {
            let shown: Value = fields.iter().map(|it| ((*it).to_owned(), record["value"][*it].clone())).collect();
            let key = record["key"].as_str().unwrap();
            self.text.push_str(&format!("    {key} v{} {}\n", record["version"], without_chance(&shown)));
        }
    }

    #[track_caller]
    pub(super) fn end(&self, expected: &Expect) {
        expected.assert_eq(&self.text);
    }
}

#[tokio::test]
async fn departments_and_members_come_change_and_go() {
    let mut story = Story::begin().await;
    story.call("syncDepartmentInfo", json!({"dryRun": true})).await;
    story.look(DEPARTMENTS, &[]).await;
    story.call("syncDepartmentInfo", json!({})).await;
    story.look(DEPARTMENTS, &["name", "nameEn", "parentId", "leaders"]).await;
    story.look(MEMBERS, &["name", "department", "position", "status", "isLeader", "mobile"]).await;
    story.call("syncDepartmentInfo", json!({})).await;
    story.call("syncDepartmentInfo", json!({"forceUpdate": true})).await;
    story.site.sim.put_company(company(|it| {
        it["departments"][2]["name"] = "市场与销售部".into();
        it["departments"].as_array_mut().unwrap().push(json!({"id": 5, "name": "新部门", "parentId": 2}));
        // 李四 goes to the new department, 王五 leaves, and nobody is in the testers' department any more.
        it["members"][1]["departments"] = json!([{"id": 5}]);
        it["members"][1]["mainDepartment"] = Value::Null;
        it["members"].as_array_mut().unwrap().remove(2);
        it["apps"][1]["visibleRange"] = json!({"departments": [3]});
        it["departments"].as_array_mut().unwrap().remove(3);
    }));
    story.call("syncDepartmentInfo", json!({"dryRun": true})).await;
    story.call("syncDepartmentInfo", json!({})).await;
    story.look(DEPARTMENTS, &["name"]).await;
    story.look(MEMBERS, &["name", "department"]).await;
    story.call("syncDepartmentInfo", json!({})).await;
    story.end(&expect![[r#"
        syncDepartmentInfo {"dryRun":true}
            {"departments":{"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":true,"failures":[],"members":{"added":4,"changed":0,"failed":0,"removed":0,"unchanged":0},"resumed":false}
        syncDepartmentInfo {}
            {"departments":{"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":4,"changed":0,"failed":0,"removed":0,"unchanged":0},"resumed":false}
            ww5a1d0e0f1a2b3c4d/2 v1 {"leaders":["zhangsan"],"name":"研发部","nameEn":"Engineering","parentId":1}
            ww5a1d0e0f1a2b3c4d/3 v1 {"leaders":[],"name":"市场部","nameEn":"Marketing","parentId":1}
            ww5a1d0e0f1a2b3c4d/4 v1 {"leaders":[],"name":"测试组","nameEn":"Quality","parentId":2}
            ww5a1d0e0f1a2b3c4d/WangWu v1 {"department":[4],"isLeader":false,"mobile":null,"name":"王五","position":"测试工程师","status":1}
            ww5a1d0e0f1a2b3c4d/lisi v1 {"department":[2,3],"isLeader":false,"mobile":null,"name":"李四","position":"产品经理","status":1}
            ww5a1d0e0f1a2b3c4d/zhangsan v1 {"department":[2],"isLeader":true,"mobile":null,"name":"张三","position":"研发总监","status":1}
            ww5a1d0e0f1a2b3c4d/zhaoliu v1 {"department":[3],"isLeader":false,"mobile":null,"name":"赵六","position":"市场专员","status":2}
        syncDepartmentInfo {}
            {"departments":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":3},"dryRun":false,"failures":[],"members":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":4},"resumed":false}
        syncDepartmentInfo {"forceUpdate":true}
            {"departments":{"added":0,"changed":3,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":0,"changed":4,"failed":0,"removed":0,"unchanged":0},"resumed":false}
        syncDepartmentInfo {"dryRun":true}
            {"departments":{"added":1,"changed":1,"failed":0,"removed":1,"unchanged":1},"dryRun":true,"failures":[],"members":{"added":0,"changed":1,"failed":0,"removed":1,"unchanged":2},"resumed":false}
        syncDepartmentInfo {}
            {"departments":{"added":1,"changed":1,"failed":0,"removed":1,"unchanged":1},"dryRun":false,"failures":[],"members":{"added":0,"changed":1,"failed":0,"removed":1,"unchanged":2},"resumed":false}
            ww5a1d0e0f1a2b3c4d/2 v2 {"name":"研发部"}
            ww5a1d0e0f1a2b3c4d/3 v3 {"name":"市场与销售部"}
            ww5a1d0e0f1a2b3c4d/5 v1 {"name":"新部门"}
            ww5a1d0e0f1a2b3c4d/lisi v3 {"department":[5],"name":"李四"}
            ww5a1d0e0f1a2b3c4d/zhangsan v2 {"department":[2],"name":"张三"}
            ww5a1d0e0f1a2b3c4d/zhaoliu v2 {"department":[3],"name":"赵六"}
        syncDepartmentInfo {}
            {"departments":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":3},"dryRun":false,"failures":[],"members":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":3},"resumed":false}
    "#]]);
}

#[tokio::test]
async fn one_department_is_synced_with_all_below_it_and_nothing_beside_it() {
    let mut story = Story::begin().await;
    story.call("syncDepartmentInfo", json!({"deptId": "2"})).await;
    story.look(DEPARTMENTS, &["name"]).await;
    story.look(MEMBERS, &["department"]).await;
    story.call("syncDepartmentInfo", json!({"deptId": 3})).await;
    story.site.sim.put_company(company(|it| {
        // What goes on beside it is not looked at.
        it["departments"][2]["name"] = "不看".into();
        it["members"][0]["position"] = "总监".into();
        it["members"].as_array_mut().unwrap().remove(2);
        it["apps"][1]["visibleRange"] = json!({"departments": [3]});
        it["departments"].as_array_mut().unwrap().remove(3);
    }));
    story.call("syncDepartmentInfo", json!({"deptId": 2})).await;
    story.look(DEPARTMENTS, &["name"]).await;
    story.look(MEMBERS, &["department", "position"]).await;
    for wrong in [json!("two"), json!(0), json!(-1), json!(99)] {
        story.call("syncDepartmentInfo", json!({"deptId": wrong})).await;
    }
    story.end(&expect![[r#"
        syncDepartmentInfo {"deptId":"2"}
            {"departments":{"added":2,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0},"resumed":false}
            ww5a1d0e0f1a2b3c4d/2 v1 {"name":"研发部"}
            ww5a1d0e0f1a2b3c4d/4 v1 {"name":"测试组"}
            ww5a1d0e0f1a2b3c4d/WangWu v1 {"department":[4]}
            ww5a1d0e0f1a2b3c4d/lisi v1 {"department":[2,3]}
            ww5a1d0e0f1a2b3c4d/zhangsan v1 {"department":[2]}
        syncDepartmentInfo {"deptId":3}
            {"departments":{"added":1,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":1,"changed":0,"failed":0,"removed":0,"unchanged":1},"resumed":false}
        syncDepartmentInfo {"deptId":2}
            {"departments":{"added":0,"changed":0,"failed":0,"removed":1,"unchanged":1},"dryRun":false,"failures":[],"members":{"added":0,"changed":1,"failed":0,"removed":1,"unchanged":1},"resumed":false}
            ww5a1d0e0f1a2b3c4d/2 v1 {"name":"研发部"}
            ww5a1d0e0f1a2b3c4d/3 v1 {"name":"市场部"}
            ww5a1d0e0f1a2b3c4d/lisi v1 {"department":[2,3],"position":"产品经理"}
            ww5a1d0e0f1a2b3c4d/zhangsan v2 {"department":[2],"position":"总监"}
            ww5a1d0e0f1a2b3c4d/zhaoliu v1 {"department":[3],"position":"市场专员"}
        syncDepartmentInfo {"deptId":"two"}
            InvalidArgs 20004 `deptId`: expected WeCom's number of a department, such as 2
        syncDepartmentInfo {"deptId":0}
            InvalidArgs 20004 `deptId`: expected WeCom's number of a department, such as 2
        syncDepartmentInfo {"deptId":-1}
            InvalidArgs 20004 `deptId`: expected WeCom's number of a department, such as 2
        syncDepartmentInfo {"deptId":99}
            NotFound 60123 there is no department with this id; look for it in the console's contacts: 通讯录 (WeCom 60123)
    "#]]);
}

#[tokio::test]
async fn one_member_is_synced_alone() {
    let mut story = Story::begin().await;
    story.call("syncUserInfo", json!({"userId": "zhangsan", "dryRun": true})).await;
    story.call("syncUserInfo", json!({"userId": "zhangsan"})).await;
    story.call("syncUserInfo", json!({"userId": "zhangsan", "forceUpdate": false})).await;
    story.call("syncUserInfo", json!({"userId": "zhangsan", "forceUpdate": true})).await;
    story.site.sim.put_company(company(|it| it["members"][0]["position"] = "总监".into()));
    story.call("syncUserInfo", json!({"userId": "zhangsan"})).await;
    story.look(MEMBERS, &["name", "position", "accessToken", "refreshToken"]).await;
    story.call("syncUserInfo", json!({"userId": "nobody"})).await;
    // Out of the app's sight is as good as gone.
    let range = Some(VisibleRange { departments: vec![3], members: Vec::new() });
    story
        .site
        .sim
        .change_app("ww5a1d0e0f1a2b3c4d", 1_000_002, AppChange { visible_range: range, ..AppChange::default() })
        .unwrap();
    story.call("syncUserInfo", json!({"userId": "zhangsan"})).await;
    story.look(MEMBERS, &[]).await;
    story.call("syncUserInfo", json!({"userId": "zhangsan"})).await;
    story.end(&expect![[r#"
        syncUserInfo {"dryRun":true,"userId":"zhangsan"}
            {"outcome":"added","userId":"zhangsan"}
        syncUserInfo {"userId":"zhangsan"}
            {"outcome":"added","userId":"zhangsan"}
        syncUserInfo {"forceUpdate":false,"userId":"zhangsan"}
            {"outcome":"unchanged","userId":"zhangsan"}
        syncUserInfo {"forceUpdate":true,"userId":"zhangsan"}
            {"outcome":"changed","userId":"zhangsan"}
        syncUserInfo {"userId":"zhangsan"}
            {"outcome":"changed","userId":"zhangsan"}
            ww5a1d0e0f1a2b3c4d/zhangsan v3 {"accessToken":null,"name":"张三","position":"总监","refreshToken":null}
        syncUserInfo {"userId":"nobody"}
            NotFound 60111 there is no member with this userid; look for it in the console's contacts: 通讯录 (WeCom 60111)
        syncUserInfo {"userId":"zhangsan"}
            {"outcome":"removed","userId":"zhangsan"}
        syncUserInfo {"userId":"zhangsan"}
            Refused 60011 the app may not see this member; an administrator adds them at 应用管理 → the app → 可见范围 (WeCom 60011)
    "#]]);
}

/// Whom an app sees without seeing a department that they are in.
#[tokio::test]
async fn a_member_who_is_seen_alone_stays() {
    let mut story = Story::begin().await;
    let range = Some(VisibleRange { departments: vec![3], members: vec!["WangWu".into()] });
    story
        .site
        .sim
        .change_app("ww5a1d0e0f1a2b3c4d", 1_000_002, AppChange { visible_range: range, ..AppChange::default() })
        .unwrap();
    story.call("syncUserInfo", json!({"userId": "WangWu"})).await;
    story.call("syncDepartmentInfo", json!({})).await;
    story.look(DEPARTMENTS, &["name", "parentId"]).await;
    story.look(MEMBERS, &["name"]).await;
    story.end(&expect![[r#"
        syncUserInfo {"userId":"WangWu"}
            {"outcome":"added","userId":"WangWu"}
        syncDepartmentInfo {}
            {"departments":{"added":1,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":2,"changed":0,"failed":0,"removed":0,"unchanged":1},"resumed":false}
            ww5a1d0e0f1a2b3c4d/3 v1 {"name":"市场部","parentId":1}
            ww5a1d0e0f1a2b3c4d/WangWu v1 {"name":"王五"}
            ww5a1d0e0f1a2b3c4d/lisi v1 {"name":"李四"}
            ww5a1d0e0f1a2b3c4d/zhaoliu v1 {"name":"赵六"}
    "#]]);
}

/// Each sees a part of the company, and the records are what they see together.
#[tokio::test]
async fn two_logins_of_one_company_keep_each_others_records() {
    let config = |agent: u32, secret: &str| json!({"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": secret, "agentId": agent, "redirectUri": "https://a.test/b"});
    let files = format!(
        r#"
//- /apps/demo/app.json
{{"appId": "acme.demo"}}
//- /apps/demo/First/e.json
{{"type": "auths.loginTypes.QywxInnerType"}}
//- /apps/demo/First/First.json
{}
//- /apps/demo/Second/e.json
{{"type": "auths.loginTypes.QywxInnerType"}}
//- /apps/demo/Second/Second.json
{}
"#,
        config(1_000_002, "demo-secret-of-the-simulator-not-real-one-0"),
        config(1_000_003, "demo-secret-of-the-second-app-not-a-real-10"),
    );
    let mut story = Story { site: Site::of(&files).await, text: String::new() };
    let sync = async |story: &Story, element: &str| {
        story.site.element(element).unwrap().call("syncDepartmentInfo", json!({})).await.unwrap()
    };
    // The second one sees department 3, and WangWu alone.
    for element in ["First", "Second", "First", "Second"] {
        let told = sync(&story, element).await;
        story.text.push_str(&format!("{element} {} {}\n", told["departments"], told["members"]));
    }
    story.look(DEPARTMENTS, &["seenBy"]).await;
    story.look(MEMBERS, &["seenBy"]).await;
    // What one does not see any more, the other one keeps.
    let range = Some(VisibleRange { departments: vec![4], members: Vec::new() });
    let change = AppChange { visible_range: range, ..AppChange::default() };
    story.site.sim.change_app("ww5a1d0e0f1a2b3c4d", 1_000_002, change).unwrap();
    let told = sync(&story, "First").await;
    story.text.push_str(&format!("First {} {}\n", told["departments"], told["members"]));
    story.look(DEPARTMENTS, &["seenBy"]).await;
    story.look(MEMBERS, &["seenBy"]).await;
    story.end(&expect![[r#"
        First {"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0} {"added":4,"changed":0,"failed":0,"removed":0,"unchanged":0}
        Second {"added":0,"changed":1,"failed":0,"removed":0,"unchanged":0} {"added":0,"changed":2,"failed":0,"removed":0,"unchanged":0}
        First {"added":0,"changed":0,"failed":0,"removed":0,"unchanged":3} {"added":0,"changed":0,"failed":0,"removed":0,"unchanged":4}
        Second {"added":0,"changed":0,"failed":0,"removed":0,"unchanged":1} {"added":0,"changed":0,"failed":0,"removed":0,"unchanged":2}
            ww5a1d0e0f1a2b3c4d/2 v1 {"seenBy":["1000002"]}
            ww5a1d0e0f1a2b3c4d/3 v2 {"seenBy":["1000002","1000003"]}
            ww5a1d0e0f1a2b3c4d/4 v1 {"seenBy":["1000002"]}
            ww5a1d0e0f1a2b3c4d/WangWu v1 {"seenBy":["1000002"]}
            ww5a1d0e0f1a2b3c4d/lisi v2 {"seenBy":["1000002","1000003"]}
            ww5a1d0e0f1a2b3c4d/zhangsan v1 {"seenBy":["1000002"]}
            ww5a1d0e0f1a2b3c4d/zhaoliu v2 {"seenBy":["1000002","1000003"]}
        First {"added":0,"changed":0,"failed":0,"removed":2,"unchanged":1} {"added":0,"changed":0,"failed":0,"removed":3,"unchanged":1}
            ww5a1d0e0f1a2b3c4d/3 v3 {"seenBy":["1000003"]}
            ww5a1d0e0f1a2b3c4d/4 v1 {"seenBy":["1000002"]}
            ww5a1d0e0f1a2b3c4d/WangWu v1 {"seenBy":["1000002"]}
            ww5a1d0e0f1a2b3c4d/lisi v3 {"seenBy":["1000003"]}
            ww5a1d0e0f1a2b3c4d/zhaoliu v3 {"seenBy":["1000003"]}
    "#]]);
}

/// A department that is moved out of the part that is synced is asked for, and stays.
#[tokio::test]
async fn a_department_that_moved_away_is_no_department_that_is_gone() {
    let mut story = Story::begin().await;
    story.call("syncDepartmentInfo", json!({})).await;
    story.site.sim.put_company(company(|it| it["departments"][3]["parentId"] = 3.into()));
    story.call("syncDepartmentInfo", json!({"deptId": 2})).await;
    story.look(DEPARTMENTS, &["parentId"]).await;
    story.look(MEMBERS, &[]).await;
    story.end(&expect![[r#"
        syncDepartmentInfo {}
            {"departments":{"added":3,"changed":0,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":4,"changed":0,"failed":0,"removed":0,"unchanged":0},"resumed":false}
        syncDepartmentInfo {"deptId":2}
            {"departments":{"added":0,"changed":1,"failed":0,"removed":0,"unchanged":1},"dryRun":false,"failures":[],"members":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":3},"resumed":false}
            ww5a1d0e0f1a2b3c4d/2 v1 {"parentId":1}
            ww5a1d0e0f1a2b3c4d/3 v1 {"parentId":1}
            ww5a1d0e0f1a2b3c4d/4 v2 {"parentId":3}
            ww5a1d0e0f1a2b3c4d/WangWu v1 {}
            ww5a1d0e0f1a2b3c4d/lisi v1 {}
            ww5a1d0e0f1a2b3c4d/zhangsan v1 {}
            ww5a1d0e0f1a2b3c4d/zhaoliu v1 {}
    "#]]);
}
