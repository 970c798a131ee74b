//! A company of 10,000 members in 500 departments: within WeCom's limits, through a kill, and a second time for nothing.
mod killed;
mod limits;
mod passing;
mod schedule;

use serde_json::{Value, json};
use wecom_sim::Company;

pub(crate) const DEPARTMENTS: usize = 500;
pub(crate) const MEMBERS: usize = 10_000;

/// The demo's corpid, so that the demo's app may sync it.
pub(crate) fn company() -> Company {
    let id = |n: usize| json!({"id": n});
    let departments: Vec<Value> = (1..=DEPARTMENTS)
        .map(|n| json!({"id": n, "name": format!("部门 {n}"), "parentId": if n == 1 { 0 } else { n / 8 + 1 }.min(n - 1), "order": n}))
        .collect();
    let members: Vec<Value> = (0..MEMBERS)
        .map(|n| {
            let mut places = vec![id(n % DEPARTMENTS + 1)];
            // Every tenth is in two departments, and one member all the same.
            if n % 10 == 0 {
                places.push(id((n + 250) % DEPARTMENTS + 1));
            }
            json!({"userId": format!("user{n}"), "name": format!("成员 {n}"), "departments": places, "position": "工程师"})
        })
        .collect();
    let company = json!({
        "corpId": "ww5a1d0e0f1a2b3c4d", "name": "Big", "departments": departments, "members": members,
        "apps": [{"agentId": 1_000_002, "secret": "demo-secret-of-the-simulator-not-real-one-0"}],
    });
    Company::from_json(&company.to_string()).unwrap()
}

/// A summary: departments and members that were added, changed, removed, unchanged, failed.
pub(crate) fn counts(summary: &Value) -> [[u64; 5]; 2] {
    ["departments", "members"].map(|of| {
        ["added", "changed", "removed", "unchanged", "failed"]
            .map(|what| summary[of][what].as_u64().unwrap_or_else(|| panic!("{summary}")))
    })
}
