//! WeCom tells of changed contacts, and the records follow: in any order, twice, late, and when most of it is lost.
use super::configured::{AGENT, CORP, with_callback};
use crate::site::{Ask, DEMO, DEMO_PATH, Site};
use expect_test::expect;
use serde_json::{Value, json};
use std::time::Duration;
use wecom_sim::{Department, Disturbance, Member, Membership, Options, Probe, PushFormat, Sim};

const MEMBERS: &str = "auths.loginTypes.QywxInnerType.QywxInnerAuthModel";
const DEPARTMENTS: &str = "auths.loginTypes.QywxInnerType.QywxInnerDepartmentModel";

fn sim() -> Sim {
    Sim::new(vec![wecom_sim::Company::demo()], Options { push_retry_ms: 5, ..Options::default() })
}

/// What the records say, one line each.
async fn kept(site: &Site, model: &str, field: &str) -> String {
    let page = site.element(model).unwrap().call("query", json!({})).await.unwrap();
    let lines = page["records"].as_array().unwrap().iter().map(|it| {
        let (_, id) = it["key"].as_str().unwrap().split_once('/').unwrap();
        format!("{id} {}", it["value"][field])
    });
    lines.collect::<Vec<_>>().join(", ")
}

/// Waits until the records say so: what is pushed is followed after the answer.
async fn until_kept(site: &Site, model: &str, field: &str, expected: &str) {
    let wait = async {
        while kept(site, model, field).await != expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(20), wait).await;
    if told.is_err() {
        panic!("expected {expected}, and there is {}\n{:#?}", kept(site, model, field).await, site.sim.pushes());
    }
}

fn member(user_id: &str, department: u32, position: &str) -> Member {
    let departments = vec![Membership { id: department, order: 0, leader: false }];
    Member { departments, position: position.into(), ..Member::new(user_id) }
}

fn department(id: u32, parent_id: u32, name: &str) -> Department {
    Department { id, name: name.into(), name_en: String::new(), parent_id, order: 0 }
}

/// What an administrator does in an hour, and what is to be kept after it.
async fn an_hour(site: &Site) {
    let sim = &site.sim;
    sim.put_department(CORP, department(5, 2, "新部门")).unwrap();
    sim.put_member(CORP, member("newcomer", 5, "实习生")).unwrap();
    sim.put_member(CORP, member("newcomer", 5, "工程师")).unwrap();
    sim.put_member(CORP, member("lisi", 3, "总监")).unwrap();
    sim.rename_member(CORP, "newcomer", "engineer").unwrap();
    sim.remove_member(CORP, "WangWu").unwrap();
    sim.put_department(CORP, department(3, 1, "销售部")).unwrap();
    sim.remove_department(CORP, 4).unwrap();
}

const POSITIONS: &str = r#"engineer "工程师", lisi "总监", zhangsan "研发总监", zhaoliu "市场专员""#;
const NAMES: &str = r#"2 "研发部", 3 "销售部", 5 "新部门""#;

async fn check(format: PushFormat, disturb: &[Disturbance]) -> Site {
    let site = with_callback(sim(), format).await;
    site.element(DEMO).unwrap().call("syncDepartmentInfo", json!({})).await.unwrap();
    for it in disturb {
        site.sim.disturb_pushes(it.clone()).unwrap();
    }
    an_hour(&site).await;
    tokio::time::timeout(Duration::from_secs(20), site.sim.pushes_done()).await.unwrap();
    site
}

#[tokio::test]
async fn the_records_follow_what_wecom_tells() {
    for format in [PushFormat::Xml, PushFormat::Json] {
        let site = check(format, &[]).await;
        until_kept(&site, MEMBERS, "position", POSITIONS).await;
        until_kept(&site, DEPARTMENTS, "name", NAMES).await;
        assert!(site.sim.pushes().iter().all(|it| it.attempts.len() == 1), "each was taken at once");
    }
}

#[tokio::test]
async fn twice_backwards_and_late_come_to_the_same() {
    let disturb = [Disturbance::Reverse { times: 8 }];
    let site = check(PushFormat::Xml, &disturb).await;
    site.sim.clear_disturbances();
    until_kept(&site, MEMBERS, "position", POSITIONS).await;
    until_kept(&site, DEPARTMENTS, "name", NAMES).await;

    let site = check(PushFormat::Xml, &[Disturbance::Twice { times: 8 }]).await;
    until_kept(&site, MEMBERS, "position", POSITIONS).await;
    until_kept(&site, DEPARTMENTS, "name", NAMES).await;
}

/// WeCom promises no delivery: the next sync finds what was lost.
#[tokio::test]
async fn what_is_lost_the_next_sync_finds() {
    let site = check(PushFormat::Xml, &[Disturbance::Drop { times: 8 }]).await;
    let before = kept(&site, MEMBERS, "position").await;
    assert!(before.contains("WangWu") && !before.contains("engineer"), "{before}");
    let summary = site.element(DEMO).unwrap().call("syncDepartmentInfo", json!({})).await.unwrap();
    expect![[r#"{"added":1,"changed":1,"failed":0,"removed":1,"unchanged":2}"#]].assert_eq(&summary["members"].to_string());
    until_kept(&site, MEMBERS, "position", POSITIONS).await;
    until_kept(&site, DEPARTMENTS, "name", NAMES).await;
}

/// A member who is renamed is the same one: the record goes along.
#[tokio::test]
async fn a_renamed_member_keeps_the_record() {
    let site = with_callback(sim(), PushFormat::Xml).await;
    site.element(DEMO).unwrap().call("syncDepartmentInfo", json!({})).await.unwrap();
    let created = kept(&site, MEMBERS, "createdAt").await;
    site.clock.advance(1_000);
    site.sim.rename_member(CORP, "WangWu", "aWangWu").unwrap();
    until_kept(&site, MEMBERS, "createdAt", &created.replace("WangWu", "aWangWu")).await;
}

/// What is not WeCom's is refused, and nothing comes of it.
#[tokio::test]
async fn what_others_send_is_refused() {
    let site = with_callback(sim(), PushFormat::Xml).await;
    let mut text = String::new();
    for probe in [
        Probe::RawPlus,
        Probe::WrongSignature,
        Probe::WrongReceiveId,
        Probe::OldTimestamp,
        Probe::Doctype,
        Probe::Garbage,
        Probe::Replay,
    ] {
        let told = site.sim.probe(Some(CORP), Some(AGENT), probe).await.unwrap();
        let body = told.answer.body.clone();
        let body = if body == told.document && !body.is_empty() {
            "what was to come back".to_owned()
        } else {
            match serde_json::from_str::<Value>(&body) {
                Ok(it) => format!("{} {}", it["errcode"], it["errmsg"].as_str().unwrap()),
                Err(_) => body,
            }
        };
        text.push_str(&format!("{probe:?}: {} {body}\n", told.answer.status.unwrap()));
    }
    expect![[r#"
        RawPlus: 200 what was to come back
        WrongSignature: 403 20110 this callback is refused: its signature is wrong: `callback.token` is not the Token of this address's 接收消息服务器配置, or it is not WeCom's
        WrongReceiveId: 403 20110 this callback is refused: it is for `ww0000000000000000`, expected `ww5a1d0e0f1a2b3c4d`
        OldTimestamp: 403 20110 this callback is refused: it is older than an hour, or the clock of this machine is wrong
        Doctype: 422 20004 this is no callback of WeCom's: its body is neither XML nor JSON
        Garbage: 422 20004 this is no callback of WeCom's: its body is neither XML nor JSON
        Replay: 200 
    "#]].assert_eq(&text);
    let get = site.send(&Ask::get(format!("{DEMO_PATH}/notify"))).await;
    assert_eq!(get.json().unwrap()["errcode"], 20004);
    // An element without a callback has no such address.
    let other = Site::demo().await;
    let none = other.send(&Ask::get(format!("{DEMO_PATH}/notify?echostr=x"))).await;
    assert_eq!((none.status, none.json().unwrap()["errcode"].as_i64()), (404, Some(20003)));
}

/// What is told while WeCom is too busy to say more is followed later.
#[tokio::test]
async fn a_change_waits_until_wecom_can_be_asked() {
    let site = with_callback(sim(), PushFormat::Xml).await;
    let busy = wecom_sim::Effect::Errcode { code: 45009, message: None };
    site.sim
        .add_fault(wecom_sim::Fault { path: "/cgi-bin/user/get".into(), times: 2, latency_ms: 0, effect: busy })
        .unwrap();
    site.sim.put_member(CORP, member("lisi", 3, "总监")).unwrap();
    crate::site::until("it was asked", || site.asked("/cgi-bin/user/get") == 1).await;
    let wait = async {
        while kept(&site, MEMBERS, "position").await != r#"lisi "总监""# {
            site.clock.advance(1_000);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
}
