//! Work that outlives whoever asked for it, under time that stands still and moves at once when all wait.
use super::apps::{Apps, DEMO, element};
use element::{
    Caller, ErrorKind, JobState, Progress,
    host::{Form, Input},
};
use element_engine::Invocation;
use expect_test::expect;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

async fn demo() -> Apps {
    let odd = element("Odd", "greeters.OddType", "{}");
    Apps::open(&[DEMO, &odd, &element("Hi", "greeters.PoliteType", r#"{"greeting": "Hi"}"#)].concat()).await
}

#[tokio::test(start_paused = true)]
async fn a_long_method_is_awaited_however_long_it_takes() {
    let apps = demo().await;
    let begin = Instant::now();
    assert_eq!(apps.call("Odd", "countTo", json!({"number": 100})).await.unwrap(), 100);
    let took = begin.elapsed();
    assert!(took >= Duration::from_secs(100) && took < Duration::from_secs(101), "the end is told at once: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_while_somebody_waits() {
    let apps = demo().await;
    let id = apps.get("Odd").unwrap().start("countTo", &json!({"number": 4}), &Caller::Operator).await.unwrap();
    let mut told = Vec::new();
    let app = apps.runtime.app("acme.demo").unwrap();
    assert_eq!(app.wait_for_job(id, |it| told.push(it)).await.unwrap(), 4);
    let all: Vec<_> = (1..=4).map(|done| Progress { done, total: 4 }).collect();
    assert_eq!(told, all);
}

#[tokio::test(start_paused = true)]
async fn a_job_is_started_and_looked_at() {
    let apps = demo().await;
    let odd = apps.get("Odd").unwrap();
    let app = apps.runtime.app("acme.demo").unwrap();
    let id = odd.start("countTo", &json!({"number": 2}), &Caller::Admin).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let job = app.job(id).await.unwrap().unwrap();
    assert!(matches!(job.state, JobState::Running { .. }));
    assert_eq!((job.progress, job.attempts), (Progress { done: 2, total: 2 }, 1));
    app.wait_for_job(id, |_| ()).await.unwrap();
    assert_eq!(app.job(id).await.unwrap().unwrap().state, JobState::Done { result: json!(2) });
    assert_eq!(app.job(99).await.unwrap(), None);
    let missing = app.wait_for_job(99, |_| ()).await.unwrap_err();
    let short = odd.start("greet", &json!({}), &Caller::Admin).await.unwrap_err();
    let refused = odd.start("countTo", &json!({"number": 2}), &Caller::Anonymous).await.unwrap_err();
    expect![[r#"
        there is no job 99 in `acme.demo`
        `greet` is no long method: call it and wait
        `countTo` may not be called from outside: it is for other elements, the command line and administrators
    "#]]
    .assert_eq(&format!("{missing}\n{short}\n{refused}\n"));
}

/// A job is no way to become somebody else.
#[tokio::test(start_paused = true)]
async fn a_long_method_sees_who_asked_for_it() {
    let apps = demo().await;
    let odd = apps.get("Odd").unwrap();
    let ask = async |method: &'static str, args: Value| {
        let by = Invocation::by(Caller::Anonymous);
        odd.invoke(method, Input::Value(&args), Form::Value, by).await.unwrap().into_value().unwrap()
    };
    assert_eq!(ask("whoAsked", json!({})).await, json!("anonymous"));
    // Through another element too; and from there it is a job as well, with no deadline of its own.
    let relayed = apps.call("Odd", "relay", json!({"element": "Odd", "method": "whoAsked"})).await.unwrap();
    assert_eq!(relayed, json!({"element": {"name": "Odd", "onBehalfOf": "operator"}}));
    assert_eq!(apps.runtime.app("acme.demo").unwrap().job(2).await.unwrap().unwrap().call.method, "whoAsked");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_puts_itself_off_does_so_for_ever() {
    let apps = demo().await;
    let app = apps.runtime.app("acme.demo").unwrap();
    apps.call("Odd", "again", json!({"left": 50})).await.unwrap();
    // Each is on the list before the one that made it is done.
    for id in 1..=50 {
        app.wait_for_job(id, |_| ()).await.unwrap();
    }
    let by = Caller::Element { name: "Odd".into(), on_behalf_of: Caller::Operator.into() };
    assert_eq!(app.job(50).await.unwrap().unwrap().caller, by, "it grows no chain of callers");
}

#[tokio::test(start_paused = true)]
async fn what_runs_when_everything_closes_comes_to_its_end() {
    let apps = demo().await;
    let (odd, app) = (apps.get("Odd").unwrap(), apps.runtime.app("acme.demo").unwrap());
    let runs = odd.start("countTo", &json!({"number": 3}), &Caller::Operator).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let waits = tokio::spawn(async move { app.wait_for_job(runs, |_| ()).await });
    apps.runtime.clone().close().await;
    assert_eq!(waits.await.unwrap().unwrap(), 3);
    // Whoever still has a handle gets an answer and does not wait for ever.
    let late = odd.invoke("countTo", Input::Value(&json!({"number": 1})), Form::Value, Invocation::default()).await;
    assert_eq!(late.unwrap_err().kind, ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_gives_the_methods_error() {
    let apps = demo().await;
    let error = apps.call("Odd", "refuseLater", json!({"code": 40029})).await.unwrap_err();
    assert_eq!((error.kind, error.code, &*error.message), (ErrorKind::Refused, 40029, "no"));
    assert_eq!(error.internal, "since it says so");
    let error = apps.call("Odd", "countTo", json!({"numbr": 1})).await.unwrap_err();
    expect!["unknown argument `numbr`: did you mean `number`? There are `number`"].assert_eq(&error.message);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_cannot_be_stored_is_an_error_at_once() {
    let apps = demo().await;
    let begin = Instant::now();
    let error = apps.call("Odd", "giveTooMuch", json!({})).await.unwrap_err();
    expect!["Internal: the result of `giveTooMuch` cannot be kept: the document is too large: at most 1048576 bytes of JSON are possible ()"].assert_eq(&format!("{:?}: {error} ({})", error.kind, error.internal));
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_job_is_tried_again_with_longer_pauses_until_it_is_dead() {
    let apps = demo().await;
    let begin = Instant::now();
    let args = json!({"element": "Odd", "method": "refuse", "args": {"code": 1}, "attempts": 4});
    // The tour itself would be over after 30 seconds; a job is not.
    let tour = apps.get("greeters.services.Tour").unwrap();
    let invocation = element_engine::Invocation { timeout: None, ..element_engine::Invocation::default() };
    let answer = tour.invoke("job", element::host::Input::Value(&args), element::host::Form::Value, invocation).await;
    let answer = answer.unwrap().into_value().unwrap();
    assert_eq!((&answer["attempts"], &answer["died of"]["code"]), (&json!(4), &json!(1)));
    // One second until the first try, then pauses of 1, 2 and 4; the worker looks every few seconds.
    let took = begin.elapsed();
    assert!(took >= Duration::from_secs(8) && took < Duration::from_secs(30), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_job_of_an_element_that_is_gone_fails_like_any_call() {
    let apps = demo().await;
    let id = apps.get("Odd").unwrap().start("countTo", &json!({"number": 1}), &Caller::Operator).await.unwrap();
    apps.files.remove("/apps/demo/Odd/e.json");
    apps.runtime.reload().await;
    // It may have begun before; then it ends well, since a call holds its element.
    let answer = apps.runtime.app("acme.demo").unwrap().wait_for_job(id, |_| ()).await;
    assert!(answer.as_ref().is_ok_and(|it| *it == 1) || answer.is_err_and(|e| e.kind == ErrorKind::NotFound));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_job_is_an_error_of_that_job() {
    let apps = demo().await;
    let args = json!({"element": "Odd", "method": "panicLater", "args": {}, "attempts": 1});
    let answer = apps.call("greeters.services.Tour", "job", args).await.unwrap();
    assert_eq!(answer["died of"]["code"], 20005);
    assert_eq!(apps.call("Odd", "countTo", json!({"number": 1})).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_worker_ends_with_its_runtime() {
    let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = alive();
    let apps = demo().await;
    assert_eq!(alive(), before + 1);
    let waiting = element::NewJob {
        element: "Odd".into(),
        method: "greet".into(),
        args: json!({}),
        run_at: i64::MAX,
        max_attempts: 1,
    };
    apps.runtime.store().jobs.add("acme.demo", waiting, Caller::Operator).await.unwrap();
    drop(apps);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(alive(), before);
}

#[tokio::test(start_paused = true)]
async fn the_worker_ends_when_the_runtime_closes() {
    let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = alive();
    let apps = demo().await;
    let _held = apps.runtime.clone();
    apps.runtime.close().await;
    super::apps::until("the worker has ended", || alive() == before).await;
}
