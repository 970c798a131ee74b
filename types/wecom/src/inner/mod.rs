//! 企业微信自建应用扫码登录: logging in through the app that a company made for itself.
mod config;
mod results;

pub use config::QywxInner;
pub use results::{Noted, Synced};

use crate::{
    QywxInnerAuthModel,
    callback::{Heard, change::ContactChange},
    contacts, identity,
    js_sdk::{self, JsSdkConfig},
    keeping::Keeping,
    member,
    sync::{self, Pace, Patience, SyncSummary, schedule},
    urls::{Legacy, Start},
    values::Lang,
};
use auths::{DepartmentId, Login, LoginConfig, LoginResult, User, recognise, state};
use element::{Ctx, Error, ErrorKind, Level, NewJob, Request, Response, Result, code};
use serde_json::json;

#[element::ty("auths.loginTypes.QywxInnerType", meta = Login)]
impl QywxInner {
    /// What a page needs to start a login: ids, a new `state`, and the addresses of WeCom's pages, ready to open.
    pub async fn get_login_config(
        &self,
        ctx: &Ctx,
        /// What WeCom's pages are written in, `zh` or `en`.
        lang: Option<Lang>,
        /// For the older panel: a style sheet at an https address.
        href: Option<&str>,
        /// For the older panel: its frame goes on by itself, not the window around it.
        self_redirect: Option<bool>,
    ) -> Result<LoginConfig> {
        self.must_be_active()?;
        let legacy = Legacy::new(href, self_redirect)?;
        let state = state::issue(ctx).await?;
        let Self { corp_id, agent_id, redirect_uri, .. } = self;
        let start = Start { corp_id: corp_id.as_str(), agent_id, redirect_uri, state: &state.text, lang };
        Ok(LoginConfig { state_expires_at: Some(state.expires_at), ..start.config(ctx, &legacy).await? })
    }

    /// Trades the code that came back from WeCom for the person. A member gets a `loginCode` and the profile that
    /// WeCom grants, with what was granted on the consent page; a member of a linked company, or somebody who is no
    /// member, gets only the ids that WeCom tells. A member whom the app may not see, or who is disabled or left, is
    /// refused.
    pub async fn get_login_code(
        &self,
        ctx: &Ctx,
        /// The `code` that WeCom sent back; good for one use within five minutes.
        #[serde(alias = "code")]
        auth_code: &str,
        /// The `state` that came back beside it. Required from outside.
        state: Option<&str>,
    ) -> Result<LoginResult> {
        identity::must_be_code("authCode", auth_code)?;
        self.must_be_active()?;
        let client = self.client(ctx).await?;
        recognise(ctx, state, auth_code, identity::of_code(&client, auth_code), |who| {
            member::of_login(&client, who, self.terms())
        })
        .await
    }

    /// May people log in this way now?
    pub async fn is_active(&self) -> Result<bool> {
        Ok(self.is_active)
    }

    /// The profile of a member. A logged-in caller reads its own only; elements, administrators and the operator read
    /// any.
    #[access(session)]
    pub async fn get_user_info(
        &self,
        ctx: &Ctx,
        /// WeCom's `userid`.
        user_id: &str,
    ) -> Result<User> {
        self.may_read(ctx.caller(), user_id)?;
        contacts::get(&self.client(ctx).await?, user_id).await
    }

    /// The app's access token, for calling WeCom. It is shared and cached: ask each time, keep it nowhere.
    pub async fn get_access_token(&self, ctx: &Ctx) -> Result<String> {
        Ok(self.client(ctx).await?.token().await?.text.expose().to_owned())
    }

    /// What a page inside WeCom needs to use the JS-SDK: its own address, signed for the company and for the app.
    #[access(session)]
    pub async fn get_js_sdk_config(
        &self,
        ctx: &Ctx,
        /// `location.href` of the page. Its host is one of 网页授权及JS-SDK.
        url: &str,
    ) -> Result<JsSdkConfig> {
        js_sdk::config(&self.client(ctx).await?, url).await
    }

    /// Brings one member's record up to what WeCom tells now. Whom WeCom does not show to the app any more goes.
    pub async fn sync_user_info(
        &self,
        ctx: &Ctx,
        /// WeCom's `userid`.
        user_id: &str,
        /// Writes what is unchanged, too; false if not given.
        #[serde(default)]
        force_update: bool,
        /// Writes nothing and tells what would come of it; false if not given.
        #[serde(default)]
        dry_run: bool,
    ) -> Result<Synced> {
        let client = self.client(ctx).await?;
        let pace = Pace::alone(&client);
        let outcome = sync::one_member(&pace, user_id, keeping(force_update, dry_run)).await?;
        Ok(Synced { user_id: user_id.to_owned(), outcome })
    }

    /// Brings the records of departments, and of the members in them, up to what WeCom tells now. Waits out WeCom's
    /// limits; a run that was broken off less than an hour ago is gone on with.
    #[long]
    pub async fn sync_department_info(
        &self,
        ctx: &Ctx,
        /// WeCom's number of a department: that one and all below it. Without it, all that the app may see.
        dept_id: Option<DepartmentId>,
        /// Writes what is unchanged, too; false if not given.
        #[serde(default)]
        force_update: bool,
        /// Writes nothing and tells what would come of it; false if not given.
        #[serde(default)]
        dry_run: bool,
    ) -> Result<SyncSummary> {
        let root = match dept_id {
            None => None,
            Some(DepartmentId::Number(it)) if it > 0 => Some(it),
            Some(DepartmentId::Text(it)) if it.parse::<u32>().is_ok_and(|it| it > 0) => it.parse().ok(),
            Some(_) => return Err(Error::invalid_args("`deptId`: expected WeCom's number of a department, such as 2")),
        };
        sync::all(&self.client(ctx).await?, root, keeping(force_update, dry_run), Patience::UntilItIsOver).await
    }

    /// What the schedule calls. A turn that is not the schedule's next one does nothing.
    #[long]
    pub async fn sync_on_schedule(
        &self,
        ctx: &Ctx,
        /// Which turn it is, as the schedule named it.
        turn: &str,
    ) -> Result<Option<SyncSummary>> {
        let Some(link) = schedule::due(ctx, turn).await? else { return Ok(None) };
        let Some(every) = self.sync_every_minutes else {
            schedule::end(ctx).await?;
            return Ok(None);
        };
        let outcome = match self.client(ctx).await {
            Ok(client) => sync::all(&client, None, Keeping::default(), Patience::ForAWhile).await,
            Err(e) => Err(e),
        };
        if let Err(e) = &outcome {
            ctx.log(Level::Warn, &format!("a sync on schedule failed, the next one comes soon: {e}"));
        }
        schedule::go_on(ctx, &link, every.time(), outcome.is_ok()).await?;
        Ok(outcome.ok())
    }

    /// WeCom calls this: GET verifies the address, POST tells of a change. What is to be done about it is put on the
    /// list of jobs before the answer, and done after it.
    #[access(public)]
    #[get]
    #[raw]
    pub async fn notify(&self, ctx: &Ctx, request: Request) -> Result<Response> {
        let Some(callback) = &self.callback else {
            let message = "this login takes no callbacks: its config has no `callback`";
            return Err(Error::new(ErrorKind::NotFound, code::NO_METHOD, message));
        };
        match callback.hear(ctx, self.corp_id.as_str(), &request)? {
            Heard::Verification(answer) => Ok(answer),
            Heard::Push(push) => {
                if let Some(change) = ContactChange::of(&push) {
                    ctx.jobs().start(&later(ctx, &change)).await?;
                }
                // An empty body is what WeCom takes for "received" (page 90238).
                Ok(Response::text(""))
            }
        }
    }

    /// Brings the records up to date after WeCom told of a change.
    pub async fn follow_change(
        &self,
        ctx: &Ctx,
        /// Whom or what WeCom told of.
        change: ContactChange,
    ) -> Result<Noted> {
        Ok(Noted { outcome: change.follow(&self.client(ctx).await?).await?, change })
    }

    /// Begins the schedule, if there is one.
    #[start]
    async fn start(&self, ctx: &Ctx) -> Result<()> {
        if let Some(every) = self.sync_every_minutes {
            schedule::ensure(ctx, every.time()).await;
        }
        Ok(())
    }

    /// The config, secrets masked.
    #[property]
    pub fn auth_config(&self) -> &Self {
        self
    }

    /// The Type's full name.
    #[property]
    pub fn auth_type(&self) -> &str {
        Self::FULL_NAME
    }

    /// The full name of the model that keeps the members: an element like others.
    #[property]
    #[serde(alias = "QywxInnerAuthModel")]
    pub fn auth_model_elem_name(&self) -> &str {
        QywxInnerAuthModel::FULL_NAME
    }
}

const fn keeping(everything: bool, dry_run: bool) -> Keeping {
    Keeping { everything, dry_run, as_of: None }
}

/// A change may come while WeCom is too busy to say more: it is asked again, for longer than WeCom's longest limit but
/// one, an hour.
fn later(ctx: &Ctx, change: &ContactChange) -> NewJob {
    let (element, method) = (ctx.full_name().to_owned(), "followChange".to_owned());
    NewJob { element, method, args: json!({"change": change}), run_at: ctx.now(), max_attempts: 24 }
}
