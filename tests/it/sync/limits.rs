//! WeCom's limits, kept and waited out.
use super::{DEPARTMENTS, MEMBERS, company, counts, passing::site};
use crate::site::DEMO;
use serde_json::json;
use std::{collections::BTreeMap, sync::atomic::Ordering};
use wecom_sim::{Limits, Options, Sim};

const ALL: [u64; 2] = [DEPARTMENTS as u64, MEMBERS as u64];

/// The largest number of calls of one kind in a minute of WeCom's clock, refused ones aside.
fn busiest(sim: &Sim) -> usize {
    let mut minutes: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for call in sim.journal().into_iter().filter(|it| it.errcode == Some(0)) {
        *minutes.entry((call.path, call.unix_ms / 60_000)).or_default() += 1;
    }
    minutes.into_values().max().unwrap_or_default()
}

#[tokio::test]
async fn ten_thousand_members_are_synced_in_one_run_and_a_second_one_changes_nothing() {
    let sim = Sim::new(vec![company()], Options::default());
    let (site, clock) = site(sim.clone()).await;
    let sync = async || site.element(DEMO).unwrap().call("syncDepartmentInfo", json!({})).await.unwrap();
    assert_eq!(counts(&sync().await), [[ALL[0], 0, 0, 0, 0], [ALL[1], 0, 0, 0, 0]]);
    let calls = sim.journal();
    assert!(calls.iter().all(|it| it.errcode == Some(0)), "no call was refused");
    assert_eq!(calls.len(), 2 + 2 * DEPARTMENTS, "a token, the tree, and two calls for each department");

    // Far slower companies than WeCom allows: the run waits, and comes to the same.
    sim.set_limits(Limits { corp_per_minute: 300, ..Limits::default() });
    sim.clear_journal();
    assert_eq!(counts(&sync().await), [[0, 0, 0, ALL[0], 0], [0, 0, 0, ALL[1], 0]]);
    let waited = clock.waited.load(Ordering::SeqCst);
    assert!((60_000..3_600_000).contains(&waited), "{waited} ms");
    assert!(sim.journal().iter().any(|it| it.errcode == Some(45009)), "WeCom said that it was too often");
    assert!(busiest(&sim) <= 300, "{}", busiest(&sim));
}
