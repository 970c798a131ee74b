//! A whole site on this machine: apps in service, the host in front of them, and a simulated WeCom behind.
mod own_apps;
mod shown;
mod transcript;
mod wire;

pub(crate) use shown::{shown, without_chance, without_hashes, without_ports, without_request_id};
pub(crate) use wire::{Ask, Reply, exchange, try_send};

use crate::library;
use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use element::{
    Result,
    host::{Clock, ManualClock, SystemClock},
};
use element_engine::{ElementHandle, MemoryFiles, Options, Runtime};
use element_host::{admin::AdminToken, commands::SIMULATED, http, linked};
use element_store::Store;
use serde_json::{Value, json};
use std::{
    future::pending,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use wecom_sim::{CodeFor, Sim};

/// The Instance of `apps/demo`.
pub(crate) const DEMO: &str = "auths.loginTypes.QywxInnerExample";
/// Its address.
pub(crate) const DEMO_PATH: &str = "/api/acme/demo/auths/loginTypes/QywxInnerExample";
/// The address of the service that keeps sessions.
pub(crate) const AUTH_PATH: &str = "/api/acme/demo/auths/loginTypes/services/AuthSvc";

/// Ends with the test: everything it serves runs on the test's own tokio runtime.
pub(crate) struct Site {
    pub(crate) sim: Sim,
    pub(crate) runtime: Runtime,
    /// The engine's time. The simulator has its own: `sim.advance`.
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) address: SocketAddr,
    /// The simulator's.
    pub(crate) wecom: SocketAddr,
    pub(crate) admin: AdminToken,
    /// Everything the host ever answered.
    pub(crate) answered: Mutex<Vec<u8>>,
    under_way: Arc<AtomicUsize>,
    /// Where the administrators' token is.
    pub(crate) data: TempDir,
}

/// The folder of the repository's own apps.
pub(crate) fn apps() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../apps"))
}

impl Site {
    /// The repository's own apps.
    pub(crate) async fn demo() -> Self {
        Self::open(Sim::demo(), apps(), |_| ()).await
    }

    /// Apps in memory, each file under a line `//- /apps/…`.
    pub(crate) async fn of(text: &str) -> Self {
        let files = Arc::new(MemoryFiles::parse(text));
        Self::open(Sim::demo(), "/apps", |options| options.files = files).await
    }

    /// Any apps with any options.
    pub(crate) async fn open(sim: Sim, apps: impl Into<PathBuf>, set: impl FnOnce(&mut Options)) -> Self {
        Self::set_up(sim, apps, Some("https://login.acme.test"), set, |_| ()).await
    }

    /// Any apps, any options, any host. Without a public URL it is where the host listens, as browsers need it.
    pub(crate) async fn set_up(
        sim: Sim,
        apps: impl Into<PathBuf>,
        public_url: Option<&str>,
        set: impl FnOnce(&mut Options),
        set_host: impl FnOnce(&mut http::Site),
    ) -> Self {
        let wecom = serve_wecom(sim.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let public_url = public_url.map_or_else(|| format!("http://{address}"), Into::into);
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let public = [("PUBLIC_URL".to_owned(), public_url.clone())];
        let wecoms = SIMULATED.iter().map(|&name| (name.to_owned(), format!("http://{wecom}")));
        let mut options = Options {
            settings: wecoms.chain(public.clone()).collect(),
            vars: public.into(),
            libraries: library::wecom(),
            store: Store::memory(Arc::<ManualClock>::clone(&clock)),
            clock: Arc::<ManualClock>::clone(&clock),
            ..Options::default()
        };
        set(&mut options);
        let runtime = Runtime::open(apps, linked::registry().unwrap(), options).await;
        let data = TempDir::new().unwrap();
        let admin = AdminToken::read_or_make(data.path()).unwrap();

        let under_way = Arc::new(AtomicUsize::new(0));
        let mut host = http::Site::new(runtime.clone(), public_url.parse().unwrap());
        host.admin = Some(admin.clone());
        // A thousand logins of a test come from one address.
        host.limits = http::Limits::new(0, []);
        set_host(&mut host);
        let router = http::standalone(host).layer(from_fn_with_state(Arc::clone(&under_way), count));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { sim, runtime, clock, address, wecom, admin, answered: Mutex::default(), under_way, data }
    }

    /// Over HTTP.
    pub(crate) async fn send(&self, ask: &Ask) -> Reply {
        let (bytes, reply) = wire::send(self.address, ask).await;
        self.answered.lock().unwrap().extend_from_slice(&bytes);
        transcript::note(ask.line(), &reply);
        reply
    }

    /// A call over HTTP by anyone, always from the same browser.
    pub(crate) async fn post(&self, path: &str, args: &Value) -> Reply {
        self.send(&Ask::post(path, &args.to_string()).browser("the browser of this test")).await
    }

    /// Requests that the host still works at.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    /// In-process: an element of `acme.demo`.
    pub(crate) fn element(&self, full_name: &str) -> Result<ElementHandle> {
        self.runtime.app("acme.demo")?.get_element(full_name)
    }

    /// A code for `zhangsan` or another member, as the login page would give it.
    pub(crate) fn code(&self, user: &str) -> String {
        self.sim.issue_code(CodeFor::member(user)).unwrap()
    }

    /// A login of `zhangsan` or another member over HTTP, from the config to the session's token.
    pub(crate) async fn log_in(&self, user: &str) -> String {
        let config = self.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data();
        let args = json!({"code": self.code(user), "state": config["state"]});
        let who = self.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await.data();
        let args = json!({"loginCode": who["loginCode"]});
        let session = self.post(&format!("{AUTH_PATH}/loginByCode"), &args).await.data();
        session["token"].as_str().unwrap().to_owned()
    }

    /// How often WeCom was asked for `path`.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.sim.journal().iter().filter(|it| it.path == path).count()
    }
}

/// A WeCom for hosts that are programs of their own.
pub(crate) async fn serve_wecom(sim: Sim) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(sim.serve(listener, pending()));
    address
}

/// Counts requests that are worked at. One that is given up is dropped, and so is its guard.
async fn count(State(under_way): State<Arc<AtomicUsize>>, request: Request, next: Next) -> Response {
    struct Guard(Arc<AtomicUsize>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    under_way.fetch_add(1, Ordering::SeqCst);
    let _guard = Guard(under_way);
    next.run(request).await
}

/// Waits until it is so, for at most twenty seconds.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let wait = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}
