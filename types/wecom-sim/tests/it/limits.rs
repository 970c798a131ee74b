//! How often a call may be made, and what happens to the one that is too many.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use wecom_sim::{CodeFor, Limits, Options};

use crate::{CORP, DEMO, SECOND, World, client, long, secret};

async fn limited(limits: Limits) -> World {
    World::new(Options { limits, ..Options::default() }).await
}

#[tokio::test]
async fn a_company_has_so_many_of_each_call() {
    let world = limited(Limits { corp_per_minute: 2, corp_per_hour: 3, ..Limits::default() }).await;
    let (token, other) = (world.token(DEMO).await, world.token(SECOND).await);
    let call = |token: &str| format!("/cgi-bin/user/get?access_token={token}&userid=lisi");
    let empty = r#","department":[],"order":[],"is_leader_in_dept":[],"direct_leader":[]"#;
    let too_many = long(45009, "api freq out of limit", empty);
    // Its apps count together, and a call that fails counts as well.
    assert_eq!(world.get(&call(&token)).await.errcode(), 0);
    assert_eq!(world.get(&format!("/cgi-bin/user/get?access_token={other}")).await.errcode(), 41009);
    world.check(&[(&call(&other), &too_many), (&call(&token), &too_many)]).await;
    let department = format!("/cgi-bin/department/get?access_token={token}&id=2");
    assert_eq!(world.get(&department).await.errcode(), 0, "another call");
    // Without a token that is good there is no company to count for.
    assert_eq!(world.get("/cgi-bin/user/get?access_token=x").await.errcode(), 40014);
    world.sim.advance(Duration::from_secs(59));
    world.check(&[(&call(&token), &too_many)]).await;
    world.sim.advance(Duration::from_secs(1));
    assert_eq!(world.get(&call(&token)).await.errcode(), 0);
    // The fourth in an hour: an hour.
    world.check(&[(&call(&token), &too_many)]).await;
    world.sim.advance(Duration::from_secs(3599));
    world.check(&[(&call(&token), &too_many)]).await;
    world.sim.advance(Duration::from_secs(1));
    assert_eq!(world.get(&call(&token)).await.errcode(), 0);
}

#[tokio::test]
async fn an_address_has_so_many_of_each_call() {
    let world = limited(Limits { ip_per_minute: 2, ..Limits::default() }).await;
    let too_many = long(45009, "api freq out of limit", "");
    let missing = long(41004, "corpsecret missing", "");
    let call = "/cgi-bin/gettoken";
    world.check(&[(call, &missing), (call, &missing), (call, &too_many), (call, &too_many)]).await;
    let elsewhere = client(Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))));
    assert_eq!(world.send(elsewhere.get(format!("{}{call}", world.base))).await.errcode(), 41004);
    world.sim.advance(Duration::from_secs(60));
    world.check(&[(call, &missing)]).await;
    // Tokens are counted for the company that is named.
    let company = limited(Limits { corp_per_minute: 1, ..Limits::default() }).await;
    let tokens = |agent: u32| format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={}", secret(agent));
    assert_eq!(company.get(&tokens(DEMO)).await.errcode(), 0);
    assert_eq!(company.get(&tokens(SECOND)).await.errcode(), 45009);
    assert_eq!(company.get("/cgi-bin/gettoken?corpid=wwx&corpsecret=x").await.errcode(), 40013);
}

#[tokio::test]
async fn a_good_code_is_never_one_too_many() {
    let world = limited(Limits { corp_per_minute: 1, ip_per_minute: 100, ..Limits::default() }).await;
    let token = world.token(DEMO).await;
    let who = |code: &str| format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}");
    let mut codes: Vec<_> = (0..4).map(|_| world.sim.issue_code(CodeFor::member("lisi")).unwrap()).collect();
    for code in codes.drain(..3) {
        assert_eq!(world.get(&who(&code)).await.errcode(), 0);
    }
    assert_eq!(world.get(&who("x")).await.errcode(), 40029);
    assert_eq!(world.get(&who("x")).await.errcode(), 45009);
    assert_eq!(world.get(&who(&codes[0])).await.errcode(), 0, "even in a block");
    assert_eq!(world.get(&who(&codes[0])).await.errcode(), 45009, "used");
}

#[tokio::test]
async fn limits_are_seen_and_changed() {
    let world = World::demo().await;
    let default = r#"{"corpPerHour":150000,"corpPerMinute":10000,"ipPerHour":600000,"ipPerMinute":20000}"#;
    assert_eq!(world.control("GET /sim/limits", "").await.body, default);
    let token = world.token(DEMO).await;
    let call = format!("/cgi-bin/user/get?access_token={token}&userid=lisi");
    let changed = world.control("PATCH /sim/limits", r#"{"corpPerMinute":0}"#).await;
    assert_eq!(changed.body, default.replace("10000,", "0,"));
    assert_eq!(world.sim.limits(), Limits { corp_per_minute: 0, ..Limits::default() });
    assert_eq!(world.get(&call).await.errcode(), 45009);
    world.control("PATCH /sim/limits", r#"{"corpPerMinute":1}"#).await;
    assert_eq!(world.get(&call).await.errcode(), 0, "counting begins anew");
    assert_eq!(world.get(&call).await.errcode(), 45009);
    world.sim.set_limits(Limits::default());
    assert_eq!(world.get(&call).await.errcode(), 0);
    for (body, expected) in [
        (r#"{"perMinute":1}"#, "unknown field `perMinute`, expected one of `corpPerMinute`"),
        (r#"{"corpPerMinute":-1}"#, r#"write for example {"corpPerMinute":10"#),
    ] {
        let error = world.control("PATCH /sim/limits", body).await;
        assert!(error.status == 400 && error.body.replace('\\', "").contains(expected), "{body}: {}", error.body);
    }
}
