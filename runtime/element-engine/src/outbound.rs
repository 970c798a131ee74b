//! HTTP to the outside, for `Ctx::http`: the only use of reqwest. URLs are logged without their query, where tokens are.
use element::{Error, ErrorKind, HiddenText, HttpReply, HttpRequest, Result, code};
use std::{
    collections::{BTreeMap, HashMap},
    error::Error as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

/// More of an answer is not read.
const BODY_LIMIT: usize = 4 << 20;

/// How many requests are under way at once; the others wait, within their own time. An outside system that is slow must
/// not take all the connections that this process may have.
const AT_ONCE: usize = 256;

/// Clients keep connections open; there is one for each proxy.
#[derive(Debug)]
pub(crate) struct Outbound {
    clients: Mutex<HashMap<Option<String>, reqwest::Client>>,
    slots: Semaphore,
}

impl Default for Outbound {
    fn default() -> Self {
        Self { clients: Mutex::default(), slots: Semaphore::new(AT_ONCE) }
    }
}

impl Outbound {
    fn client(&self, proxy: Option<&HiddenText>) -> Result<reqwest::Client> {
        let proxy = proxy.map(|it| it.0.clone());
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&proxy) {
            return Ok(client.clone());
        }
        // Fails only if the program that embeds us has chosen a provider already: then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("element/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry a token to somewhere else.
            .redirect(reqwest::redirect::Policy::none());
        let builder = match &proxy {
            None => builder.no_proxy(),
            Some(address) => {
                builder.proxy(reqwest::Proxy::all(address).map_err(|e| failed("the proxy's address is wrong", e))?)
            }
        };
        let client = builder.build().map_err(|e| failed("no HTTP client", e))?;
        clients.insert(proxy, client.clone());
        Ok(client)
    }

    /// Sends and waits, no longer than the request and the call allow.
    pub(crate) async fn send(&self, request: &HttpRequest, left: Option<Duration>) -> Result<HttpReply> {
        let own = Duration::from_millis(request.timeout_ms);
        let timeout = left.map_or(own, |left| own.min(left));
        let wrong = |what: &str| Error::internal(format!("a request to the outside has a wrong {what}"));
        let method = request.method.parse::<reqwest::Method>().map_err(|_| wrong("method"))?;
        let mut url = reqwest::Url::parse(&request.url).map_err(|_| wrong("URL"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(request.query.iter().map(|(name, value)| (name, &value.0)));
        }
        let begun = Instant::now();
        let Ok(Ok(_slot)) = tokio::time::timeout(timeout, self.slots.acquire()).await else {
            let message = "too many requests to the outside are under way; try again later";
            return Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message));
        };
        let left = timeout.saturating_sub(begun.elapsed());
        let mut builder = self.client(request.proxy.as_ref())?.request(method, url).timeout(left);
        for (name, value) in &request.headers {
            builder = builder.header(name, &value.0);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.0.clone());
        }
        let answer = async {
            let response = builder.send().await?;
            let status = response.status().as_u16();
            let headers = headers(response.headers());
            let body = body(response).await?;
            Ok::<_, reqwest::Error>((status, headers, body))
        };
        let (status, headers, body) = answer.await.map_err(|e| {
            let what = if e.is_timeout() {
                format!("`{host}` did not answer within {} ms", timeout.as_millis())
            } else {
                format!("`{host}` cannot be reached")
            };
            failed(&format!("{what}; try again later"), e)
        })?;
        match body {
            Some(body) => Ok(HttpReply { status, headers, body: HiddenText(String::from_utf8_lossy(&body).into_owned()) }),
            None => Err(Error::new(
                ErrorKind::Upstream,
                code::ANSWER_TOO_LARGE,
                format!("`{host}` answered with more than {BODY_LIMIT} bytes"),
            )),
        }
    }
}

fn headers(all: &reqwest::header::HeaderMap) -> BTreeMap<String, String> {
    let once = all.keys().filter(|name| all.get_all(*name).iter().count() == 1);
    once.filter_map(|name| Some((name.as_str().to_owned(), all[name].to_str().ok()?.to_owned()))).collect()
}

/// `None`: there is too much of it.
async fn body(mut response: reqwest::Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The reasons go to the log, without the URL: its query is where tokens are.
fn failed(message: &str, e: reqwest::Error) -> Error {
    let e = e.without_url();
    let mut reasons = e.to_string();
    let mut source = e.source();
    while let Some(it) = source {
        reasons.push_str(&format!(": {it}"));
        source = it.source();
    }
    Error::new(ErrorKind::Upstream, code::UPSTREAM, message).because(reasons)
}
