//! Three hosts on one PostgreSQL and one Redis behind a balancer, one of which is killed while people log in.
use super::{
    hosts::{Shared, user_of},
    servers::psql,
};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

const LOGINS: usize = 2_000;
/// How many people log in at once.
const AT_ONCE: usize = 24;

/// Hands connections to one host after the other; one that takes none is passed over.
async fn balance(hosts: Arc<Mutex<Vec<SocketAddr>>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut next = 0;
        while let Ok((mut client, _)) = listener.accept().await {
            let hosts = hosts.lock().unwrap().clone();
            next += 1;
            tokio::spawn(async move {
                for host in hosts.iter().cycle().skip(next).take(hosts.len()) {
                    if let Ok(mut host) = TcpStream::connect(host).await {
                        // Whoever breaks off first, the other one notices.
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut host).await;
                        return;
                    }
                }
            });
        }
    });
    address
}

/// A session is valid, as soon as the host is not too busy to say so.
async fn valid(host: SocketAddr, token: &str) {
    let mut told = user_of(host, token).await;
    for _ in 0..20 {
        if !told.as_ref().is_err_and(|it| it.contains("20011")) {
            break;
        }
        told = user_of(host, token).await;
    }
    assert_eq!(told, Ok("zhangsan".into()), "a session of one host is one of all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_logins_on_three_hosts_outlive_a_kill() {
    let shared = Arc::new(Shared::new().await);
    let mut hosts: Vec<_> = ["a", "b", "c"].into_iter().map(|it| shared.start(it)).collect();
    let addresses = Arc::new(Mutex::new(hosts.iter().map(|it| it.address).collect::<Vec<_>>()));
    let balancer = balance(Arc::clone(&addresses)).await;

    let (begun, tokens) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let mut people = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (shared, begun, tokens) = (Arc::clone(&shared), Arc::clone(&begun), Arc::clone(&tokens));
        people.spawn(async move {
            let mut failed = 0;
            loop {
                let login = begun.fetch_add(1, Ordering::SeqCst);
                if login >= LOGINS {
                    return failed;
                }
                // What breaks off is begun anew, as a person would.
                loop {
                    match shared.log_in(balancer, &format!("the browser of login {login}")).await {
                        Some(token) => break tokens.lock().unwrap().push(token),
                        None => failed += 1,
                    }
                    assert!(failed < 1_000, "logins go on failing");
                }
            }
        });
    }
    let done = |many: usize| {
        let tokens = Arc::clone(&tokens);
        super::until("people logged in", async move || tokens.lock().unwrap().len() >= many)
    };
    done(LOGINS / 4).await;
    // A second lifetime of the token begins, for all hosts at once; and one of them is killed as it does.
    shared.sim.expire_tokens(None, None).unwrap();
    hosts[1].signal("KILL");
    drop(hosts.remove(1));
    done(LOGINS / 2).await;
    let again = shared.start("b");
    addresses.lock().unwrap()[1] = again.address;
    hosts.push(again);
    let failed: usize = people.join_all().await.into_iter().sum();

    let tokens = std::mem::take(&mut *tokens.lock().unwrap());
    assert_eq!(tokens.len(), LOGINS);
    let sessions =
        psql(&shared.postgres, "element", "SELECT COUNT(*) FROM element_records WHERE collection = 'auths.sessions'");
    let sessions: usize = sessions.trim().parse().unwrap();
    assert!((LOGINS..=LOGINS + failed).contains(&sessions), "{sessions} sessions, {failed} logins broke off");
    let mut asked = JoinSet::new();
    for host in hosts.iter().map(|it| it.address) {
        for part in tokens.chunks(LOGINS / 8) {
            let part = part.to_vec();
            asked.spawn(async move {
                for token in part {
                    valid(host, &token).await;
                }
            });
        }
    }
    asked.join_all().await;

    let fetched = shared.sim.journal().iter().filter(|it| it.path == "/cgi-bin/gettoken").count();
    // Two lifetimes, and whoever was killed may have been the one who had just asked.
    assert!((2..=3).contains(&fetched), "gettoken was asked {fetched} times");
    // Broken off was what the killed host worked at, and no more.
    assert!(failed <= 3 * AT_ONCE, "{failed} logins broke off");
}
