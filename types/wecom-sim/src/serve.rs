//! From a value to a server: the router, and the sockets under it.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Extensions;
use tokio::net::TcpListener;

use crate::control::{self, Door};
use crate::{Sim, api, pages};

impl Sim {
    /// Everything the simulator answers. A caller whose address is not known (the router is called
    /// without a socket and without [`ConnectInfo`]) counts as 127.0.0.1.
    pub fn router(&self) -> Router {
        self.behind(if self.shared.options.public_control { Door::Open } else { Door::Local })
    }

    /// Serves until `stop` is done, then finishes the calls under way. On an address that is not
    /// loopback the control API answers 403, unless [`public_control`](crate::Options::public_control).
    ///
    /// # Errors
    ///
    /// Those of the listener.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let address = listener.local_addr()?;
        let door = match (self.shared.options.public_control, address.ip().is_loopback()) {
            (true, _) => Door::Open,
            (false, true) => Door::Local,
            (false, false) => Door::Shut,
        };
        if door == Door::Shut {
            tracing::warn!(%address, "not a loopback address: the control API under /sim/ is closed");
        } else {
            // A second `serve` of the same simulator keeps the first address: both answer.
            let _ = self.shared.address.set(reachable(address));
        }
        let service = self.behind(door).into_make_service_with_connect_info::<SocketAddr>();
        // Pushes that come from outside of a runtime are sent from this one.
        tokio::select! {
            served = axum::serve(listener, service).with_graceful_shutdown(stop).into_future() => served,
            () = self.keep_sending() => Ok(()),
            () = self.keep_pushing_tickets() => Ok(()),
        }
    }

    fn behind(&self, door: Door) -> Router {
        let router = Router::new().nest("/sim", control::router(door)).merge(pages::router(door));
        router.fallback(api::answer).with_state(self.clone())
    }
}

/// The caller's address as far as it is known. Forwarding headers are not believed, so that a client
/// cannot choose its address.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(address) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip().to_canonical())
}

/// 0.0.0.0 listens everywhere but is no address to call.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip().is_unspecified() {
        true => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        false => address,
    }
}
