//! Jobs in memory: what only this engine has to keep.
use super::*;
use crate::Jobs;
use element::{Caller, host::ManualClock};
use serde_json::json;

#[tokio::test]
async fn what_is_done_is_taken_away_as_time_goes() {
    let clock = Arc::new(ManualClock::at(0));
    let jobs = MemoryJobs::new(clock.clone());
    for run_at in 0..1000 {
        let call = NewJob { element: "a.B".to_owned(), method: "run".to_owned(), args: json!({}), run_at, max_attempts: 1 };
        let id = jobs.add("a", call, Caller::Operator).await.unwrap();
        let leased = jobs.lease(None, 10).await.unwrap().unwrap();
        assert!(jobs.finish(id, leased.fence, json!({})).await.unwrap());
        clock.advance(DONE_STAYS_MS / 10);
    }
    let state = lock(&jobs.state);
    let kept = state.jobs.len();
    assert!(kept <= 11 && state.done.len() == kept && state.due.is_empty(), "{kept} jobs");
}
