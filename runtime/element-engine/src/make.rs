//! Making what a plan wants and is not there yet: each Instance once, however many apps see it.
use crate::{
    Diagnostic, Document, Instance,
    engine::Engine,
    plan::{InstanceKey, Make, Planned, Todo},
};
use futures_util::{StreamExt, stream};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// How many `start` hooks run at once.
const STARTS_AT_ONCE: usize = 16;

/// What came of it.
pub(crate) type Made = HashMap<InstanceKey, Result<Arc<Instance>, Diagnostic>>;

/// Makes what is to be built and is not alive.
pub(crate) async fn make_all(engine: &Arc<Engine>, generation: u64, planned: &[&Planned]) -> Made {
    let mut made = Made::new();
    // What stands in the place of another one comes after that.
    let mut by_height: BTreeMap<usize, HashMap<&InstanceKey, (&Make, Vec<&Document>)>> = BTreeMap::new();
    for it in planned {
        let Todo::Build(make) = &it.todo else { continue };
        for (height, make) in below(make) {
            if made.contains_key(&make.key) {
                continue;
            }
            match engine.pool.get(&make.key) {
                Some(alive) => drop(made.insert(make.key.clone(), Ok(alive))),
                None => {
                    let level = by_height.entry(height).or_default();
                    level.entry(&make.key).or_insert_with(|| (make, it.documents().collect()));
                }
            }
        }
    }
    for (_, level) in by_height {
        let all = level.into_values().map(|(make, documents)| {
            let overridden = make.overridden.as_ref().map(|below| made.get(&below.key).cloned().transpose());
            async move {
                let instance = match overridden.transpose() {
                    Ok(overridden) => Instance::make(engine, generation, make, overridden.flatten(), &documents).await,
                    Err(mistake) => Err(mistake),
                };
                (&make.key, instance)
            }
        });
        let all: Vec<_> = stream::iter(all.collect::<Vec<_>>()).buffer_unordered(STARTS_AT_ONCE).collect().await;
        for (key, instance) in all {
            if let Ok(it) = &instance {
                engine.pool.add(it);
            }
            made.insert(key.clone(), instance);
        }
    }
    made
}

/// What is to be made, and all that it stands in the place of, each with how many are below it.
fn below(make: &Make) -> Vec<(usize, &Make)> {
    let all: Vec<&Make> = std::iter::successors(Some(make), |it| it.overridden.as_deref()).collect();
    all.into_iter().rev().enumerate().collect()
}
