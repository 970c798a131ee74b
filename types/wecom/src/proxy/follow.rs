//! What follows from a push, once WeCom has its answer: done by one at a time, tried again while somebody is not there or too busy,
//! and left to a person after that.
use super::{
    QywxProxy,
    alone::alone,
    company::Company,
    event::Event,
    push_record::Push,
    settle::{Meaning, cancel, end, is_honoured, look_anew},
    suite::{self, Suite, Ticket},
    sweep,
};
use crate::{callback::change::ContactChange, client::Client, member};
use auths::callbacks::CallbackState;
use element::{Ctx, Error, ErrorKind, Level, Record, Result};

/// The code that WeCom sent is unknown, expired or used: it stays so.
const CODE_IS_OVER: i64 = 40078;
/// So often a permanent code that WeCom does not honour any more may be one that was reset, the news of which is on its way.
const RESET_MAY_COME: u32 = 5;

impl QywxProxy {
    /// Does what follows from a kept push, unless that is done. `anew`: a person asked for it, and whatever was is no reason
    /// not to.
    ///
    /// # Errors
    /// What is worth another try; what is not is in the record, and an error only for the person who asked.
    pub(super) async fn follow(&self, ctx: &Ctx, key: &str, anew: bool) -> Result<()> {
        alone(ctx, &format!("wecom/push|{key}"), async || self.follow_alone(ctx, key, anew).await).await
    }

    async fn follow_alone(&self, ctx: &Ctx, key: &str, anew: bool) -> Result<()> {
        let record: Option<Record<Push>> = Push::records(ctx).get(key).await?;
        // It was done, and a month has passed.
        let Some(mut record) = record else { return Ok(()) };
        let is_to_do = match record.value.state {
            CallbackState::Waiting => true,
            CallbackState::Done => record.value.is_again(),
            CallbackState::Dead => false,
        };
        if !is_to_do && !anew {
            return Ok(());
        }
        let begun = ctx.now();
        let outcome = self.follow_event(ctx, &mut record).await;
        let mut next = record.value.clone();
        match outcome {
            Ok(came_of_it) => {
                next.state = CallbackState::Done;
                next.attempts += 1;
                next.tried_at = Some(begun);
                next.error = None;
                next.outcome = Some(came_of_it.to_owned());
                next.done_at = Some(ctx.now());
                Push::settle(ctx, &mut record, next).await
            }
            Err(e) => {
                let is_dead = next.failed(ctx, &e, is_final(&e));
                Push::settle(ctx, &mut record, next).await?;
                if anew || !is_dead {
                    return Err(e);
                }
                let event = &record.value.event;
                ctx.log(Level::Error, &format!("a callback `{event}` waits for a person, see `callbacks show`: {e}"));
                Ok(())
            }
        }
    }

    /// Gives what came of it, in words.
    async fn follow_event(&self, ctx: &Ctx, record: &mut Record<Push>) -> Result<&'static str> {
        let document = record.value.document()?;
        let push = &record.value;
        match Event::of(&document) {
            Event::Ticket(ticket) => {
                let kept = Ticket::keep(&self.suite(ctx).await?, ticket, push.seconds(), push.received_at).await?;
                sweep::look_after(ctx, true).await?;
                Ok(if kept { "the newest ticket" } else { "there is a newer ticket" })
            }
            Event::Code(code) => self.trade(ctx, record, code).await,
            Event::Changed { corp_id } => match Company::find(ctx, self.suite_id(), corp_id).await? {
                Some(company) => {
                    let meaning = match push.attempts {
                        ..RESET_MAY_COME => Meaning::ResetMayCome,
                        _ => Meaning::TakenBack,
                    };
                    look_anew(&self.suite(ctx).await?, &company, meaning).await
                }
                // Whatever is told of it later is read anew then.
                None => Ok("not authorized yet"),
            },
            Event::Cancelled { corp_id } => self.cancelled(ctx, corp_id, push.seconds()).await,
            Event::Contact { corp_id, change } => self.follow_contact(ctx, corp_id, &change).await,
            Event::Other => Ok("nothing follows from it"),
        }
    }

    /// From WeCom's code to the company's permanent one, and to what it opens. Killed after the first step, it goes on with the
    /// second: the record says so, or the company does.
    async fn trade(&self, ctx: &Ctx, record: &mut Record<Push>, code: &str) -> Result<&'static str> {
        let suite = self.suite(ctx).await?;
        let traded = match &record.value.traded_for {
            Some(corp_id) => Company::find(ctx, self.suite_id(), corp_id).await?,
            None => Company::of_callback(ctx, self.suite_id(), &record.key).await?,
        };
        let company = match traded {
            Some(it) => it,
            None => self.authorize(&suite, record, code).await?,
        };
        if record.value.traded_for.is_none() {
            let next = Push { traded_for: Some(company.corp_id.clone()), ..record.value.clone() };
            Push::settle(ctx, record, next).await?;
        }
        look_anew(&suite, &company, Meaning::Superseded).await
    }

    async fn authorize(&self, suite: &Client<'_, Suite<'_>>, record: &Record<Push>, code: &str) -> Result<Company> {
        let (ctx, code_at) = (suite.ctx, record.value.seconds());
        let given = suite::permanent_code(suite, code).await?;
        // The newer of two counts; where both are of one second, the one that WeCom honours.
        let before = Company::find(ctx, self.suite_id(), &given.corp_id).await?;
        let honoured = match before.as_ref().filter(|it| it.code_at == code_at) {
            Some(it) => is_honoured(suite, it).await?,
            None => false,
        };
        let replaces = |it: &Company| it.code_at < code_at || (it.code_at == code_at && !honoured);
        Company::authorize(ctx, self.suite_id(), &given, (code_at, &record.key), replaces).await
    }

    /// What came after the permanent code counts at once; of what came before or with it, WeCom knows whether it still holds.
    async fn cancelled(&self, ctx: &Ctx, corp_id: &str, at: i64) -> Result<&'static str> {
        let Some(company) = Company::find(ctx, self.suite_id(), corp_id).await? else { return Ok("not authorized") };
        if at <= company.code_at && company.permanent_code.is_some() {
            return look_anew(&self.suite(ctx).await?, &company, Meaning::TakenBack).await;
        }
        if cancel(ctx, &company).await? { end(ctx, &company).await } else { Ok("authorized anew meanwhile") }
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

/// Is there no use in trying again?
fn is_final(e: &Error) -> bool {
    e.code == CODE_IS_OVER || e.kind == ErrorKind::InvalidArgs
}
