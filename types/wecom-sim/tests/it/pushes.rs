//! The way of a push: again after a failure, in order, and every step in the log.

use std::collections::BTreeSet;

use serde_json::json;
use wecom_sim::{Company, Member, Options, PushOutcome, Sim};

use crate::receiver::{Next, Receiver};
use crate::{CORP, DEMO, OLD, World};

/// Fast enough for a test.
async fn world() -> World {
    World::new(Options { push_retry_ms: 2, ..Options::default() }).await
}

fn add(sim: &Sim, user_ids: &[&str]) {
    for user_id in user_ids {
        assert!(!sim.put_member(CORP, Member::new(*user_id)).unwrap(), "{user_id} is new");
    }
}

/// The userids of documents, in their order.
fn whom(documents: &[String]) -> Vec<&str> {
    let after = |document: &'_ String| document.find("<UserID><![CDATA[").unwrap() + "<UserID><![CDATA[".len();
    documents.iter().map(|document| document[after(document)..].split(']').next().unwrap()).collect()
}

#[tokio::test]
async fn what_is_not_taken_comes_again_sealed_anew() {
    let world = world().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    receiver.then(&[Next::Status(500, "down"), Next::Status(204, "")]);
    add(&world.sim, &["ann", "bob"]);
    let got = receiver.got(&world.sim).await;
    let documents: Vec<_> = got.iter().map(|got| got.opened.clone().unwrap().0).collect();
    // The second waits until the first has come through.
    assert_eq!(whom(&documents), ["ann", "ann", "ann", "bob"]);
    assert!(documents[0] == documents[1] && documents[1] == documents[2], "the same document");
    for name in ["nonce", "msg_signature"] {
        let all: BTreeSet<_> = got.iter().map(|got| &got.query[name]).collect();
        assert_eq!(all.len(), 4, "another {name} each time");
    }
    assert_eq!(got.iter().map(|got| &got.body).collect::<BTreeSet<_>>().len(), 4, "sealed anew each time");
    let log = world.control("GET /sim/pushes", "").await.json();
    let first = &log["pushes"][0];
    let statuses: Vec<_> = first["attempts"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses, [500, 204, 200]);
    assert_eq!(first["attempts"][0]["body"], "down");
    assert_eq!(first["document"], documents[0]);
    let named = json!([first["seq"], first["to"], first["event"], first["outcome"]]);
    assert_eq!(named, json!([1, format!("{CORP}/{OLD}"), "create_user", "delivered"]));
    let after = world.control("GET /sim/pushes?after=1", "").await.json();
    assert_eq!(after["pushes"], json!([log["pushes"][1]]));
}

#[tokio::test]
async fn after_three_more_it_is_given_up() {
    let world = world().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    receiver.then(&[const { Next::Status(500, "") }; 4]);
    add(&world.sim, &["ann", "bob"]);
    assert_eq!(whom(&receiver.documents(&world.sim).await), ["ann", "ann", "ann", "ann", "bob"]);
    let outcomes: Vec<_> = world.sim.pushes().iter().map(|push| (push.outcome, push.attempts.len())).collect();
    assert_eq!(outcomes, [(PushOutcome::Failed, 4), (PushOutcome::Delivered, 1)]);
}

#[tokio::test]
async fn who_does_not_answer_is_asked_again() {
    let world = World::new(Options { push_retry_ms: 2, push_deadline_ms: 1500, ..Options::default() }).await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    receiver.then(&[Next::Never]);
    add(&world.sim, &["ann"]);
    assert_eq!(whom(&receiver.documents(&world.sim).await), ["ann", "ann"]);
    let push = world.sim.pushes().remove(0);
    let first = &push.attempts[0];
    assert_eq!((first.status, first.body.as_str()), (None, "no answer within 1500 ms"));
    assert_eq!((push.outcome, push.attempts[1].status), (PushOutcome::Delivered, Some(200)));
    assert_eq!(Options::default().push_deadline_ms, 5000, "as WeCom waits");
}

#[tokio::test]
async fn one_callback_does_not_wait_for_another() {
    let world = World::demo().await;
    let slow = Receiver::of_app(&world.sim, OLD).await;
    let quick = Receiver::of_app(&world.sim, DEMO).await;
    slow.then(&[Next::Never]);
    let zhangsan = world.sim.companies()[0].members()[0].clone();
    let changed = |name: &str| Member { name: name.into(), ..zhangsan.clone() };
    assert!(world.sim.put_member(CORP, changed("One")).unwrap());
    assert!(world.sim.put_member(CORP, changed("Two")).unwrap());
    let both = format!("{CORP}/{DEMO}");
    let through = async {
        let done = |sim: &Sim| {
            let of = sim.pushes().into_iter().filter(|push| push.to == both);
            of.filter(|push| push.outcome == PushOutcome::Delivered).count() == 2
        };
        while !done(&world.sim) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(4), through).await.expect("before the slow one's deadline");
    let waiting = world.sim.pushes().into_iter().filter(|push| push.outcome == PushOutcome::Waiting);
    assert_eq!(waiting.count(), 2, "the slow one's");
    drop(quick);
}

#[test]
fn edits_outside_of_a_runtime_are_sent_by_whoever_serves() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, receiver) = runtime.block_on(async {
        let world = world().await;
        let receiver = Receiver::of_app(&world.sim, OLD).await;
        (world, receiver)
    });
    add(&world.sim, &["ann"]);
    let start = std::time::Instant::now();
    while world.sim.pushes()[0].outcome != PushOutcome::Delivered {
        assert!(start.elapsed().as_secs() < 20, "{:?}", world.sim.pushes());
        std::thread::yield_now();
    }
    assert_eq!(whom(&runtime.block_on(receiver.documents(&world.sim))), ["ann"]);
}

#[test]
fn without_a_server_waiting_for_them_sends_them() {
    let options = Options { push_retry_ms: 2, ..Options::default() };
    let sim = Sim::new(vec![Company::demo()], options);
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listening = runtime();
    let receiver = listening.block_on(Receiver::of_app(&sim, OLD));
    receiver.then(&[Next::Never]);
    // A runtime that ends with a push under way leaves it to the next one.
    let first = runtime();
    first.block_on(async {
        add(&sim, &["ann"]);
        tokio::time::timeout(std::time::Duration::from_secs(4), receiver.has_come(1)).await.expect("it is sent");
    });
    first.shutdown_timeout(std::time::Duration::from_secs(10));
    add(&sim, &["bob"]);
    assert_eq!(whom(&runtime().block_on(receiver.documents(&sim))), ["ann", "ann", "bob"]);
    let attempts: Vec<_> = sim.pushes().iter().map(|push| (push.outcome, push.attempts.len())).collect();
    assert_eq!(attempts, [(PushOutcome::Delivered, 1); 2], "the one broken off had no answer to log");
}
