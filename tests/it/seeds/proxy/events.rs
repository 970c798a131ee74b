//! 事件处理: what WeCom tells of templates, companies and their people, and what comes of it.
use super::{AUTH, CORP, MEMBERS, Proxied, SERVICE_PATH, SUITE, TEMP};
use crate::site::{AUTH_PATH, Ask};
use expect_test::expect;
use serde_json::{Value, json};
use wecom_sim::{Company, InstallChange, Member, Probe, VisibleRange};

fn zhangsan() -> Member {
    Company::demo().members().iter().find(|it| it.user_id == "zhangsan").unwrap().clone()
}

/// Who a session is of, over HTTP; the number if it is refused.
async fn current_user(it: &Proxied, token: &str) -> Value {
    let reply = it.site.send(&Ask::post(format!("{AUTH_PATH}/currentUser"), "{}").bearer(token)).await.json().unwrap();
    if reply["errcode"] == 0 { reply["data"]["userId"].clone() } else { reply["errcode"].clone() }
}

/// A member who logged in is kept as WeCom tells it; who never did is not.
#[tokio::test]
async fn the_record_of_a_member_follows_what_the_company_changes() {
    let it = Proxied::temp().await;
    it.log_in("zhangsan").await;
    let kept = async |user: &str| it.record(MEMBERS, &format!("{CORP}/{user}")).await;
    let created = kept("zhangsan").await["createdAt"].clone();
    assert_eq!(kept("zhangsan").await["position"], "研发总监");

    it.site.sim.put_member(CORP, Member { position: "副总裁".into(), ..zhangsan() }).unwrap();
    it.followed("update_user", 1).await;
    assert_eq!(kept("zhangsan").await["position"], "副总裁");

    it.site.sim.rename_member(CORP, "zhangsan", "zhangsan.vp").unwrap();
    it.followed("update_user", 2).await;
    assert_eq!((kept("zhangsan.vp").await["createdAt"].clone(), kept("zhangsan").await), (created, Value::Null));

    it.site.sim.put_member(CORP, Member::new("newcomer")).unwrap();
    it.followed("create_user", 1).await;
    it.site.sim.remove_member(CORP, "zhangsan.vp").unwrap();
    it.followed("delete_user", 1).await;
    assert_eq!(it.records(MEMBERS).await, []);
    let outcome = it.callbacks("create_user").await[0]["outcome"].clone();
    assert_eq!(outcome, "a member who has not logged in");
}

/// suite_ticket推送、企业授权成功、企业授权变更、企业授权取消; and what the document has not: a permanent code that is reset.
#[tokio::test]
async fn every_event_of_a_template() {
    let it = Proxied::temp().await;
    let token = it.log_in("zhangsan").await;
    let sim = &it.site.sim;
    sim.push_ticket(SUITE).unwrap();
    it.followed("suite_ticket", 2).await;

    let range = Some(VisibleRange { departments: vec![2], members: Vec::new() });
    sim.change_install(SUITE, CORP, InstallChange { visible_range: range, ..InstallChange::default() }).unwrap();
    it.followed("change_auth", 1).await;
    assert_eq!(it.company(CORP).await["state"], "authorized");

    // The old code is over, and so is its token: nobody notices.
    sim.reset_install(SUITE, CORP).unwrap();
    it.followed("reset_permanent_code", 1).await;
    it.log_in("lisi").await;
    assert_eq!(current_user(&it, &token).await, "zhangsan");

    sim.cancel_install(SUITE, CORP).unwrap();
    it.followed("cancel_auth", 1).await;
    assert_eq!(it.company(CORP).await["state"], "cancelled");
    assert_eq!(current_user(&it, &token).await, 20006, "whoever was logged in is so no more");
    assert_eq!(it.ask(AUTH, "checkSession", json!({"token": token})).await, Value::Null);
    let told = it.site.element(TEMP).unwrap().call("getLoginConfig", json!({})).await.unwrap_err();
    assert!(told.message.contains("has not authorized this app"), "{told}");

    // It changes its mind.
    it.install(CORP).await;
    it.log_in("zhangsan").await;
    let mut outcomes = Vec::new();
    for event in ["create_auth", "change_auth", "reset_permanent_code", "cancel_auth"] {
        outcomes.extend(it.callbacks(event).await.iter().map(|told| format!("{event}: {}", told["outcome"])));
    }
    expect![[r#"
        create_auth: "authorized"
        create_auth: "authorized"
        change_auth: "authorized"
        reset_permanent_code: "authorized"
        cancel_auth: "cancelled""#]]
    .assert_eq(&outcomes.join("\n"));
    assert!(sim.pushes().iter().all(|it| it.attempts.len() == 1), "each was taken at once");
}

/// What is not WeCom's is refused, on both channels, and nothing is kept of it.
#[tokio::test]
async fn what_others_send_is_refused() {
    let it = Proxied::temp().await;
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
        let of_template = it.site.sim.probe_template(SUITE, probe).await.unwrap();
        let of_app = it.site.sim.probe(Some(CORP), Some(it.agent(CORP)), probe).await.unwrap();
        for told in [of_template, of_app] {
            let body =
                if told.answer.body == told.document { "what was to come back".into() } else { told.answer.body.clone() };
            let body = match serde_json::from_str::<Value>(&body) {
                Ok(it) => format!("{} {}", it["errcode"], it["errmsg"].as_str().unwrap()),
                Err(_) => body,
            };
            text.push_str(&format!("{probe:?}: {} {body}\n", told.answer.status.unwrap()));
        }
    }
    expect![[r#"
        RawPlus: 200 what was to come back
        RawPlus: 200 what was to come back
        WrongSignature: 403 20110 this callback is refused: its signature is wrong: no login of this app has the Token of this address in its config, or it is not WeCom's
        WrongSignature: 403 20110 this callback is refused: its signature is wrong: no login of this app has the Token of this address in its config, or it is not WeCom's
        WrongReceiveId: 403 20110 this callback is refused: it is for `ww0000000000000000`, expected `dk7e57c0de00000002`, the template
        WrongReceiveId: 403 20110 this callback is refused: it is for `ww0000000000000000`, expected `ww5a1d0e0f1a2b3c4d`, the company in its `ToUserName`
        OldTimestamp: 403 20110 this callback is refused: it is older than an hour, or the clock of this machine is wrong
        OldTimestamp: 403 20110 this callback is refused: it is older than an hour, or the clock of this machine is wrong
        Doctype: 422 20004 this is no callback of WeCom's: its body is neither XML nor JSON
        Doctype: 422 20004 this is no callback of WeCom's: its body is neither XML nor JSON
        Garbage: 422 20004 this is no callback of WeCom's: its body is neither XML nor JSON
        Garbage: 422 20004 this is no callback of WeCom's: its body is neither XML nor JSON
        Replay: 200 success
        Replay: 200 
    "#]].assert_eq(&text);
    // The replays were no lie, and each is kept once.
    it.followed("change_auth", 1).await;
    let nothing = it.site.send(&Ask::get(format!("{SERVICE_PATH}/notify"))).await;
    assert_eq!(nothing.json().unwrap()["errcode"], 20004);
}
