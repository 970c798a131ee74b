//! Writes to a store until it is killed, and says what was acknowledged: a program for the test that kills it.
use element::{
    Caller, Expect, NewJob,
    host::{SeededRandom, SystemClock, Write},
};
use element_store::{OpenStore, Store};
use serde_json::{Value, json};
use std::{io::Write as _, sync::Arc};
use tokio::task::JoinSet;

/// How many write at once.
const WRITERS: usize = 8;

/// A document that tells of itself whether it is whole.
fn document(n: usize) -> Value {
    json!({"n": n, "text": "x".repeat(n * 131 % 6000), "token": {"$secret": n.to_string()}})
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    // One piece: whoever reads never sees half of it.
    out.write_all(format!("{line}\n").as_bytes())?;
    Ok(out.flush()?)
}

async fn write(store: Store, run: String, writer: usize) -> anyhow::Result<()> {
    for n in 0.. {
        let key = format!("{run}-{writer}-{n}");
        let absent = Write { value: document(n), expect: Expect::Absent, indexed: vec!["n".into()], expires_at: None };
        store.records.put("a", "c", &key, absent).await?;
        say(&format!("record {key}"))?;
        let version =
            store.records.put("a", "last", &writer.to_string(), Write { value: document(n), ..Write::default() }).await?;
        say(&format!("version {writer} {version}"))?;
        let job = NewJob { element: "e".into(), method: "m".into(), args: document(n), run_at: 0, max_attempts: 1 };
        say(&format!("job {}", store.jobs.add("a", job, Caller::Operator).await?))?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(store), Some(key), Some(run)) = (args.next(), args.next(), args.next()) else {
        anyhow::bail!("give a store, a key and a name for this run")
    };
    let wrong = |e: String| anyhow::anyhow!(e);
    let open = OpenStore {
        store: store.parse().map_err(wrong)?,
        cache: None,
        master_key: Some(key.parse().map_err(wrong)?),
        former_key: None,
    };
    let store = Store::open(open, Arc::new(SystemClock), Arc::new(SeededRandom::new(1))).await.map_err(wrong)?;
    let mut writers = (0..WRITERS).map(|it| write(store.clone(), run.clone(), it)).collect::<JoinSet<_>>();
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    Ok(())
}
