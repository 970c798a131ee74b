//! Callbacks as they come: whose they are, for whom, and kept before they are answered. Signature first, then decryption, then the
//! receiver, then what it says.
use super::{
    QywxProxy,
    company::Company,
    config::Opens,
    event::Event,
    push_record::{ATTEMPTS, Push},
    service::{QywxProxyAuthService, WORK},
};
use crate::callback::{Document, Opened, Sealed, refused};
use auths::callbacks::CallbackState;
use element::{Ctx, ErrorKind, Expect, NewJob, Record, Request, Response, Result};
use serde_json::json;

/// A request to the callbacks' address, read once, as one element hands it to another.
#[element::data]
pub struct Asked {
    /// A GET: the address is being verified.
    is_verification: bool,
    /// What it is signed with, beside what is sealed: `msg_signature`, `timestamp`, `nonce`.
    signed: [String; 3],
    /// What is sealed.
    sealed: String,
}

impl Asked {
    /// Looks at the shape alone.
    ///
    /// # Errors
    /// `InvalidArgs`: it is no callback.
    pub fn of(request: &Request) -> Result<Self> {
        let Sealed { is_verification, signature, timestamp, nonce, text } = Sealed::of(request)?;
        Ok(Self { is_verification, signed: [signature, timestamp, nonce].map(str::to_owned), sealed: text.into_owned() })
    }

    fn sealed(&self) -> Sealed<'_> {
        let Self { is_verification, signed: [signature, timestamp, nonce], sealed } = self;
        Sealed { is_verification: *is_verification, signature, timestamp, nonce, text: sealed.into() }
    }
}

/// What WeCom takes for "received" from a template, in a second (page 97173).
const RECEIVED: &str = "success";

impl QywxProxy {
    /// The answer to a callback; `None` if it is not signed with a token of this config.
    ///
    /// # Errors
    /// `Refused` ([`code::CALLBACK_REFUSED`](element::code::CALLBACK_REFUSED)): it is for somebody else; `InvalidArgs`: it is no
    /// callback; the store cannot be reached, and WeCom sends it again.
    pub(super) async fn hear(&self, ctx: &Ctx, asked: Asked) -> Result<Option<String>> {
        let (sealed, keys) = (asked.sealed(), self.auth_config.keys()?);
        let Some(key) = keys.iter().find(|it| sealed.is_signed_by(&it.crypt)) else { return Ok(None) };
        let opened = sealed.open(&key.crypt).ok_or_else(|| {
            refused(
                "it cannot be decrypted: the EncodingAESKey in `authConfig` is not the one beside this Token in the console",
            )
        })?;
        if sealed.is_verification {
            self.may_verify(ctx, &opened).await?;
            let Response { body, .. } = opened.word()?;
            return Ok(Some(String::from_utf8_lossy(&body).into_owned()));
        }
        let document = opened.document()?;
        self.must_be_for_us(ctx, key.opens, &opened, &document).await?;
        let window = self.replay_window_seconds.seconds();
        sealed.must_be_fresh(ctx, window)?;
        // What is said to happen in a distant future would count more than all that comes until then.
        if Event::seconds(&document).saturating_sub(ctx.now() / 1000) > i64::try_from(window).unwrap_or(i64::MAX) {
            return Err(refused("it speaks of the future, or the clock of this machine is wrong"));
        }
        let (key, push) = Push::of(ctx, self.suite_id(), &opened.message, &document);
        receive(ctx, &key, &push).await?;
        Ok(Some(if Event::is_of_template(&document) { RECEIVED.into() } else { String::new() }))
    }

    /// A template's address is verified for the provider, because there may be no template yet; an app's for its company
    /// (pages 91144, 97172). Who the provider is, a config may leave open.
    async fn may_verify(&self, ctx: &Ctx, opened: &Opened) -> Result<()> {
        let Some(provider) = &self.auth_config.provider else { return Ok(()) };
        let receiver = &*opened.receiver;
        let own = self.corp_id.as_ref().map(|it| it.as_str());
        let listed = receiver.eq_ignore_ascii_case(provider.corp_id.as_str())
            || receiver == self.suite_id()
            || own == Some(receiver)
            || Company::find(ctx, self.suite_id(), receiver).await?.is_some();
        if listed {
            return Ok(());
        }
        let [provider, suite] = [provider.corp_id.as_str(), self.suite_id()];
        Err(opened.for_somebody_else(&format!("`{provider}`, the provider, `{suite}`, or a company that authorized it")))
    }

    /// Of a template it is for the template; of its app in a company it is for that company, in either form of its id. A key of
    /// apps alone says nothing about the template, and in a config that names a company nothing about another one.
    async fn must_be_for_us(&self, ctx: &Ctx, opens: Opens, opened: &Opened, document: &Document) -> Result<()> {
        let suite_id = self.suite_id();
        if Event::is_of_template(document) {
            let told = document.get("SuiteId").unwrap_or(suite_id);
            if opens == Opens::AppsAlone {
                return Err(refused("it is about the template, and sealed with the key of the template's apps"));
            }
            if opened.receiver == suite_id && told == suite_id {
                return Ok(());
            }
            return Err(opened.for_somebody_else(&format!("`{suite_id}`, the template")));
        }
        let Some(corp_id) = Event::corp_id(document) else {
            return Err(refused("it names no company, as WeCom does in `ToUserName`"));
        };
        let company = Company::find(ctx, suite_id, corp_id).await?;
        let is = |id: &str| id == corp_id || company.as_ref().is_some_and(|it| it.is(id) || it.may_be(id));
        if !is(&opened.receiver) {
            return Err(opened.for_somebody_else(&format!("`{}`, the company in its `ToUserName`", cut(corp_id))));
        }
        match &self.corp_id {
            Some(own) if opens == Opens::AppsAlone && !is(own.as_str()) => {
                Err(opened.for_somebody_else(&format!("`{}`, whose key it is", own.as_str())))
            }
            _ => Ok(()),
        }
    }
}

/// What somebody else wrote, no longer than an id.
fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Keeps a push and puts what follows from it on the list. Both are durable when this returns. Whoever died between the two did not
/// answer, so it comes again.
async fn receive(ctx: &Ctx, key: &str, push: &Push) -> Result<()> {
    match Push::records(ctx).write(key, push, Expect::Absent, None).await {
        Err(e) if e.kind == ErrorKind::Conflict => {
            let before: Option<Record<Push>> = Push::records(ctx).get(key).await?;
            let is_to_do = before.is_none_or(|it| match it.value.state {
                CallbackState::Waiting => it.value.attempts == 0,
                CallbackState::Done => it.value.is_again(),
                CallbackState::Dead => false,
            });
            if is_to_do { put_off(ctx, key, ATTEMPTS).await } else { Ok(()) }
        }
        other => {
            other?;
            put_off(ctx, key, ATTEMPTS).await
        }
    }
}

/// What follows from a push is done by the service: the Instance that heard it may be gone by then, and another one of the same
/// template there.
pub(super) async fn put_off(ctx: &Ctx, key: &str, max_attempts: u32) -> Result<()> {
    let (element, method) = (QywxProxyAuthService::FULL_NAME.to_owned(), WORK.to_owned());
    let job = NewJob { element, method, args: json!({"key": key}), run_at: ctx.now(), max_attempts };
    ctx.jobs().start(&job).await.map(drop)
}
