//! The one way to call WeCom: token, one refresh and replay, patience with a busy WeCom, errors.
use crate::{
    bases::API,
    credential::{App, Credential, Proof},
    errors::{self, Told},
    token::Token,
    wire::{self, Failure, Fields, Refusal},
};
use element::{Ctx, HiddenText, HttpRequest, Result};
use serde::Serialize;
use std::time::Duration;

/// The way to WeCom of an app, or of whatever else has a token, for the length of one call.
#[derive(Debug)]
pub(crate) struct Client<'a, C = App<'a>> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) app: C,
    /// Where the API is.
    api: String,
    /// What stands for the app where things are kept: address, company and a keyed hash of the secret, so that everyone
    /// with the same three shares them, and a changed secret begins anew. The token lies there itself, other things
    /// behind a further word.
    pub(crate) app_key: String,
}

/// "System busy": the only refusal that WeCom asks to try again, three times at most (page 90313).
const BUSY: i64 = -1;
const BUSY_RETRIES: u32 = 3;

impl<'a, C: Credential> Client<'a, C> {
    pub(crate) async fn open(ctx: &'a Ctx, app: C) -> Result<Self> {
        let api = API.address(ctx).await?;
        let Proof { owner, secret, .. } = app.proof();
        let fingerprint = ctx.fingerprint(secret.expose()).await?;
        let app_key = format!("wecom/{}|{api}|{owner}|{fingerprint}", C::KIND);
        Ok(Self { ctx, app, api, app_key })
    }

    /// A request to `path`, which begins with `/cgi-bin/`.
    pub(crate) fn get(&self, path: &str) -> HttpRequest {
        self.request("GET", path)
    }

    /// The same with a JSON body.
    pub(crate) fn post(&self, path: &str, body: &impl Serialize) -> Result<HttpRequest> {
        self.request("POST", path).json(body)
    }

    fn request(&self, method: &str, path: &str) -> HttpRequest {
        let mut request = HttpRequest::new(method, format!("{}{path}", self.api));
        request.proxy = self.app.proof().proxy.map(|it| HiddenText(it.expose().to_owned()));
        request
    }

    /// Sends `request` with the app's token. Every business call goes through here.
    ///
    /// If WeCom does not know the token (any more), it is fetched anew and the request is sent once more; never a third
    /// time.
    ///
    /// # Errors
    /// WeCom's refusal by the table in `errors`; `Upstream` for an answer that is not WeCom's; whatever the host
    /// says if there is no answer.
    pub(crate) async fn call(&self, request: &HttpRequest) -> Result<Fields> {
        let mut retries = BUSY_RETRIES;
        let token = self.token().await?;
        let mut outcome = self.send(&self.with(request, &token), &mut retries).await;
        // The first two are said of an app's and a provider's token, the others of a suite's.
        if let Err(Failure::Refused(Refusal { code: 40014 | 42001 | 40082 | 42009, .. })) = outcome {
            let token = self.renew(Some(&token)).await?;
            outcome = self.send(&self.with(request, &token), &mut retries).await;
        }
        outcome.map_err(|failure| self.explain(failure, !self.ctx.caller().is_outside()))
    }

    /// Sends a request that needs no token.
    pub(crate) async fn call_without_token(&self, request: &HttpRequest) -> Result<Fields, Failure> {
        let mut retries = BUSY_RETRIES;
        self.send(request, &mut retries).await
    }

    /// `inside`: only elements, administrators and the operator are told.
    pub(crate) fn explain(&self, failure: Failure, inside: bool) -> element::Error {
        match failure {
            Failure::Refused(it) => {
                errors::explain(&it, Told { by_wecom: API.is_own(&self.api), inside, made: self.app.proof().made })
            }
            Failure::Other(error) => error,
        }
    }

    /// Sends, and sends again while WeCom is busy and retries are left.
    async fn send(&self, request: &HttpRequest, retries: &mut u32) -> Result<Fields, Failure> {
        loop {
            let reply = self.ctx.http(request).await?;
            match wire::read(request, &reply) {
                Err(Failure::Refused(Refusal { code: BUSY, .. })) if *retries > 0 => {
                    self.ctx.sleep(self.pause(BUSY_RETRIES - *retries).await?).await?;
                    *retries -= 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// 200–400 ms before the first retry, twice that before each further one. By chance, so that those who were turned
    /// away together do not come back together.
    async fn pause(&self, retry: u32) -> Result<Duration> {
        let least = 200_u64 << retry;
        let chance = self.ctx.random(4).await?.bytes().fold(0_u64, |n, byte| n.wrapping_mul(61) ^ u64::from(byte));
        Ok(Duration::from_millis(least + chance % least))
    }

    /// WeCom reads tokens from the query only; a header or a body would be "missing".
    fn with(&self, request: &HttpRequest, token: &Token) -> HttpRequest {
        request.clone().query(C::TOKEN, token.text.expose())
    }
}
