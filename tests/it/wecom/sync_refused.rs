//! What WeCom refuses while contacts are synced, or cannot tell at once.
use super::sync::{Story, company};
use crate::site::DEMO;
use expect_test::expect;
use serde_json::json;
use wecom_sim::{Effect, Fault};

#[tokio::test]
async fn what_is_refused_is_told_and_the_rest_goes_on() {
    let mut story = Story::begin().await;
    story.call("syncDepartmentInfo", json!({})).await;
    let fault = |path: &str, code| Fault {
        path: path.into(),
        times: 1,
        latency_ms: 0,
        effect: Effect::Errcode { code, message: None },
    };
    story.site.sim.add_fault(fault("/cgi-bin/department/get", 60011)).unwrap();
    story.site.sim.add_fault(fault("/cgi-bin/user/list", 60011)).unwrap();
    let told = story.call("syncDepartmentInfo", json!({})).await;
    // Which department it was is chance: several are asked for at once.
    assert_eq!(told["failures"].as_array().unwrap().len(), 2);
    story.text.clear();
    let failed = told["departments"]["failed"].as_u64().unwrap();
    assert!((1..=2).contains(&failed) && told["members"]["removed"] == 0, "{told}");
    // A department that is too large is asked for member by member.
    story.site.sim.add_fault(Fault { times: 3, ..fault("/cgi-bin/user/list", 45029) }).unwrap();
    story.call("syncDepartmentInfo", json!({"forceUpdate": true})).await;
    // What concerns everything ends it, and the next one goes on.
    // Every department meets it: one that was done before would be gone on from.
    story.site.sim.add_fault(Fault { times: 3, ..fault("/cgi-bin/user/list", 48002) }).unwrap();
    story.call("syncDepartmentInfo", json!({})).await;
    story.site.sim.clear_faults();
    let told = story.call("syncDepartmentInfo", json!({})).await;
    assert_eq!(told["members"]["unchanged"], 4, "{told}");
    story.end(&expect![[r#"
        syncDepartmentInfo {"forceUpdate":true}
            {"departments":{"added":0,"changed":3,"failed":0,"removed":0,"unchanged":0},"dryRun":false,"failures":[],"members":{"added":0,"changed":4,"failed":0,"removed":0,"unchanged":0},"resumed":false}
        syncDepartmentInfo {}
            Upstream 48002 the app may not make this call; give the app this permission, or use one that has it: 应用管理 → the app (WeCom 48002)
        syncDepartmentInfo {}
            {"departments":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":3},"dryRun":false,"failures":[],"members":{"added":0,"changed":0,"failed":0,"removed":0,"unchanged":4},"resumed":false}
    "#]]);
}

/// WeCom's limit is one; what a host reads of an answer is another.
#[tokio::test]
async fn a_department_whose_members_are_too_much_for_one_answer_is_asked_for_one_by_one() {
    let story = Story::begin().await;
    let much = "x".repeat(50_000);
    story.site.sim.put_company(company(|it| {
        let more = (0..100).map(|n| json!({"userId": format!("m{n}"), "departments": [{"id": 4}], "position": much}));
        it["members"].as_array_mut().unwrap().extend(more);
    }));
    let summary = story.site.element(DEMO).unwrap().call("syncDepartmentInfo", json!({"deptId": 4})).await.unwrap();
    assert_eq!((&summary["members"]["added"], &summary["failures"]), (&json!(101), &json!([])));
    assert_eq!(story.site.asked("/cgi-bin/user/simplelist"), 1);
}
