//! One token for everybody: fetched once, refreshed once, never in a loop.
use super::*;
use crate::client::Client;
use element::{Error, ErrorKind, Result, Secret};
use std::time::Duration;

const TOKEN: &str = "gettoken";
const USER: &str = "/user/get";

async fn call(host: &TestHost) -> Result<String> {
    let (ctx, secret) = (host.ctx(), Secret::from(SECRET.to_owned()));
    let client = Client::open(&ctx, app("ww1", &secret)).await?;
    let fields = client.call(&client.get("/cgi-bin/user/get").query("userid", "zhangsan")).await?;
    Ok(fields["userid"].as_str().unwrap().into())
}

/// `count` calls at once.
async fn crowd(host: &TestHost, count: usize) -> Vec<Result<String>> {
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..count {
        let host = host.clone();
        all.spawn(async move { call(&host).await });
    }
    all.join_all().await
}

fn codes(all: &[Result<String>]) -> Vec<i64> {
    let mut codes: Vec<i64> = all.iter().map(|it| it.as_ref().map_or_else(|e| e.code, |_| 0)).collect();
    codes.dedup();
    codes
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_on_a_cold_cache_fetch_one_token() {
    let host = wecom(|_| None);
    assert_eq!(codes(&crowd(&host, 1000).await), [0]);
    assert_eq!((host.count(TOKEN), host.count(USER), host.leases_held()), (1, 1000, 0));

    let asked = host.lease_asks();
    assert_eq!(codes(&crowd(&host, 1000).await), [0]);
    assert_eq!((host.count(TOKEN), host.lease_asks()), (1, asked), "the hot path takes no lease");

    assert!(!host.names_and_log().contains(SECRET) && !host.names_and_log().contains("TOKEN-"));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_used_until_ten_minutes_before_its_end() {
    let host = wecom(|_| None);
    call(&host).await.unwrap();
    host.advance(Duration::from_secs(7200 - 600 - 1));
    call(&host).await.unwrap();
    assert_eq!(host.count(TOKEN), 1);
    host.advance(Duration::from_secs(1));
    call(&host).await.unwrap();
    assert_eq!(host.count(TOKEN), 2);
}

#[test]
fn a_short_life_has_a_short_margin() {
    for (expires_in, used_for) in [
        (Some(7200), 6600),
        (Some(600), 450),
        (Some(2), 2),
        (Some(1), 1),
        (Some(0), 1),
        (Some(-5), 1),
        (Some(i64::MAX), 85_800),
        (None, 450),
    ] {
        let fields = json!({"access_token": "T", "expires_in": expires_in}).as_object().unwrap().clone();
        let (_, lifetime) = crate::token::Token::of(fields, "access_token", 1, 0).unwrap();
        assert_eq!(lifetime.as_secs(), used_for, "{expires_in:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_that_meet_an_expired_token_refresh_once_and_replay_once_each() {
    for code in [42001, 40014] {
        // WeCom gives the same text again, as it does while a token lives: the text cannot tell old from new.
        let host = wecom(move |seen| match () {
            () if is(seen, TOKEN) => Some(json!({"access_token": "TOKEN-SAME", "expires_in": 7200})),
            () if is(seen, USER) && seen.before < 1000 => refuse(code, seen),
            () => None,
        });
        assert_eq!(codes(&crowd(&host, 1000).await), [0]);
        assert_eq!((host.count(TOKEN), host.count(USER)), (2, 2000), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_again_is_replayed_no_more() {
    let host = wecom(|seen| is(seen, USER).then(|| refuse(42001, seen)).flatten());
    let error = call(&host).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Upstream, 42001));
    assert_eq!((host.count(TOKEN), host.count(USER)), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_rarely_asked_about_and_a_changed_one_at_once() {
    for (code, seconds) in [(40001, 15), (40013, 15), (40091, 15), (50003, 15), (45009, 60)] {
        let host = wecom(move |seen| {
            let wrong = is(seen, TOKEN) && seen.query["corpsecret"] == SECRET;
            wrong.then(|| refuse(code, seen)).flatten()
        });
        assert_eq!(codes(&crowd(&host, 1000).await), [code]);
        assert_eq!((host.count(TOKEN), host.count(USER), host.leases_held()), (1, 0, 0));
        host.advance(Duration::from_secs(seconds - 1));
        let error = call(&host).await.unwrap_err();
        assert_eq!((error.code, host.count(TOKEN)), (code, 1));
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
        host.advance(Duration::from_secs(1));
        call(&host).await.unwrap_err();
        assert_eq!(host.count(TOKEN), 2);
        // The next "no" is believed twice as long.
        if seconds == 15 {
            host.advance(Duration::from_secs(29));
            call(&host).await.unwrap_err();
            assert_eq!(host.count(TOKEN), 2);
            host.advance(Duration::from_secs(1));
            call(&host).await.unwrap_err();
            assert_eq!(host.count(TOKEN), 3);
        }

        let (ctx, changed) = (host.ctx(), Secret::from("SECRET-changed".to_owned()));
        let client = Client::open(&ctx, app("ww1", &changed)).await.unwrap();
        client.token().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_secret_on_a_business_call_is_no_reason_to_fetch() {
    let host = wecom(|seen| is(seen, USER).then(|| refuse(40001, seen)).flatten());
    assert_eq!(call(&host).await.unwrap_err().code, 40001);
    assert_eq!((host.count(TOKEN), host.count(USER)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn busy_is_retried_three_times_at_most_and_nothing_else_is() {
    for (busy_times, expected) in [(0, Ok(0)), (1, Ok(1)), (3, Ok(3)), (4, Err(-1))] {
        let host = wecom(move |seen| (is(seen, USER) && seen.before < busy_times).then(|| refuse(-1, seen)).flatten());
        let outcome = call(&host).await;
        assert_eq!(outcome.map(|_| busy_times).map_err(|e| e.code), expected);
        assert_eq!(host.count(USER), (busy_times + 1).min(4));
        for (slept, least) in host.slept().into_iter().zip([200, 400, 800]) {
            assert!((least..2 * least).contains(&slept), "{slept} of {least}");
        }
    }
    let host = wecom(|seen| is(seen, USER).then(|| refuse(45033, seen)).flatten());
    assert_eq!(call(&host).await.unwrap_err().kind, ErrorKind::RateLimited);
    assert_eq!(host.count(USER), 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_waited_do_not_repeat_a_fetch_that_just_failed() {
    for (answer, requests, kind) in [
        (json!("<html>no token today</html>"), 1, ErrorKind::Upstream),
        (json!({"errcode": 0}), 1, ErrorKind::Upstream),
        (json!({"errcode": -1}), 4, ErrorKind::Unavailable),
    ] {
        let host = wecom(move |seen| is(seen, TOKEN).then(|| answer.clone()));
        let all = crowd(&host, 1000).await;
        assert!(all.iter().all(|it| it.as_ref().is_err_and(|e: &Error| e.kind == kind)));
        assert_eq!((host.count(TOKEN), host.leases_held()), (requests, 0));
        host.advance(Duration::from_millis(1500));
        call(&host).await.unwrap_err();
        assert_eq!(host.count(TOKEN), 2 * requests, "soon it is tried again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_leaves_no_lease_and_the_next_one_heals() {
    let host = wecom(|seen| match seen.before {
        0 if is(seen, USER) => refuse(42001, seen),
        1 if is(seen, TOKEN) => Some(json!("")),
        _ => None,
    });
    assert_eq!(call(&host).await.unwrap_err().kind, ErrorKind::Upstream);
    assert_eq!(host.leases_held(), 0);
    host.advance(Duration::from_secs(2));
    call(&host).await.unwrap();
}

/// Whoever fetches for so long that the lease is another host's by then uses what it got, and writes over nothing.
#[tokio::test(start_paused = true)]
async fn a_host_that_lost_the_lease_does_not_overwrite() {
    let host = wecom(|_| None);
    let later = |host: TestHost, ms| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        host.end_leases();
        call(&host).await
    };
    // The second one begins while the first one waits for WeCom, and ends after it.
    let (first, second) = tokio::join!(call(&host), later(host.clone(), 10));
    assert_eq!((first.unwrap(), second.unwrap()), ("zhangsan".into(), "zhangsan".into()));
    assert_eq!(host.count(TOKEN), 2);
    assert_eq!(inner().get_access_token(&host.ctx()).await.unwrap(), "TOKEN-1", "the second one's is there");
    assert!(host.names_and_log().contains("another host was let at it"));
}

#[tokio::test(start_paused = true)]
async fn every_wecom_company_and_secret_has_its_own_token() {
    let host = wecom(|_| None);
    let ctx = host.ctx();
    let mut tokens = std::collections::BTreeSet::new();
    for (address, corp, secret) in
        [("http://one", "ww1", "s1"), ("http://one", "ww1", "s2"), ("http://one", "ww2", "s1"), ("http://two", "ww1", "s1")]
    {
        host.set("WECOM_API_BASE", address);
        let secret = Secret::from(secret.to_owned());
        let client = Client::open(&ctx, app(corp, &secret)).await.unwrap();
        tokens.insert(client.app_key.clone());
        client.token().await.unwrap();
        client.token().await.unwrap();
    }
    assert_eq!((tokens.len(), host.count(TOKEN)), (4, 4));
}
