//! A program that listens for pushes, opens them and answers as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wecom_sim::{AppChange, Callback, Provider, PushFormat, Sim};

use crate::CORP;
use crate::suite::SUITE;

/// A push as it came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) content_type: String,
    pub(crate) body: String,
    /// The document and whom it is for; or why it cannot be opened.
    pub(crate) opened: Result<(String, String), String>,
}

/// What it does next, in place of answering 200 with nothing, or with what `echostr` holds.
#[derive(Clone, Debug)]
pub(crate) enum Next {
    Status(u16, &'static str),
    /// What `echostr` holds, between these.
    Around(&'static str, &'static str),
    Never,
}

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) callback: Callback,
    /// What it answers to a push.
    pub(crate) taken: &'static str,
    got: Arc<Mutex<Vec<Got>>>,
    next: Arc<Mutex<VecDeque<Next>>>,
}

impl Receiver {
    pub(crate) async fn start(format: PushFormat) -> Self {
        Self::answering("", |callback| callback.format = format).await
    }

    /// One that answers `taken` to a push, with a callback that is changed before it listens.
    async fn answering(taken: &'static str, change: impl FnOnce(&mut Callback)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut callback = Callback {
            // A query of its own must survive.
            url: format!("http://{}/callback?of=ours", listener.local_addr().unwrap()),
            token: "SimTokenAbc123".into(),
            encoding_aes_key: "tP3vQ8mZ1xL6nB4kR9wY2cH7dF5gJ0sA3uE8iO1pXqC".into(),
            format: PushFormat::Xml,
            trimmed: None,
        };
        change(&mut callback);
        let receiver = Self { callback, taken, got: Arc::default(), next: Arc::default() };
        let router = Router::new().route("/callback", get(verification).post(push)).with_state(receiver.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        receiver
    }

    /// One for the demo's template, which has its callback from now on.
    pub(crate) async fn of_template(sim: &Sim) -> Self {
        let receiver = Self::for_template().await;
        sim.save_template_callback(SUITE, &receiver.callback.url).await.unwrap();
        receiver
    }

    /// The same before the template knows of it.
    pub(crate) async fn for_template() -> Self {
        let provider = Provider::demo();
        let template = &provider.templates()[0];
        let theirs = |callback: &mut Callback| {
            callback.token = template.token.clone();
            callback.encoding_aes_key = template.encoding_aes_key.clone();
        };
        Self::answering("success", theirs).await
    }

    /// One for an app, which has its callback from now on.
    pub(crate) async fn of_app(sim: &Sim, agent: u32) -> Self {
        let receiver = Self::start(PushFormat::Xml).await;
        receiver.serve_app(sim, agent);
        receiver
    }

    pub(crate) fn serve_app(&self, sim: &Sim, agent: u32) {
        let callback = Some(self.callback.clone());
        sim.change_app(CORP, agent, AppChange { callback, ..AppChange::default() }).unwrap();
    }

    pub(crate) fn then(&self, next: &[Next]) {
        self.next.lock().unwrap().extend(next.iter().cloned());
    }

    /// What has come since the last time, once nothing is under way.
    pub(crate) async fn got(&self, sim: &Sim) -> Vec<Got> {
        tokio::time::timeout(Duration::from_secs(20), sim.pushes_done()).await.expect("the queue gets empty");
        std::mem::take(&mut self.got.lock().unwrap())
    }

    /// Waits until as many have come, answered or not.
    pub(crate) async fn has_come(&self, count: usize) {
        while self.got.lock().unwrap().len() < count {
            tokio::task::yield_now().await;
        }
    }

    /// The documents of what has come since the last time.
    pub(crate) async fn documents(&self, sim: &Sim) -> Vec<String> {
        self.got(sim).await.into_iter().map(|got| got.opened.unwrap().0).collect()
    }

    fn open(&self, query: &BTreeMap<String, String>, sealed: &str) -> Result<(String, String), String> {
        let of = |name: &str| query.get(name).map_or("", String::as_str);
        let opened = self.callback.open(of("msg_signature"), of("timestamp"), of("nonce"), sealed);
        opened.map(|opened| (opened.message, opened.receive_id)).map_err(|why| why.to_string())
    }

    async fn answer(&self, plain: &str) -> Response {
        let next = self.next.lock().unwrap().pop_front();
        match next {
            None => plain.to_owned().into_response(),
            Some(Next::Around(before, after)) => format!("{before}{plain}{after}").into_response(),
            Some(Next::Status(status, body)) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
            Some(Next::Never) => std::future::pending().await,
        }
    }
}

type Parameters = Query<BTreeMap<String, String>>;

async fn verification(State(receiver): State<Receiver>, Query(query): Parameters) -> Response {
    let opened = receiver.open(&query, &query["echostr"]);
    let plain = opened.clone().map_or_else(|why| why, |(plain, _)| plain);
    let got = Got { query, content_type: String::new(), body: String::new(), opened };
    receiver.got.lock().unwrap().push(got);
    receiver.answer(&plain).await
}

async fn push(State(receiver): State<Receiver>, Query(query): Parameters, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let opened = receiver.open(&query, &sealed(&body));
    let content_type = headers["content-type"].to_str().unwrap().to_owned();
    receiver.got.lock().unwrap().push(Got { query, content_type, body, opened });
    let taken = receiver.taken;
    receiver.answer(taken).await
}

/// The sealed text of either envelope.
fn sealed(body: &str) -> String {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(body) {
        return json["encrypt"].as_str().unwrap_or_default().to_owned();
    }
    let after = body.split_once("<Encrypt><![CDATA[").map_or("", |(_, after)| after);
    after.split_once("]]></Encrypt>").map_or("", |(sealed, _)| sealed).to_owned()
}
