//! What WeCom pushed, as records: durable before WeCom is answered, and there until it is done and a month has passed.
use super::event::Event;
use crate::callback::Document;
use auths::callbacks::{CallbackRecord, CallbackState};
use base16ct::lower::encode_string;
use element::{Ctx, Error, ErrorKind, Expect, Record, Records, Result, Secret, code};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::{collections::BTreeMap, time::Duration};

/// What WeCom pushed for apps that are made for other companies: one record for each thing it told, however often it did.
#[element::model("auths.loginTypes.QywxProxyType.QywxProxyCallbackModel")]
pub struct Push {
    /// The template.
    pub suite_id: String,
    /// WeCom's name of what happened: `suite_ticket`, `create_auth`, `change_auth`, `cancel_auth`, `reset_permanent_code`, or
    /// `update_user` and its like.
    pub event: String,
    /// The company that it is about, if it says so.
    pub corp_id: Option<String>,
    /// All that it says.
    pub said: Secret,
    /// When it happened, by WeCom's clock, in milliseconds since 1970.
    pub sent_at: i64,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
    /// The element that heard it.
    pub heard_by: String,
    /// Where it stands.
    pub state: CallbackState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was last tried, in milliseconds since 1970.
    pub tried_at: Option<i64>,
    /// The company that its code was traded for: that can be done once.
    pub traded_for: Option<String>,
    /// Why it was not done the last time.
    pub error: Option<String>,
    /// What came of it.
    pub outcome: Option<String>,
    /// When it was done, in milliseconds since 1970.
    pub done_at: Option<i64>,
}

/// What callbacks are looked up by.
const INDEXED: &[&str] = &["state"];
/// How long what is done is kept: so long, too, nothing is done twice.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// After so many failures it waits for a person: pauses grow to five minutes, so that is an hour and a half.
pub(super) const ATTEMPTS: u32 = 24;
/// The largest number of seconds that has ten digits: keys begin with what is left to it, so that the newest come first.
const LAST_SECOND: i64 = 9_999_999_999;
/// What nobody reads who is shown a callback.
const SECRETS: [&str; 2] = ["SuiteTicket", "AuthCode"];

impl Push {
    pub(super) fn records(ctx: &Ctx) -> Records<'_> {
        ctx.records(Self::FULL_NAME).indexed(INDEXED)
    }

    /// What looks up those that stand so.
    pub(super) fn standing(state: CallbackState) -> BTreeMap<String, Value> {
        [("state".to_owned(), json!(state))].into()
    }

    /// A push and its key. What is pushed again has the same words, whenever and however it was sealed; and an app of one
    /// template hears the same of a company as one of another.
    pub(super) fn of(ctx: &Ctx, suite_id: &str, message: &[u8], document: &Document) -> (String, Self) {
        let (event, seconds) = (Event::name(document), Event::seconds(document));
        let mut hash = Sha1::new();
        hash.update(suite_id);
        hash.update([0]);
        hash.update(message);
        let key = format!("{:010}-{}", (LAST_SECOND - seconds).clamp(0, LAST_SECOND), encode_string(&hash.finalize()));
        let push = Self {
            suite_id: suite_id.to_owned(),
            event: event.to_owned(),
            corp_id: Event::corp_id(document).map(str::to_owned),
            said: String::from_utf8_lossy(message).into_owned().into(),
            sent_at: seconds.saturating_mul(1000),
            received_at: ctx.now(),
            heard_by: ctx.full_name().to_owned(),
            state: CallbackState::Waiting,
            attempts: 0,
            tried_at: None,
            traded_for: None,
            error: None,
            outcome: None,
            done_at: None,
        };
        (key, push)
    }

    /// What it says.
    pub(super) fn document(&self) -> Result<Document> {
        Document::read(self.said.expose().as_bytes()).ok_or_else(|| Error::internal("a kept callback that cannot be read"))
    }

    /// When it happened, in WeCom's own seconds since 1970.
    pub(super) const fn seconds(&self) -> i64 {
        self.sent_at / 1000
    }

    /// Is there something to do if the same words come again? WeCom may have been asked before the second was over in which this
    /// happened, and then they may be of something that happened since. A code is one thing, however often it comes.
    pub(super) fn is_again(&self) -> bool {
        let is_code = matches!(&*self.event, "create_auth" | "reset_permanent_code");
        !is_code && self.tried_at.is_some_and(|it| it < self.sent_at.saturating_add(1000))
    }

    /// Keeps what came of a try. Done is forgotten after a while; what waits for a person is not.
    ///
    /// # Errors
    /// The store cannot be reached; `Conflict` if others wrote meanwhile.
    pub(super) async fn settle(ctx: &Ctx, record: &mut Record<Self>, next: Self) -> Result<()> {
        let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        let ends = (next.state == CallbackState::Done).then(|| ctx.now().saturating_add(kept));
        record.version = Self::records(ctx).write(&record.key, &next, Expect::Version(record.version), ends).await?;
        record.value = next;
        Ok(())
    }

    /// A try that came to nothing. Gives whether a person has to look at it now.
    pub(super) fn failed(&mut self, ctx: &Ctx, why: &Error, is_final: bool) -> bool {
        self.attempts += 1;
        self.tried_at = Some(ctx.now());
        self.error = Some(why.to_string());
        // What was done once stays done.
        if self.state == CallbackState::Waiting && (is_final || self.attempts >= ATTEMPTS) {
            self.state = CallbackState::Dead;
        }
        self.state == CallbackState::Dead
    }

    /// By its number.
    ///
    /// # Errors
    /// `NotFound`, or the store cannot be reached.
    pub(super) async fn numbered(ctx: &Ctx, record_id: u64) -> Result<Record<Self>> {
        Self::records(ctx).by_sequence(record_id).await?.ok_or_else(|| {
            let message = format!("there is no callback {record_id}: `listCallBacks` shows those that there are");
            Error::new(ErrorKind::NotFound, code::NO_RECORD, message)
        })
    }

    /// As administrators see it.
    pub(super) fn shown(record: Record<Self>) -> CallbackRecord {
        let it = record.value;
        let mask = |(name, text): (&str, &str)| {
            let hidden = SECRETS.iter().any(|it| it.eq_ignore_ascii_case(name));
            (name.to_owned(), if hidden { "******" } else { text }.to_owned())
        };
        let fields = it.document().map(|it| it.parts().map(mask).collect()).unwrap_or_default();
        CallbackRecord {
            record_id: record.sequence,
            state: it.state,
            event: it.event,
            source: it.suite_id,
            // A code does not say whose it is.
            corp_id: it.corp_id.or(it.traded_for),
            sent_at: Some(it.sent_at),
            received_at: it.received_at,
            attempts: it.attempts,
            error: it.error,
            outcome: it.outcome,
            done_at: it.done_at,
            fields,
        }
    }
}
