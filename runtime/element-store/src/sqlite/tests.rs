//! What SQLite does when there is no room, when one of many fails, and when another process is there.
use super::*;
use crate::{
    MasterKey, OpenStore, Records as _, Store, StoreAddress,
    seal::{LateSeal, Seal},
    sql::{Sql, SqlRecords, schema::migrate, sweep},
};
use element::{
    ErrorKind,
    host::{ManualClock, SeededRandom, SystemClock, Write},
};
use serde_json::json;
use std::sync::Arc;
use tempfile::TempDir;

fn sql(text: &'static str) -> SqlStr {
    SqlStr::from_static(text)
}

/// A database whose file may have this many pages more: the disk is full behind them.
async fn leave_room(database: &Sqlite, pages: i64) {
    let count = database.write(sql("PRAGMA page_count"), Vec::new()).await.unwrap()[0].number(0).unwrap();
    let most = format!("PRAGMA max_page_count = {}", count + pages);
    database.write(sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(most)), Vec::new()).await.unwrap();
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_acknowledged_and_nothing_is_lost() {
    let folder = TempDir::new().unwrap();
    let database = Sqlite::open(&folder.path().join("a.db")).await.unwrap();
    database.write(sql("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)"), Vec::new()).await.unwrap();
    leave_room(&database, 20).await;
    let (mut acknowledged, large) = (0, "x".repeat(8000));
    let error = loop {
        let args = vec![Arg::Number(acknowledged), Arg::Text(large.clone())];
        match database.write(sql("INSERT INTO t VALUES ($1, $2)"), args).await {
            Ok(_) => acknowledged += 1,
            Err(e) => break e,
        }
    };
    assert!(acknowledged > 0 && error.kind == ErrorKind::Unavailable, "{error:?}");
    assert!(error.internal.contains("the disk is full"), "{error:?}");
    let count = async || database.read(sql("SELECT COUNT(*) FROM t"), Vec::new()).await.unwrap()[0].number(0).unwrap();
    assert_eq!(count().await, acknowledged);
    // What needs no room goes on, and with room everything does.
    database.write(sql("UPDATE t SET text = 'y' WHERE n = 0"), Vec::new()).await.unwrap();
    leave_room(&database, 1000).await;
    let args = vec![Arg::Number(acknowledged), Arg::Text(large)];
    database.write(sql("INSERT INTO t VALUES ($1, $2)"), args).await.unwrap();
    assert_eq!(count().await, acknowledged + 1);
}

/// Of many at once that a full disk stops, each is told the truth.
#[tokio::test]
async fn on_a_full_disk_many_are_told_the_truth() {
    let folder = TempDir::new().unwrap();
    let database = Arc::new(Sqlite::open(&folder.path().join("a.db")).await.unwrap());
    database.write(sql("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)"), Vec::new()).await.unwrap();
    leave_room(&database, 300).await;
    let writes = (0..400).map(|n| {
        let database = database.clone();
        async move {
            let args = vec![Arg::Number(n), Arg::Text("x".repeat(8000))];
            database.write(sql("INSERT INTO t VALUES ($1, $2)"), args).await.map(|_| n)
        }
    });
    let all = writes.collect::<tokio::task::JoinSet<_>>().join_all().await;
    let refused = all.iter().filter_map(|it| it.as_ref().err()).map(|it| it.kind).collect::<Vec<_>>();
    assert!(!refused.is_empty() && refused.iter().all(|it| *it == ErrorKind::Unavailable), "{refused:?}");
    let mut acknowledged: Vec<i64> = all.into_iter().filter_map(Result::ok).collect();
    acknowledged.sort_unstable();
    let rows = database.read(sql("SELECT n FROM t ORDER BY n"), Vec::new()).await.unwrap();
    assert_eq!(rows.iter().map(|it| it.number(0).unwrap()).collect::<Vec<_>>(), acknowledged);
    // Until there is room again it says so, whatever else goes well meanwhile; and then no more.
    let much = "INSERT INTO t VALUES (-1, zeroblob(4000000))";
    database.write(sql(much), Vec::new()).await.unwrap_err();
    database.write(sql("UPDATE t SET n = n WHERE n = -1"), Vec::new()).await.unwrap();
    assert_eq!(database.ping(sql("SELECT 1"), sql(much)).await.unwrap_err().kind, ErrorKind::Unavailable);
    leave_room(&database, 2000).await;
    database.ping(sql("SELECT 1"), sql(much)).await.unwrap();
    database.ping(sql("SELECT 1"), sql("no SQL at all")).await.expect("it is well, so nothing is written");
}

/// Of many that share a sync, one that cannot be carried out takes none of the others with it.
#[tokio::test]
async fn writes_that_go_together_fail_alone() {
    let folder = TempDir::new().unwrap();
    let database = Arc::new(Sqlite::open(&folder.path().join("a.db")).await.unwrap());
    database.write(sql("CREATE TABLE t (n INTEGER PRIMARY KEY)"), Vec::new()).await.unwrap();
    let writes = (0..1000).map(|n| {
        let database = database.clone();
        async move { database.write(sql("INSERT INTO t VALUES ($1) RETURNING n"), vec![Arg::Number(n / 2)]).await }
    });
    let all = writes.collect::<tokio::task::JoinSet<_>>().join_all().await;
    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 500);
    let rows = database.read(sql("SELECT COUNT(*) FROM t"), Vec::new()).await.unwrap();
    assert_eq!(rows[0].number(0), Ok(500));
}

/// What is over takes no room; what was written anew meanwhile stays.
#[tokio::test]
async fn what_is_over_is_swept_away() {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(ManualClock::at(1_000));
    let database = Sqlite::open(&folder.path().join("a.db")).await.unwrap();
    let late_seal = Arc::new(LateSeal::default());
    let key = MasterKey::draw(&SeededRandom::new(1));
    late_seal.set(Arc::new(Seal::new(&key, None, Arc::new(SeededRandom::new(1)))));
    let store = Arc::new(Sql::new(Box::new(database), clock.clone(), late_seal));
    migrate(&store).await.unwrap().unwrap();
    let records = SqlRecords::new(store.clone());
    let put = async |key: String, expires_at| {
        records.put("a", "c", &key, Write { value: json!(1), expires_at, ..Write::default() }).await.unwrap();
    };
    for n in 0..700 {
        put(format!("over {n}"), Some(1_500)).await;
    }
    put("later".into(), Some(3_000)).await;
    put("always".into(), None).await;
    clock.advance(1_000);
    let rows = async || {
        let rows = store.database.read(sql("SELECT COUNT(*) FROM element_records"), Vec::new()).await.unwrap();
        rows[0].number(0).unwrap()
    };
    assert!(sweep(&store).await.unwrap(), "so many do not go at once");
    assert_eq!(rows().await, 202);
    assert!(!sweep(&store).await.unwrap());
    assert_eq!(rows().await, 2);
}

/// Another process that writes for long makes others wait, and no longer than is said.
#[tokio::test]
async fn a_store_that_another_process_holds_is_away_until_it_lets_go() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.db");
    let other = Sqlite::open(&file).await.unwrap();
    let held = other.alone().await.unwrap();
    let open = OpenStore {
        store: StoreAddress::Sqlite(file),
        cache: None,
        master_key: Some("07".repeat(32).parse().unwrap()),
        former_key: None,
    };
    let store = Store::open(open, Arc::new(SystemClock), Arc::new(SeededRandom::new(1))).await.unwrap();
    assert!(store.trouble().is_some_and(|it| it.starts_with(IN_USE)), "{:?}", store.trouble());
    drop(held);
    store.condition().wait_for(|it| *it == crate::Condition::Ready).await.unwrap();
    let write = Write { value: json!(1), ..Write::default() };
    assert_eq!(store.records.put("a", "c", "k", write).await, Ok(1));
}
