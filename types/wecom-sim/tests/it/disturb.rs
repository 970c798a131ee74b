//! Pushes that get lost, come twice, late or in another order.

use std::time::{Duration, Instant};

use serde_json::json;
use wecom_sim::{Disturbance, Member, PushOutcome, Sim};

use crate::receiver::Receiver;
use crate::{CORP, OLD, World};

fn add(sim: &Sim, user_ids: &[&str]) {
    for user_id in user_ids {
        sim.put_member(CORP, Member::new(*user_id)).unwrap();
    }
}

async fn heard(receiver: &Receiver, sim: &Sim) -> String {
    let ids = receiver.documents(sim).await;
    let id = |document: &String| document.split_once("<UserID><![CDATA[").unwrap().1.split_once(']').unwrap().0.to_owned();
    ids.iter().map(id).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn each_takes_effect_for_as_many_as_it_says() {
    for (disturbances, expected, outcomes) in [
        (&[r#"{"kind":"drop"}"#][..], "b c d", "Dropped Delivered Delivered Delivered"),
        (&[r#"{"kind":"drop","times":3}"#], "d", "Dropped Dropped Dropped Delivered"),
        (&[r#"{"kind":"twice","times":2}"#], "a a b b c d", &"Delivered ".repeat(6)),
        (&[r#"{"kind":"reverse","times":3}"#], "c b a d", &"Delivered ".repeat(4)),
        (&[r#"{"kind":"drop"}"#, r#"{"kind":"reverse","times":2}"#], "c b d", "Dropped Delivered Delivered Delivered"),
        (&[r#"{"kind":"reverse","times":2}"#, r#"{"kind":"twice"}"#], "b a c c d", &"Delivered ".repeat(5)),
        (&[r#"{"kind":"reverse","times":5}"#], "", "Held Held Held Held"),
    ] {
        let world = World::demo().await;
        let receiver = Receiver::of_app(&world.sim, OLD).await;
        for (at, disturbance) in disturbances.iter().enumerate() {
            let answer = world.control("POST /sim/pushes/disturb", disturbance).await;
            assert_eq!(answer.body, format!(r#"{{"pending":{}}}"#, at + 1));
        }
        add(&world.sim, &["a", "b", "c", "d"]);
        assert_eq!(heard(&receiver, &world.sim).await, expected, "{disturbances:?}");
        let came: Vec<_> = world.sim.pushes().iter().map(|push| format!("{:?}", push.outcome)).collect();
        assert_eq!(came.join(" "), outcomes.trim(), "{disturbances:?}");
    }
}

#[tokio::test]
async fn a_wait_delays_what_is_behind_it_too() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    world.sim.disturb_pushes(Disturbance::Wait { times: 1, ms: 60 }).unwrap();
    let start = Instant::now();
    add(&world.sim, &["a", "b"]);
    assert_eq!(heard(&receiver, &world.sim).await, "a b");
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn what_is_held_back_can_be_let_go() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    world.sim.disturb_pushes(Disturbance::Reverse { times: 5 }).unwrap();
    world.sim.disturb_pushes(Disturbance::Drop { times: 1 }).unwrap();
    add(&world.sim, &["a", "b"]);
    assert_eq!(heard(&receiver, &world.sim).await, "");
    assert_eq!(world.control("DELETE /sim/pushes/disturb", "").await.body, r#"{"removed":2}"#);
    assert_eq!(heard(&receiver, &world.sim).await, "b a");
    add(&world.sim, &["c"]);
    assert_eq!(heard(&receiver, &world.sim).await, "c");
    assert!(world.sim.pushes().iter().all(|push| push.outcome == PushOutcome::Delivered));
}

#[tokio::test]
async fn mistakes_say_what_to_write() {
    let world = World::demo().await;
    for (body, expected) in [
        ("{}", r#"missing field `kind` at line 1 column 2; write for example {"kind":"drop","times":2}"#),
        (r#"{"kind":"lose"}"#, "unknown variant `lose`, expected one of `drop`, `twice`, `reverse`, `wait`"),
        (r#"{"kind":"drop","time":2}"#, "unknown field `time`"),
        (r#"{"kind":"drop","times":0}"#, "times must be 1 or more"),
        (r#"{"kind":"reverse","times":1}"#, "times must be 2 or more"),
        (r#"{"kind":"wait"}"#, "missing field `ms`"),
        (r#"{"kind":"wait","ms":600001}"#, "ms must be at most 600000"),
    ] {
        let answer = world.control("POST /sim/pushes/disturb", body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.json()["error"].as_str().unwrap().contains(expected), "{body}: {}", answer.body);
    }
    assert_eq!(world.control("GET /sim/pushes", "").await.json(), json!({"pushes": []}));
}
