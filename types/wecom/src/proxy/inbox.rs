//! Callbacks as they come: whose they are, for whom, and kept before they are answered. Signature first, then decryption, then the
//! receiver, then what it says.
use super::{
    QywxProxy,
    company::Company,
    event::Event,
    push_record::{ATTEMPTS, Push},
    service::{QywxProxyAuthService, WORK},
};
use crate::callback::{Document, Opened, Sealed, refused};
use auths::callbacks::CallbackState;
use element::{Ctx, ErrorKind, Expect, NewJob, Record, Request, Response, Result};
use serde_json::json;
use std::collections::BTreeMap;

/// A request to the callbacks' address, as one element hands it to another.
#[element::data]
pub struct Asked {
    /// `GET` or `POST`.
    pub(super) method: String,
    /// The query.
    pub(super) query: BTreeMap<String, String>,
    /// The body.
    pub(super) body: String,
}

impl From<Request> for Asked {
    fn from(it: Request) -> Self {
        Self { method: it.method, query: it.query, body: String::from_utf8_lossy(&it.body).into_owned() }
    }
}

impl From<Asked> for Request {
    fn from(it: Asked) -> Self {
        Self { method: it.method, query: it.query, body: it.body.into_bytes(), ..Self::default() }
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
        let request = Request::from(asked);
        let sealed = Sealed::of(&request)?;
        let crypts = self.auth_config.crypts()?;
        let Some(crypt) = crypts.iter().find(|it| sealed.is_signed_by(it)) else { return Ok(None) };
        let opened = sealed.open(crypt).ok_or_else(|| {
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
        self.must_be_for_us(ctx, &opened, &document).await?;
        sealed.must_be_fresh(ctx, self.replay_window_seconds.seconds())?;
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

    /// Of a template it is for the template; of its app in a company it is for that company, in either form of its id.
    async fn must_be_for_us(&self, ctx: &Ctx, opened: &Opened, document: &Document) -> Result<()> {
        let suite_id = self.suite_id();
        if Event::is_of_template(document) {
            let told = document.get("SuiteId").unwrap_or(suite_id);
            if opened.receiver == suite_id && told == suite_id {
                return Ok(());
            }
            return Err(opened.for_somebody_else(&format!("`{suite_id}`, the template")));
        }
        let Some(corp_id) = Event::corp_id(document) else {
            return Err(refused("it names no company, as WeCom does in `ToUserName`"));
        };
        if opened.receiver == corp_id {
            return Ok(());
        }
        match Company::find(ctx, suite_id, corp_id).await? {
            Some(it) if it.is(&opened.receiver) => Ok(()),
            _ => Err(opened.for_somebody_else(&format!("`{}`, the company in its `ToUserName`", cut(corp_id)))),
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
                CallbackState::Done => it.value.was_early(),
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
