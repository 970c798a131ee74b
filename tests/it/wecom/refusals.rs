//! What WeCom says no with: its number, the kind, the status, and what to do.
use super::told_error;
use crate::site::{DEMO, DEMO_PATH, Site, shown};
use expect_test::expect;
use serde_json::json;
use wecom_sim::{AppChange, Effect, Fault};

const CORP: &str = "ww5a1d0e0f1a2b3c4d";
const AGENT: u32 = 1_000_002;

/// A login that WeCom refuses with `code` at `path`, over HTTP and in-process.
async fn refused(path: &str, code: i64) -> String {
    let site = Site::demo().await;
    let fault = Fault { path: path.into(), times: 100, latency_ms: 0, effect: Effect::Errcode { code, message: None } };
    site.sim.add_fault(fault).unwrap();
    login(&site).await
}

/// A login: the kind as Rust sees it, the rest as HTTP does.
async fn login(site: &Site) -> String {
    let inside = site.element(DEMO).unwrap().call("getLoginCode", json!({"code": site.code("zhangsan")})).await;
    let state = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data()["state"].clone();
    let args = json!({"code": site.code("zhangsan"), "state": state});
    let outside = shown(&site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await);
    let inside = inside.unwrap_err();
    let told = told_error(&inside);
    let (kind, text) = told.split_once(' ').unwrap();
    // The address that this host has to the outside is told inside only.
    let text = text.replace("comes from, 127.0.0.1;", "comes from (this host's log names it);");
    assert_eq!(outside.split_once(' ').unwrap().1, text, "else the same inside and outside");
    format!("{kind} {outside}\n")
}

#[tokio::test]
async fn numbers_pass_through_with_their_meaning_and_the_next_step() {
    let mut text = String::new();
    for code in [40001, 40013, 41004, 45009, 45031, 50003, 301_007] {
        text.push_str(&refused("/cgi-bin/gettoken", code).await);
    }
    text.push('\n');
    for code in [40001, 40014, 40029, 42001, 45009, 45033, 48002, 50001, 50003, 60020, 12345] {
        text.push_str(&refused("/cgi-bin/auth/getuserinfo", code).await);
    }
    text.push('\n');
    for code in [48002, 60011, 60111] {
        text.push_str(&refused("/cgi-bin/user/get", code).await);
    }
    expect![[r#"
        Upstream 502 40001 WeCom refuses the app's secret: wrong, reset, of another company, or the app is stopped; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 40001)
        Upstream 502 40013 WeCom knows no company with this `corpId`; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 40013)
        Upstream 502 41004 `corpSecret` is missing; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 41004)
        RateLimited 429 45009 too many calls to WeCom; wait: a limit per minute ends after a minute, one per hour after an hour (WeCom 45009)
        Upstream 502 45031 WeCom finds the app's secret too weak; reset it at 应用管理 → the app → Secret, and change `corpSecret` (WeCom 45031)
        Upstream 502 50003 the app is disabled; enable it at 应用管理 → the app (WeCom 50003)
        Upstream 502 301007 the company is dissolved or barred; ask WeCom why, and have it lifted: 我的企业 (WeCom 301007)

        Upstream 502 40001 WeCom refuses the app's secret: wrong, reset, of another company, or the app is stopped; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 40001)
        Upstream 502 40014 WeCom does not know the app's access token; it was fetched anew and refused again: look whether something else uses or resets this app's Secret (WeCom 40014)
        Refused 403 40029 the code is unknown, expired or used; log in again: a code is valid for one use within five minutes (WeCom 40029)
        Upstream 502 42001 the app's access token expired; it was fetched anew and refused again: look whether something else uses or resets this app's Secret (WeCom 42001)
        RateLimited 429 45009 too many calls to WeCom; wait: a limit per minute ends after a minute, one per hour after an hour (WeCom 45009)
        RateLimited 429 45033 too many calls to WeCom at the same time; try again in a few seconds (WeCom 45033)
        Upstream 502 48002 the app may not make this call; give the app this permission, or use one that has it: 应用管理 → the app (WeCom 48002)
        Refused 403 50001 the code is of another app, or the domain of `redirectUri` is not registered for this one; log in through this login's own page; an administrator registers the domain, with its port, at 应用管理 → the app → 企业微信授权登录 and 网页授权及JS-SDK (WeCom 50001)
        Upstream 502 50003 the app is disabled; enable it at 应用管理 → the app (WeCom 50003)
        Upstream 502 60020 WeCom does not trust the address that the call comes from (this host's log names it); enter it at 应用管理 → the app → 企业可信IP (of an app made for others: in the provider's IP白名单), and wait a minute (WeCom 60020)
        Upstream 502 12345 WeCom refuses with 12345; its meaning: https://open.work.weixin.qq.com/devtool/query?e=12345

        Upstream 502 48002 the app may not make this call; give the app this permission, or use one that has it: 应用管理 → the app (WeCom 48002)
        Refused 403 60011 you are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom 60011)
        Refused 403 60111 you are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom 60111)
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn an_app_that_its_administrator_changed_says_what_to_change_back() {
    let mut text = String::new();
    let changed = async |change: AppChange| {
        let site = Site::demo().await;
        site.sim.change_app(CORP, AGENT, change).unwrap();
        login(&site).await
    };
    let nothing = AppChange::default;
    text.push_str(&changed(AppChange { enabled: Some(false), ..nothing() }).await);
    text.push_str(&changed(AppChange { trusted_ips: Some(vec!["10.0.0.1".parse().unwrap()]), ..nothing() }).await);
    text.push_str(&changed(AppChange { visible_range: Some(Default::default()), ..nothing() }).await);
    let secret = serde_json::from_value(json!("another-secret-after-a-reset")).unwrap();
    text.push_str(&changed(AppChange { secret: Some(secret), ..nothing() }).await);
    expect![[r#"
        Upstream 502 50003 the app is disabled; enable it at 应用管理 → the app (WeCom 50003)
        Upstream 502 60020 WeCom does not trust the address that the call comes from (this host's log names it); enter it at 应用管理 → the app → 企业可信IP (of an app made for others: in the provider's IP白名单), and wait a minute (WeCom 60020)
        Refused 403 60011 you are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom 60011)
        Upstream 502 40001 WeCom refuses the app's secret: wrong, reset, of another company, or the app is stopped; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 40001) -- wecom-sim: this is the secret of no app of ww5a1d0e0f1a2b3c4d; its apps are 1000002, 1000003, 1000004, see GET /sim/companies
    "#]].assert_eq(&text);
}

#[tokio::test]
async fn an_app_that_is_disabled_meanwhile_is_noticed_at_once() {
    let site = Site::demo().await;
    let element = site.element(DEMO).unwrap();
    element.call("getUserInfo", json!({"userId": "zhangsan"})).await.unwrap();
    site.sim.change_app(CORP, AGENT, AppChange { enabled: Some(false), ..AppChange::default() }).unwrap();
    let error = element.call("getUserInfo", json!({"userId": "zhangsan"})).await.unwrap_err();
    assert_eq!(error.code, 50003);
    site.sim.change_app(CORP, AGENT, AppChange { enabled: Some(true), ..AppChange::default() }).unwrap();
    element.call("getUserInfo", json!({"userId": "zhangsan"})).await.unwrap();
}
