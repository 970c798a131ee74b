//! gettoken: the order of its checks, one token at a time, and the ways a token ends.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use wecom_sim::{AppChange, Options};

use crate::{CORP, DEMO, SECOND, World, client, long, secret};

/// Any business call that needs nothing but the token to get further.
async fn errcode_of(world: &World, token: &str) -> i64 {
    world.get(&format!("/cgi-bin/user/get?access_token={token}&userid=zhangsan")).await.errcode()
}

#[tokio::test]
async fn checks_come_in_order() {
    let world = World::demo().await;
    let missing_secret = long(41004, "corpsecret missing", "");
    let wrong = format!(
        r#"{{"errcode":40001,"errmsg":"invalid credential, hint: [HINT], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=40001 -- wecom-sim: this is the secret of no app of {CORP}; its apps are 1000002, 1000003, 1000004, see GET /sim/companies"}}"#
    );
    world
        .check(&[
            ("/cgi-bin/gettoken", &missing_secret),
            ("/cgi-bin/gettoken?corpid=nobody", &missing_secret),
            ("/cgi-bin/gettoken?corpid=nobody&corpsecret=", &missing_secret),
            ("/cgi-bin/gettoken?corpsecret=x", &long(41002, "corpid missing", "")),
            (&format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret=x"), &wrong),
        ])
        .await;
    // Right as far as it goes is wrong.
    for near in [&secret(DEMO)[..42], &format!("{}x", secret(DEMO)), &secret(DEMO).to_uppercase()] {
        world.check(&[(&format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={near}"), &wrong)]).await;
    }
    // The secret decides which app it is; a disabled app is told only to those who know it.
    let disabled = AppChange { enabled: Some(false), ..AppChange::default() };
    world.sim.change_app(CORP, DEMO, disabled).unwrap();
    let right = format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={}", secret(DEMO));
    world.check(&[(&right, &long(50003, "app is disabled", ""))]).await;
    world.token(SECOND).await;
}

#[tokio::test]
async fn success_has_the_documented_shape() {
    let world = World::demo().await;
    let path = format!("/cgi-bin/gettoken?corpid={}&corpsecret={}", CORP.to_uppercase(), secret(DEMO));
    let answer = world.get(&path).await;
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(answer.body, format!(r#"{{"errcode":0,"errmsg":"ok","access_token":"{token}","expires_in":7200}}"#));
    assert_eq!(token.len(), 200);
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
}

#[tokio::test]
async fn an_unknown_company_comes_with_the_command_that_adds_it() {
    let world = World::demo().await;
    let answer = world.get("/cgi-bin/gettoken?corpid=wwfeedfeedfeedfeed&corpsecret=very-private").await;
    assert_eq!(answer.errcode(), 40013);
    assert!(!answer.body.contains("very-private"), "{}", answer.body);
    let message = answer.json()["errmsg"].as_str().unwrap().to_owned();
    assert!(message.starts_with("invalid corpid, hint: ["), "{message}");
    let (_, command) = message.split_once("curl -X POST ").unwrap();
    let (url, rest) = command.split_once(" -H 'content-type: application/json' -d '").unwrap();
    assert_eq!(url, format!("{}/sim/companies", world.base));
    // The command as written does what it says.
    let added = world.control("POST /sim/companies", rest.strip_suffix('\'').unwrap()).await;
    assert_eq!(added.body, r#"{"corpId":"wwfeedfeedfeedfeed","replaced":false}"#);
    let path = "/cgi-bin/gettoken?corpid=wwfeedfeedfeedfeed&corpsecret=THE-SECRET-IN-YOUR-CONFIG";
    assert_eq!(world.get(path).await.errcode(), 0);
}

#[tokio::test]
async fn a_corpid_that_a_shell_would_obey_is_not_repeated() {
    let world = World::demo().await;
    for corp in ["ww'%3Brm%20-rf%20~%3B'", "ww%0Ax", "%E7%A4%BA", &"w".repeat(65)] {
        let answer = world.get(&format!("/cgi-bin/gettoken?corpid={corp}&corpsecret=x")).await;
        assert_eq!(answer.errcode(), 40013);
        assert!(answer.body.contains(r#"\"corpId\":\"ww0123456789abcdef\""#), "{}", answer.body);
        assert!(!answer.body.contains("rm -rf"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_token_is_stable_and_expires_by_the_clock() {
    let world = World::demo().await;
    let first = world.token(DEMO).await;
    assert_ne!(first, world.token(SECOND).await, "each app has its own");
    world.sim.advance(Duration::from_secs(7100));
    let path = format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={}", secret(DEMO));
    let again = world.get(&path).await.json();
    assert_eq!(again["access_token"], first);
    assert!((90..=100).contains(&again["expires_in"].as_u64().unwrap()), "{again}");
    assert_eq!(errcode_of(&world, &first).await, 0);
    world.sim.advance(Duration::from_secs(100));
    assert_eq!(errcode_of(&world, &first).await, 42001);
    let second = world.token(DEMO).await;
    assert_ne!(second, first);
    assert_eq!(errcode_of(&world, &second).await, 0);
    assert_eq!(errcode_of(&world, &first).await, 42001);
}

#[tokio::test]
async fn a_token_ends_early() {
    let world = World::demo().await;
    let other = world.token(SECOND).await;

    let token = world.token(DEMO).await;
    assert_eq!(world.control("POST /sim/tokens/revoke", "{}").await.body, r#"{"tokens":1}"#);
    assert_eq!(errcode_of(&world, &token).await, 40014);

    let token = world.token(DEMO).await;
    let body = format!(r#"{{"corpId":"{CORP}","agentId":{DEMO}}}"#);
    assert_eq!(world.control("POST /sim/tokens/expire", &body).await.body, r#"{"tokens":1}"#);
    assert_eq!(errcode_of(&world, &token).await, 42001);

    let token = world.token(DEMO).await;
    let route = format!("PATCH /sim/companies/{CORP}/apps/{DEMO}");
    let changed = world.control(&route, r#"{"secret":"a-new-one"}"#).await;
    assert_eq!((changed.status, &changed.json()["secret"]), (200, &"***".into()));
    assert_eq!(errcode_of(&world, &token).await, 40014);

    let old = format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={}", secret(DEMO));
    assert_eq!(world.get(&old).await.errcode(), 40001);
    assert_ne!(errcode_of(&world, &other).await, 40014, "another app's token lives on");
}

#[tokio::test]
async fn rotation_leaves_older_tokens_good() {
    let world = World::new(Options { rotate_tokens: true, ..Options::default() }).await;
    let (first, second) = (world.token(DEMO).await, world.token(DEMO).await);
    assert_ne!(first, second);
    assert_eq!((errcode_of(&world, &first).await, errcode_of(&world, &second).await), (0, 0));
    assert_eq!(world.sim.revoke_tokens(None, None).unwrap(), 2);
    assert_eq!((errcode_of(&world, &first).await, errcode_of(&world, &second).await), (40014, 40014));
}

#[tokio::test]
async fn a_seed_repeats() {
    let seeded = || Options { seed: Some(42), ..Options::default() };
    let (one, two) = (World::new(seeded()).await, World::new(seeded()).await);
    assert_eq!(one.token(DEMO).await, two.token(DEMO).await);
    assert_ne!(World::demo().await.token(DEMO).await, World::demo().await.token(DEMO).await);
}

#[tokio::test]
async fn wrong_secrets_block_their_sender_for_an_hour() {
    let world = World::new(Options { bad_secrets_per_hour: 3, ..Options::default() }).await;
    let wrong = format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret=wrong");
    let right = format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={}", secret(DEMO));
    let limit = long(45009, "api freq out of limit", "");
    for _ in 0..3 {
        world.sim.advance(Duration::from_secs(900));
        assert_eq!(world.get(&wrong).await.errcode(), 40001);
    }
    // The hour of the block begins with the last of them.
    world.sim.advance(Duration::from_secs(3000));
    world.check(&[(&wrong, &limit), (&right, &limit)]).await;
    // Another caller is not blocked.
    let elsewhere = client(Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))));
    let answer = world.send(elsewhere.get(format!("{}{right}", world.base))).await;
    assert_eq!(answer.errcode(), 0);
    world.sim.advance(Duration::from_secs(600));
    assert_eq!(world.get(&right).await.errcode(), 0);
    // Fewer in the hour do not block, and the hour is forgotten.
    for _ in 0..5 {
        assert_eq!(world.get(&wrong).await.errcode(), 40001);
        assert_eq!(world.get(&wrong).await.errcode(), 40001);
        world.sim.advance(Duration::from_secs(3600));
    }
    assert_eq!(world.get(&right).await.errcode(), 0);
}
