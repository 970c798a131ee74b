//! Connections to a host that has no server of its own in front: how many, and how slow they may be.
use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::{net::TcpListener, select, sync::Semaphore, time::sleep};

/// Who has not sent the head of a request by then is sent away. Otherwise a few thousand who send a byte a minute would
/// take every connection there is.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// More at once wait until another one ends.
const AT_ONCE: usize = 10_000;
/// How long to wait when the system gives no more connections; it does again when some end.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers every connection until `stop`; then no more come, and those that are there finish what they are at.
///
/// `axum::serve` does the same, but sets no limits.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let (connections, slots) = (GracefulShutdown::new(), Arc::new(Semaphore::new(AT_ONCE)));
    let mut stop = pin!(stop);
    loop {
        let slot = Arc::clone(&slots).acquire_owned();
        let accepted = select! {
            it = async { (slot.await, listener.accept().await) } => it,
            () = &mut stop => break,
        };
        let (slot, stream, peer) = match accepted {
            (slot, Ok((stream, peer))) => (slot, stream, peer),
            (_, Err(e)) => {
                tracing::warn!("a connection was not accepted: {e}");
                sleep(PAUSE).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(router.clone().layer(Extension(ConnectInfo(peer))));
        let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let watched = connections.watch(connection);
        tokio::spawn(async move {
            // Who goes away in the middle, or sends something that is no HTTP, is no news.
            let _ = watched.await;
            drop(slot);
        });
    }
    drop(listener);
    connections.shutdown().await;
}
