//! What follows from a push, once WeCom has its answer: done by one at a time, tried again while somebody is not there or too busy,
//! and left to a person after that.
use super::{
    QywxProxy,
    company::Company,
    event::Event,
    inbox::put_off,
    push_record::{ATTEMPTS, Push},
    service,
    suite::{self, Suite, Ticket},
};
use crate::{callback::change::ContactChange, client::Client, member};
use auths::{AuthSvc, callbacks::CallbackState};
use element::{Ctx, Error, ErrorKind, Level, Query, Record, Result, code};
use serde_json::json;
use std::time::Duration;

/// Longer than everything that follows from a push takes.
const LEASE: Duration = Duration::from_secs(60);
/// How long to wait for whoever works on the same push.
const PATIENCE: Duration = Duration::from_secs(20);
/// The code that WeCom sent is unknown, expired or used: it stays so.
const CODE_IS_OVER: i64 = 40078;
/// What waits longer than this has lost its job: longer than the longest pause between two tries.
const FORGOTTEN_MS: i64 = 10 * 60 * 1000;

impl QywxProxy {
    /// Does what follows from a kept push, unless that is done. `anew`: a person asked for it, and whatever was is no reason
    /// not to.
    ///
    /// # Errors
    /// What is worth another try; what is not is in the record, and an error only for the person who asked.
    pub(super) async fn follow(&self, ctx: &Ctx, key: &str, anew: bool) -> Result<()> {
        let name = format!("wecom/push|{key}");
        let Some(lease) = ctx.keys().lease(&name, LEASE, PATIENCE).await? else {
            let message = "this callback is being worked on; try again in a moment";
            return Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message));
        };
        let outcome = self.follow_alone(ctx, key, anew).await;
        // If it cannot be given back now, it ends with the call.
        let _ = lease.release().await;
        outcome
    }

    async fn follow_alone(&self, ctx: &Ctx, key: &str, anew: bool) -> Result<()> {
        let record: Option<Record<Push>> = Push::records(ctx).get(key).await?;
        // It was done, and a month has passed.
        let Some(record) = record else { return Ok(()) };
        let push = &record.value;
        let is_to_do = match push.state {
            CallbackState::Waiting => true,
            CallbackState::Done => push.was_early(),
            CallbackState::Dead => false,
        };
        if !is_to_do && !anew {
            return Ok(());
        }
        let mut next = push.clone();
        next.attempts += 1;
        next.tried_at = Some(ctx.now());
        let outcome = self.follow_event(ctx, key, push).await;
        match &outcome {
            Ok(came_of_it) => {
                next.state = CallbackState::Done;
                next.error = None;
                next.outcome = Some((*came_of_it).to_owned());
                next.done_at = Some(ctx.now());
            }
            Err(e) => {
                next.error = Some(e.to_string());
                if is_final(e) || next.attempts >= ATTEMPTS {
                    next.state = CallbackState::Dead;
                }
            }
        }
        Push::settle(ctx, &record, &next).await?;
        match outcome {
            Err(e) if next.state == CallbackState::Dead && !anew => {
                ctx.log(Level::Error, &format!("a callback `{}` waits for a person, see `callbacks show`: {e}", next.event));
                Ok(())
            }
            other => other.map(drop),
        }
    }

    /// Gives what came of it, in words.
    async fn follow_event(&self, ctx: &Ctx, key: &str, push: &Push) -> Result<&'static str> {
        let document = push.document()?;
        match Event::of(&document) {
            Event::Ticket(ticket) => {
                let kept = Ticket::keep(&self.suite(ctx).await?, ticket, push.seconds(), push.received_at).await?;
                look_after_the_others(ctx).await?;
                Ok(if kept { "the newest ticket" } else { "there is a newer ticket" })
            }
            Event::Code(code) => self.trade(ctx, key, push, code).await,
            Event::Changed { corp_id } => match Company::find(ctx, self.suite_id(), corp_id).await? {
                Some(company) => look_anew(&self.suite(ctx).await?, &company).await,
                // Whatever is told of it later is read anew then.
                None => Ok("not authorized yet"),
            },
            Event::Cancelled { corp_id } => self.cancel(ctx, corp_id, push.seconds()).await,
            Event::Contact { corp_id, change } => self.follow_contact(ctx, corp_id, &change).await,
            Event::Other => Ok("nothing follows from it"),
        }
    }

    /// From WeCom's code to the company's permanent one, and to what it opens. Killed after the first step, it goes on with the second.
    async fn trade(&self, ctx: &Ctx, key: &str, push: &Push, code: &str) -> Result<&'static str> {
        let suite = self.suite(ctx).await?;
        let company = match Company::of_callback(ctx, self.suite_id(), key).await? {
            Some(it) => it,
            None => {
                let given = suite::permanent_code(&suite, code).await?;
                // The newer of two counts; where both are of one second, the one that WeCom honours.
                let code_at = push.seconds();
                let before = Company::find(ctx, self.suite_id(), &given.corp_id).await?;
                let honoured = match before.as_ref().filter(|it| it.code_at == code_at) {
                    Some(it) => is_honoured(&suite, it).await?,
                    None => false,
                };
                let replaces = |it: &Company| it.code_at < code_at || (it.code_at == code_at && !honoured);
                Company::authorize(ctx, self.suite_id(), &given, (code_at, key), replaces).await?
            }
        };
        look_anew(&suite, &company).await
    }

    /// What came after the permanent code counts at once; of what came before or with it, WeCom knows whether it still holds.
    async fn cancel(&self, ctx: &Ctx, corp_id: &str, at: i64) -> Result<&'static str> {
        let Some(company) = Company::find(ctx, self.suite_id(), corp_id).await? else { return Ok("not authorized") };
        if at <= company.code_at {
            return look_anew(&self.suite(ctx).await?, &company).await;
        }
        end(ctx, &company).await
    }

    /// Whoever is kept here is brought up to date; the app knows nobody else.
    async fn follow_contact(&self, ctx: &Ctx, corp_id: &str, change: &ContactChange) -> Result<&'static str> {
        let company = Company::find(ctx, self.suite_id(), corp_id).await?;
        let Some(company) = company.filter(|it| it.must_be_authorized().is_ok()) else { return Ok("not authorized") };
        let ContactChange::Member { user_id, .. } = change else { return Ok("departments are not kept") };
        let client = self.client(ctx, &company).await?;
        if !member::is_kept(&client, user_id).await? {
            return Ok("a member who has not logged in");
        }
        change.follow(&client).await.map(|_| "the member is up to date")
    }
}

/// Reads the authorization as it is now, and keeps that.
async fn look_anew(suite: &Client<'_, Suite<'_>>, company: &Company) -> Result<&'static str> {
    let Some(code) = &company.permanent_code else { return end(suite.ctx, company).await };
    match suite::auth_info(suite, &company.corp_id, code).await {
        Ok(info) => {
            company
                .settle(suite.ctx, |it| {
                    it.corp_name = info.corp_name.clone().or(it.corp_name.take());
                    it.agent_id = info.agent_id.clone();
                    it.agent_name = info.agent_name.clone();
                })
                .await?;
            Ok("authorized")
        }
        Err(e) if suite::is_taken_back(e.code) => end(suite.ctx, company).await,
        Err(e) => Err(e),
    }
}

/// Nobody of the company logs in any more, nor stays logged in.
async fn end(ctx: &Ctx, company: &Company) -> Result<&'static str> {
    let now = company.settle(ctx, Company::cancel).await?;
    if now.is_none_or(|it| it.must_be_authorized().is_ok()) {
        return Ok("authorized anew meanwhile");
    }
    for element in service::logins_with(ctx, &company.suite_id).await? {
        let args = json!({"corpId": company.corp_id, "element": element});
        ctx.element(AuthSvc::FULL_NAME).call::<u64>("endSessions", &args).await?;
    }
    Ok("cancelled")
}

async fn is_honoured(suite: &Client<'_, Suite<'_>>, company: &Company) -> Result<bool> {
    let Some(code) = &company.permanent_code else { return Ok(false) };
    match suite::auth_info(suite, &company.corp_id, code).await {
        Err(e) if suite::is_taken_back(e.code) => Ok(false),
        other => other.map(|_| true),
    }
}

/// Is there no use in trying again?
fn is_final(e: &Error) -> bool {
    e.code == CODE_IS_OVER || e.kind == ErrorKind::InvalidArgs
}

/// What a host left behind that died after it kept a push and before anything else; and whatever failed is tried once more, since
/// the ticket may be what it waited for, and WeCom's codes do not wait for long. Tickets come every ten minutes, so that is how often
/// this looks.
async fn look_after_the_others(ctx: &Ctx) -> Result<()> {
    let filter = [("state".to_owned(), "waiting".into())].into();
    let page = Push::records(ctx).query::<Push>(&Query { filter, limit: 1000, ..Query::default() }).await?;
    for it in page.records {
        if it.value.tried_at.unwrap_or(it.value.received_at) + FORGOTTEN_MS < ctx.now() {
            put_off(ctx, &it.key, ATTEMPTS).await?;
        } else if it.value.error.is_some() {
            put_off(ctx, &it.key, 1).await?;
        }
    }
    Ok(())
}
