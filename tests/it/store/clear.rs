//! Nothing secret is kept in the clear, wherever it is kept.
use super::{
    hosts::{BROWSER, Shared},
    servers::{Server, psql},
};
use crate::site::{Ask, DEMO_PATH, try_send};
use std::{net::SocketAddr, process::Command};

/// Everything that a Redis holds.
fn dump_of_redis(redis: &Server) -> String {
    let say = |args: &[&str]| {
        let output = Command::new("redis-cli").args(["-p", &redis.port.to_string()]).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let keys = say(&["--scan"]);
    let values = keys.lines().map(|key| match say(&["TYPE", key]).trim() {
        "hash" => say(&["HGETALL", key]),
        _ => say(&["GET", key]),
    });
    values.chain([keys.clone()]).collect()
}

fn dump_of_postgres(server: &Server) -> String {
    let tables = ["element_records", "element_jobs", "element_keys", "element_leases", "element_about"];
    tables.into_iter().map(|it| psql(server, "element", &format!("SELECT * FROM {it}"))).collect()
}

async fn access_token(at: SocketAddr, admin: &str) -> String {
    let ask = Ask::post(format!("{DEMO_PATH}/getAccessToken"), "{}").bearer(admin.trim());
    try_send(at, &ask).await.unwrap().data().as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_servers_nor_log_know_a_token() {
    let shared = Shared::new().await;
    // One host keeps what lives for minutes in Redis, the other in PostgreSQL.
    let hosts = [shared.start("a"), shared.start_without_redis("b")];
    let mut secrets = vec![super::KEY.to_owned()];
    for (host, name) in hosts.iter().zip(["a", "b"]) {
        secrets.push(shared.log_in(host.address, BROWSER).await.unwrap());
        secrets.push(access_token(host.address, &shared.admin(name)).await);
    }
    let log: String = hosts
        .into_iter()
        .map(|host| {
            host.signal("TERM");
            host.end().1
        })
        .collect();
    let (redis, postgres) = (dump_of_redis(&shared.redis), dump_of_postgres(&shared.postgres));
    for dump in [&redis, &postgres] {
        assert!(dump.contains("$sealed") && dump.contains("generation"), "a token is there: {dump}");
    }
    assert!(postgres.contains("张三"), "records can be read");
    for secret in secrets {
        for dump in [&redis, &postgres, &log] {
            assert!(secret.len() > 30 && !dump.contains(&secret), "{secret} is in\n{dump}");
        }
    }
}
