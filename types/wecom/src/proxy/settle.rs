//! What WeCom says of a company's authorization, and what is kept of it: asked and written by one at a time, so that an older
//! reading never comes after a newer one.
use super::{
    alone::alone,
    company::Company,
    service,
    suite::{self, Suite},
};
use crate::client::Client;
use auths::AuthSvc;
use element::{Ctx, Level, Result, code};
use serde_json::json;

/// What it means if WeCom does not honour a permanent code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The company took its authorization back.
    TakenBack,
    /// That, or the code was reset a moment ago: then the next one is on its way, and nobody is to be logged out.
    ResetMayCome,
    /// It was traded a moment ago, and another one came after it.
    Superseded,
}

/// Reads the authorization as it is now, and keeps that. Gives what came of it, in words.
///
/// # Errors
/// As for `Client::call`; the store cannot be reached.
pub(super) async fn look_anew(suite: &Client<'_, Suite<'_>>, company: &Company, meaning: Meaning) -> Result<&'static str> {
    let Company { suite_id, corp_id, .. } = company;
    alone(suite.ctx, &format!("wecom/company|{suite_id}|{corp_id}"), async || ask(suite, company, meaning).await).await
}

async fn ask(suite: &Client<'_, Suite<'_>>, company: &Company, meaning: Meaning) -> Result<&'static str> {
    let Some(code) = &company.permanent_code else {
        return if meaning == Meaning::TakenBack { end(suite.ctx, company).await } else { Ok("cancelled") };
    };
    match suite::auth_info(suite, &company.corp_id, code).await {
        Ok(info) => {
            let keep = |it: &mut Company| {
                it.corp_name = info.corp_name.clone().or(it.corp_name.take());
                it.agent_id = info.agent_id.clone();
                it.agent_name = info.agent_name.clone();
            };
            company.settle(suite.ctx, keep).await.map(|_| "authorized")
        }
        Err(e) if suite::is_taken_back(e.code) => match meaning {
            Meaning::ResetMayCome => Err(e),
            Meaning::Superseded => cancel(suite.ctx, company).await.map(|_| "another one came after it"),
            Meaning::TakenBack if cancel(suite.ctx, company).await? => end(suite.ctx, company).await,
            Meaning::TakenBack => Ok("authorized anew meanwhile"),
        },
        Err(e) => Err(e),
    }
}

/// Nobody of the company logs in any more. Is it so? It may have another permanent code by now.
pub(super) async fn cancel(ctx: &Ctx, company: &Company) -> Result<bool> {
    let now = company.settle(ctx, Company::cancel).await?;
    Ok(now.is_some_and(|it| it.permanent_code.is_none()))
}

/// Nobody of the company stays logged in.
pub(super) async fn end(ctx: &Ctx, company: &Company) -> Result<&'static str> {
    let args = json!({"corpId": company.corp_id, "elements": service::logins_with(ctx, &company.suite_id).await?});
    match ctx.element(AuthSvc::FULL_NAME).call::<u64>("endSessions", &args).await {
        // An app may have a service of its own in that place.
        Err(e) if e.code == code::NO_METHOD => {
            ctx.log(Level::Warn, "sessions of a cancelled company go on: `AuthSvc` has no `endSessions`")
        }
        other => drop(other?),
    }
    Ok("cancelled")
}

/// Does WeCom honour the company's permanent code?
pub(super) async fn is_honoured(suite: &Client<'_, Suite<'_>>, company: &Company) -> Result<bool> {
    let Some(code) = &company.permanent_code else { return Ok(false) };
    match suite::auth_info(suite, &company.corp_id, code).await {
        Err(e) if suite::is_taken_back(e.code) => Ok(false),
        other => other.map(|_| true),
    }
}
