//! The service in front of all Instances: one address for WeCom's callbacks, logins by company, and what administrators ask.
use super::{QywxProxy, Serves, company, inbox::Asked, org_code, push_record::Push};
use crate::callback::refused;
use auths::{
    AuthSvc, LoggedIn, LoginConfig, LoginResult, Platform,
    callbacks::{CallbackPage, CallbackRecord, CallbackState},
    state,
};
use element::{Ctx, Error, ErrorKind, HiddenText, Query, Record, Request, Response, Result, Vital, code};
use serde_json::{Value, json};

/// The method that jobs call.
pub(super) const WORK: &str = "workOnCallBack";

/// What all logins of the Type in an app share. WeCom's console is given the address of [`notify`](Self::notify).
#[derive(Debug, Default)]
pub struct QywxProxyAuthService;

#[element::service("auths.loginTypes.QywxProxyType.services.QywxProxyAuthService")]
impl QywxProxyAuthService {
    /// WeCom calls this, for templates and for their apps in companies: GET verifies the address, POST tells of something. It
    /// is durable before WeCom is answered, and done after that.
    #[access(public)]
    #[get]
    #[raw]
    pub async fn notify(&self, ctx: &Ctx, request: Request) -> Result<Response> {
        // What is no callback at all goes no further.
        let asked = json!({"asked": Asked::of(&request)?});
        let mut why = None;
        for name in ctx.find(QywxProxy::FULL_NAME).await? {
            match ctx.element(&name).call::<Option<String>>("receiveCallBack", &asked).await {
                Ok(Some(answer)) => return Ok(Response::text(answer)),
                Ok(None) => {}
                // It is ours, and comes again.
                Err(e) if e.kind.is_passing() => return Err(e),
                // Another template may have the same token.
                Err(e) => why = Some(e),
            }
        }
        Err(why.unwrap_or_else(|| {
            refused("its signature is wrong: no login of this app has the Token of this address in its config, or it is not WeCom's")
        }))
    }

    /// Logs in somebody who comes from WeCom's workbench: `getLoginCode` and `AuthSvc.loginByCode` in one call.
    #[access(public)]
    pub async fn login_by_workbench(
        &self,
        ctx: &Ctx,
        /// The company, in either form of its id.
        corp_id: &str,
        /// The code that WeCom sent back.
        code: &str,
        /// What the person logs in with: `app` (if not given), `web` or `mobile`.
        platform: Option<Platform>,
        /// The `state` that came back beside it. Required from outside.
        state: Option<&str>,
    ) -> Result<LoggedIn> {
        // The login that was begun knows its element. Whoever comes without one has nothing looked up.
        let begun = match state.filter(|it| !it.is_empty()) {
            None if ctx.caller().is_outside() => return Err(state::missing()),
            None => None,
            Some(state) => {
                let started = auths::started(ctx, state).await?.filter(|it| it.app == ctx.app());
                Some(started.ok_or_else(state::invalid)?.element)
            }
        };
        let login = match begun {
            Some(it) if ctx.find(QywxProxy::FULL_NAME).await?.contains(&it) => it,
            _ => login_of(ctx, corp_id).await?,
        };
        let args = json!({"corpId": corp_id, "code": code, "loginType": "workbench", "state": state});
        let result: LoginResult = ctx.element(&login).call("getLoginCode", &args).await?;
        let Some(HiddenText(login_code)) = result.login_code else {
            let message = "this person is no member of the company, and cannot log in";
            return Err(
                Error::new(ErrorKind::Refused, code::NOT_A_MEMBER, message).in_chinese("你不是该企业的成员，无法登录")
            );
        };
        let corp = result.corp_list.first().map(|it| it.corp_id.as_str());
        let args = json!({"loginCode": login_code, "corp": corp, "platform": platform.unwrap_or(Platform::App)});
        ctx.element(AuthSvc::FULL_NAME).call("loginByCode", &args).await
    }

    /// The login of a company, by its organisation code: as `getLoginConfig` of the element that serves the company.
    #[access(public)]
    #[serde(alias = "getLoginConfig")]
    pub async fn get_login_config_by_code(
        &self,
        ctx: &Ctx,
        /// The organisation code.
        code: &str,
    ) -> Result<LoginConfig> {
        let corp_id = org_code::find(ctx, code).await?.ok_or_else(org_code::unknown)?;
        let login = login_of(ctx, &corp_id).await?;
        ctx.element(&login).call("getLoginConfig", &json!({"corpId": corp_id})).await
    }

    /// Gives a company an organisation code (组织代号), by which its people find their login. The one that it had before is free
    /// then.
    pub async fn set_code(
        &self,
        ctx: &Ctx,
        /// The company, in either form of its id.
        corp_id: &str,
        /// 1 to 64 characters; their case does not count.
        code: &str,
    ) -> Result<()> {
        let mut why = None;
        for name in ctx.find(QywxProxy::FULL_NAME).await? {
            match ctx.element(&name).call::<Option<String>>("corpIdOf", &json!({"corpId": corp_id})).await {
                Ok(Some(corp_id)) => return org_code::set(ctx, &corp_id, code).await,
                Ok(None) => {}
                // The next one may know.
                Err(e) => why = Some(e),
            }
        }
        Err(why.unwrap_or_else(|| company::not_authorized(corp_id)))
    }

    /// Does again, or at last, what follows from a callback. It is done when this returns.
    pub async fn retry_call_back(
        &self,
        ctx: &Ctx,
        /// The number of its record.
        record_id: u64,
    ) -> Result<()> {
        let record = Push::numbered(ctx, record_id).await?;
        follow(ctx, record, true).await
    }

    /// Does what follows from a callback; what failed is tried again later. Jobs call it.
    pub async fn work_on_call_back(
        &self,
        ctx: &Ctx,
        /// The key of its record.
        key: &str,
    ) -> Result<()> {
        let record: Option<Record<Push>> = Push::records(ctx).get(key).await?;
        match record {
            Some(it) => follow(ctx, it, false).await,
            None => Ok(()),
        }
    }

    /// The callbacks that are kept, the newest first.
    pub async fn list_call_backs(
        &self,
        ctx: &Ctx,
        /// Only those that stand so.
        state: Option<CallbackState>,
        /// The `next` of the page before.
        after: Option<String>,
        /// 1 to 1,000; 100 if not given.
        limit: Option<u32>,
    ) -> Result<CallbackPage> {
        let filter = state.map(Push::standing).unwrap_or_default();
        let query = Query { filter, after, limit: limit.unwrap_or(100), ..Query::default() };
        let page = Push::records(ctx).query::<Push>(&query).await?;
        Ok(CallbackPage { records: page.records.into_iter().map(Push::shown).collect(), next: page.next })
    }

    /// One of them.
    pub async fn get_call_back(
        &self,
        ctx: &Ctx,
        /// The number of its record.
        record_id: u64,
    ) -> Result<CallbackRecord> {
        Push::numbered(ctx, record_id).await.map(Push::shown)
    }

    /// How old each template's ticket is, and how many callbacks wait for a try or for a person.
    pub async fn vitals(&self, ctx: &Ctx) -> Result<Vec<Vital>> {
        let mut all: Vec<Vital> = Vec::new();
        let logins = ctx.find(QywxProxy::FULL_NAME).await?;
        if logins.is_empty() {
            return Ok(all);
        }
        for name in logins {
            // One that is broken says nothing, and hides no other; several may have the same template.
            let Some(suite_id) = template_of(ctx, &name).await else { continue };
            if all.iter().all(|it| it.of != suite_id)
                && let Ok(it) = ctx.element(&name).call("ticketAge", &json!({})).await
            {
                all.push(it);
            }
        }
        for (name, state) in [("callbacksWaiting", CallbackState::Waiting), ("callbacksDead", CallbackState::Dead)] {
            let count = Push::records(ctx).count(&Push::standing(state)).await?;
            all.push(Vital { name: name.into(), of: String::new(), value: Some(count as f64) });
        }
        Ok(all)
    }
}

/// The login of a company: the element that names it, else one that serves all who authorized its template.
async fn login_of(ctx: &Ctx, corp_id: &str) -> Result<String> {
    let (mut best, mut why) = ((Serves::No, None), None);
    for name in ctx.find(QywxProxy::FULL_NAME).await? {
        match ctx.element(&name).call("serves", &json!({"corpId": corp_id})).await {
            Ok(Serves::ByName) => return Ok(name),
            Ok(serves) if serves > best.0 => best = (serves, Some(name)),
            Ok(_) => {}
            // One that is broken is no reason not to ask the others.
            Err(e) => why = Some(e),
        }
    }
    best.1.ok_or_else(|| why.unwrap_or_else(|| company::not_authorized(corp_id)))
}

/// Has what follows from a callback done by the element that heard it, or by another one with the same template.
async fn follow(ctx: &Ctx, mut record: Record<Push>, anew: bool) -> Result<()> {
    let Push { suite_id, heard_by, .. } = &record.value;
    let login = match template_of(ctx, heard_by).await {
        Some(it) if it == *suite_id => Some(heard_by.clone()),
        _ => logins_with(ctx, suite_id).await?.into_iter().next(),
    };
    if let Some(login) = login {
        return ctx.element(&login).call("followCallBack", &json!({"key": record.key, "anew": anew})).await;
    }
    let message = format!(
        "no login in service has the template `{suite_id}` in its config: without it nothing follows from its callbacks"
    );
    let why = Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message);
    let mut next = record.value.clone();
    if next.state != CallbackState::Waiting {
        return Err(why);
    }
    let is_dead = next.failed(ctx, &why, false);
    Push::settle(ctx, &mut record, next).await?;
    if is_dead && !anew { Ok(()) } else { Err(why) }
}

/// The elements in service with this template in their config.
pub(super) async fn logins_with(ctx: &Ctx, suite_id: &str) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for name in ctx.find(QywxProxy::FULL_NAME).await? {
        if template_of(ctx, &name).await.is_some_and(|it| it == suite_id) {
            all.push(name);
        }
    }
    Ok(all)
}

/// The template of an element, if it is in service and has one.
async fn template_of(ctx: &Ctx, name: &str) -> Option<String> {
    let config: Value = ctx.element(name).call("authConfig", &json!({})).await.ok()?;
    config["suiteId"].as_str().map(str::to_owned)
}
