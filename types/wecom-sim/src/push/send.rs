//! Requests that the simulator makes itself: the only use of reqwest.

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use super::envelope::Outgoing;

/// More of an answer is not read: nothing of it matters but that it was too long.
const LONGEST_ANSWER: usize = 64 * 1024;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Made at the first request: most simulators never make one.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    client: OnceLock<Result<reqwest::Client, String>>,
}

impl Sender {
    /// Sends, and waits no longer than `deadline` for the end of the answer.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    pub(crate) async fn send(&self, outgoing: &Outgoing, deadline: Duration) -> Result<Answer, String> {
        let client = self.client.get_or_init(client).as_ref().map_err(String::clone)?;
        let request = match &outgoing.body {
            None => client.get(outgoing.url.clone()),
            Some((kind, text)) => client.post(outgoing.url.clone()).header("content-type", *kind).body(text.clone()),
        };
        let answer = async {
            let mut response = request.timeout(deadline).send().await?;
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await?
                && body.len() < LONGEST_ANSWER
            {
                body.extend_from_slice(&chunk);
            }
            body.truncate(LONGEST_ANSWER);
            Ok(Answer { status: response.status().as_u16(), body: String::from_utf8_lossy(&body).into_owned() })
        };
        answer.await.map_err(|error| why(error, deadline))
    }
}

fn client() -> Result<reqwest::Client, String> {
    // Fails only if the program that embeds us has chosen a provider already: then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("wecom-sim/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        // A connection that is kept belongs to the runtime that made it, and tests have one each.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|error| format!("there is no HTTP client: {error}"))
}

fn why(error: reqwest::Error, deadline: Duration) -> String {
    if error.is_timeout() {
        return format!("no answer within {} ms", deadline.as_millis());
    }
    // Without the address: its query is long and says nothing here.
    let error = error.without_url();
    let mut reasons = format!("no answer: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        reasons.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    reasons
}
