//! An access token: one for all callers on all hosts, fetched by one of them at a time (page 91039; 97162 for a suite's,
//! 91200 for a provider's).
//!
//! The hot path is one read. A token that is missing, or that WeCom refused, is fetched under a lease; whoever waited
//! for it looks again before fetching. WeCom blocks an address that sends wrong secrets for an hour, so a refusal is
//! remembered; so is a failure, for long enough that those who waited do not each repeat it.
use crate::{
    client::Client,
    credential::Credential,
    wire::{Failure, Fields, lacks, take_text},
};
use element::{Error, ErrorKind, Lease, Level, Result, Secret, code};
use std::time::Duration;

/// How long "no" to corpId and secret is believed at first, without asking again; twice as long with each "no" that
/// follows. WeCom blocks an address after some two thousand wrong secrets in an hour, whichever companies they are of, and
/// whoever mends something in the console should not wait long. A changed secret has another key and is tried at once.
const REFUSED_FOR: Duration = Duration::from_secs(15);
/// It is believed no longer than this.
const REFUSED_AT_MOST: Duration = Duration::from_secs(15 * 60);
/// How long the number of refusals is kept.
const REFUSALS_COUNT_FOR: Duration = Duration::from_secs(60 * 60);
/// How long "too often" is believed: WeCom's shortest window.
const LIMITED_FOR: Duration = Duration::from_secs(60);
/// How long "no answer" is believed.
const FAILED_FOR: Duration = Duration::from_millis(1500);
/// Longer than a fetch takes, with all retries: a holder that died gives the lease back this way.
const LEASE: Duration = Duration::from_secs(25);
/// How long to wait for the lease before looking for the token again. Short, so that a thousand who wait do not pass
/// the lease from hand to hand once the token is there.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So often that a lease whose holder died is over by then.
const LOOKS: u32 = 100;
/// One fetch waits this long for WeCom's answer.
const FETCH_TIMEOUT_MS: u64 = 5_000;

/// An access token.
#[element::data]
pub(crate) struct Token {
    pub(crate) text: Secret,
    /// Larger with every fetch. WeCom may give the same text again, so the text alone does not tell whether somebody
    /// fetched since.
    generation: u64,
    /// From when on a new one is fetched, in milliseconds since 1970; WeCom's own end comes later.
    pub(crate) expires_at: i64,
}

impl Token {
    /// Reads gettoken's reply. Gives how long to use the token, too.
    pub(crate) fn of(mut fields: Fields, name: &str, generation: u64, now: i64) -> Result<(Self, Duration)> {
        let expires_in = fields.get("expires_in").and_then(serde_json::Value::as_i64);
        let text = take_text(&mut fields, name).ok_or_else(|| lacks(name))?;
        let lifetime = lifetime(expires_in);
        let expires_at = now.saturating_add(i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX));
        Ok((Self { text: text.into(), generation, expires_at }, lifetime))
    }
}

/// How long to use a token that WeCom honours for `expires_in` seconds: ten minutes less, or a quarter less if that is
/// more than it can spare. Near its end WeCom gives the same token again, with what is left.
fn lifetime(expires_in: Option<i64>) -> Duration {
    let expires_in = expires_in.unwrap_or(600).clamp(1, 86_400);
    let margin = (expires_in / 4).min(600);
    Duration::from_secs(u64::try_from(expires_in - margin).unwrap_or(1))
}

impl<C: Credential> Client<'_, C> {
    /// The token, cached or fetched.
    ///
    /// # Errors
    /// WeCom refuses corpId and secret, or cannot be reached.
    pub(crate) async fn token(&self) -> Result<Token> {
        match self.cached().await? {
            Some(token) => Ok(token),
            None => self.renew(None).await,
        }
    }

    /// Another token than `failed`, which WeCom does not know any more. Somebody may have fetched it already.
    ///
    /// # Errors
    /// As [`Client::token`]; `Unavailable` if whoever fetches it does not come to an end.
    pub(crate) async fn renew(&self, failed: Option<&Token>) -> Result<Token> {
        let lease_name = format!("{}|lease", self.app_key);
        for _ in 0..LOOKS {
            if let Some(token) = self.known(failed).await? {
                return Ok(token);
            }
            let Some(lease) = self.ctx.host_keys().lease(&lease_name, LEASE, LOOK_EVERY).await? else { continue };
            let outcome = match self.known(failed).await {
                Ok(Some(token)) => Ok(token),
                Ok(None) => self.fetch(&lease).await,
                Err(e) => Err(e),
            };
            if let Err(e) = lease.release().await {
                self.ctx
                    .log(Level::Warn, &format!("the lease of a WeCom token cannot be given back, it ends by itself: {e}"));
            }
            return outcome;
        }
        let message = "WeCom's token is being fetched elsewhere, and that takes too long; try again";
        Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message))
    }

    /// What WeCom said no to has changed: it is asked again at once.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub(crate) async fn forget_refusal(&self) -> Result<()> {
        self.ctx.host_keys().delete(&self.failure_key()).await
    }

    async fn cached(&self) -> Result<Option<Token>> {
        let token: Option<Token> = self.ctx.host_keys().get(&self.app_key).await?;
        Ok(token.filter(|it| it.expires_at > self.ctx.now()))
    }

    /// What needs no fetch: a token other than `failed`, or the failure of a fetch that was just made.
    async fn known(&self, failed: Option<&Token>) -> Result<Option<Token>> {
        let other = |it: &Token| failed.is_none_or(|failed| failed.generation != it.generation);
        if let Some(token) = self.cached().await?.filter(other) {
            return Ok(Some(token));
        }
        match self.ctx.host_keys().get::<Error>(&self.failure_key()).await? {
            Some(error) => Err(error),
            None => Ok(None),
        }
    }

    /// How long this refusal is believed: longer the more there were.
    async fn refused_for(&self) -> Result<Duration> {
        let count = self.ctx.host_keys().increment(&format!("{}|refusals", self.app_key), 1, REFUSALS_COUNT_FOR).await?;
        let doubled = u32::try_from(count - 1).unwrap_or(0).min(16);
        Ok((REFUSED_FOR * (1 << doubled)).min(REFUSED_AT_MOST))
    }

    fn kept(&self, kept: bool) {
        if !kept {
            let text = "fetching a WeCom token took so long that another host was let at it; that host's result counts";
            self.ctx.log(Level::Warn, text);
        }
    }

    fn failure_key(&self) -> String {
        format!("{}|failure", self.app_key)
    }

    /// Asks WeCom; call it under the lease only. The lease's number becomes the token's generation: both only grow. Whoever
    /// lost the lease meanwhile leaves alone what the next holder made or will make; the token itself is as good as any.
    async fn fetch(&self, lease: &Lease<'_>) -> Result<Token> {
        let mut request = self.app.request(self).await?;
        request.timeout_ms = FETCH_TIMEOUT_MS;
        let reply = self.call_without_token(&request).await;
        match reply.and_then(|fields| Ok(Token::of(fields, C::TOKEN, lease.grant.fence, self.ctx.now())?)) {
            Ok((token, lifetime)) => {
                self.kept(lease.set(&self.app_key, &token, lifetime).await?);
                Ok(token)
            }
            Err(failure) => {
                // -1 is no verdict on corpId and secret, however often it comes.
                let believed = match &failure {
                    Failure::Refused(it) if it.code == 45009 => LIMITED_FOR,
                    Failure::Refused(it) if it.code != -1 => self.refused_for().await?,
                    Failure::Refused(_) | Failure::Other(_) => FAILED_FOR,
                };
                // Everybody is told the same who asks in the meantime.
                let error = self.explain(failure, false);
                self.kept(lease.set(&self.failure_key(), &error, believed).await?);
                Err(error)
            }
        }
    }
}
