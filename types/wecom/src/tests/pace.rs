//! A sync's calls against WeCom's limits; nobody sits them out.
use super::*;
use crate::{
    client::Client,
    keeping::Keeping,
    sync::{Pace, Patience, Run},
};
use element::{Result, Secret};

/// Makes `calls` calls of one kind; gives how long it waited for each pause in seconds, and how the last one ended.
async fn paced(host: &TestHost, calls: usize, patient: bool) -> (Vec<u64>, Result<()>) {
    let (ctx, secret) = (host.ctx(), Secret::from(SECRET.to_owned()));
    let client = Client::open(&ctx, app("ww1", &secret)).await.unwrap();
    let run = Run::begin(&client, None, Keeping { dry_run: true, ..Keeping::default() }).await.unwrap();
    let pace = if patient { Pace::of(&client, &run, Patience::UntilItIsOver) } else { Pace::alone(&client) };
    let mut last = Ok(());
    for _ in 0..calls {
        last = pace.call(&client.get("/cgi-bin/user/get").query("userid", "zhangsan")).await.map(drop);
    }
    (host.slept().into_iter().map(|ms| ms.div_ceil(1000)).collect(), last)
}

#[tokio::test(start_paused = true)]
async fn eight_thousand_calls_in_a_minute_and_the_rest_in_the_next() {
    // Each call takes 30 ms of tokio's time and none of the host's clock, so all of them fall into one minute.
    let host = wecom(|_| None);
    let (slept, last) = paced(&host, 8_001, true).await;
    assert_eq!((slept.iter().sum::<u64>(), last.is_ok()), (60, true));
}

#[tokio::test(start_paused = true)]
async fn too_often_is_waited_out_for_longer_and_longer_and_longer_than_an_hour() {
    // The limit of an hour: it ends when the clock is an hour further.
    let host = wecom(|seen| (is(seen, "/user/get") && seen.before < 6).then(|| refuse(45009, seen)).flatten());
    let (slept, last) = paced(&host, 1, true).await;
    assert_eq!(slept.iter().sum::<u64>(), 60 + 60 + 120 + 240 + 480 + 900);
    assert!(slept.iter().all(|it| *it <= 4), "a run that waits says that it lives");
    assert!(last.is_ok());

    let host = wecom(|seen| is(seen, "/user/get").then(|| refuse(45009, seen)).flatten());
    let (slept, last) = paced(&host, 1, true).await;
    assert!(slept.iter().sum::<u64>() > 3_600);
    assert_eq!(last.unwrap_err().code, 45009);
}

#[tokio::test(start_paused = true)]
async fn too_many_at_once_is_over_in_a_moment_and_whoever_calls_alone_is_told_at_once() {
    let host = wecom(|seen| (is(seen, "/user/get") && seen.before < 2).then(|| refuse(45033, seen)).flatten());
    let (slept, last) = paced(&host, 1, true).await;
    assert_eq!((slept, last.is_ok()), (vec![1, 1], true));
    for code in [45009, 45033] {
        let host = wecom(move |seen| is(seen, "/user/get").then(|| refuse(code, seen)).flatten());
        let (slept, last) = paced(&host, 1, false).await;
        assert_eq!((slept, last.unwrap_err().code), (vec![], code));
    }
}
