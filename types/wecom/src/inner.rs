//! 企业微信自建应用扫码登录: logging in through the app that a company made for itself.
use crate::{
    QywxInnerAuthModel,
    client::Client,
    contacts,
    identity::{self, Who},
    urls::{CLIENT_AGENT, Start},
    values::{AgentId, CorpId, RedirectUri},
};
use auths::{Corp, Identity, Login, LoginConfig, LoginResult, Recognised, User, inactive, recognise, state};
use element::{Caller, Ctx, Error, ErrorKind, Result, Secret, Session, code};

/// 企业微信自建应用: logging in by QR code in a browser, and without one inside the WeCom client.
#[element::config]
pub struct QywxInner {
    /// 企业 ID, as the WeCom console shows it: 我的企业 → 企业信息.
    corp_id: CorpId,
    /// Secret of the app: 应用管理 → the app → Secret.
    corp_secret: Secret,
    /// AgentId of the app: 应用管理 → the app. Digits, as a text or a number.
    agent_id: AgentId,
    /// Where WeCom sends people back to. Its host, with its port, is registered at 应用管理 → the app → 企业微信授权登录
    /// and 网页授权及JS-SDK.
    redirect_uri: RedirectUri,
    /// The company's name for `corpList`. WeCom does not tell it to such an app; without it, it is `corpId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    corp_name: Option<String>,
    /// Whether people may log in this way. If not, it stands on no login page, and the sessions that it began do not
    /// count.
    #[serde(default = "yes")]
    is_active: bool,
    /// Lets in only people who are bound to a user of the app, see `AuthSvc.bind`. It counts from the next login on:
    /// sessions that there are stay.
    #[serde(default)]
    known_users_only: bool,
}

fn yes() -> bool {
    true
}

#[element::ty("auths.loginTypes.QywxInnerType", meta = Login)]
impl QywxInner {
    /// What a page needs to start a login: ids, a new `state`, and the addresses of WeCom's pages, ready to open.
    pub async fn get_login_config(&self, ctx: &Ctx) -> Result<LoginConfig> {
        self.must_be_active()?;
        let state = state::issue(ctx).await?;
        let Self { corp_id, agent_id, redirect_uri, .. } = self;
        let pages = Start { corp_id, agent_id, redirect_uri, state: &state.text }.pages(ctx).await?;
        Ok(LoginConfig {
            corp_id: Some(corp_id.as_str().into()),
            agent_id: Some(agent_id.as_str().into()),
            redirect_uri: Some(redirect_uri.as_str().into()),
            state: Some(state.text),
            state_expires_at: Some(state.expires_at),
            qr_url: Some(pages.qr),
            panel_url: Some(pages.panel),
            legacy_qr_url: Some(pages.legacy_qr),
            in_client_url: Some(pages.in_client),
            in_client_agent: Some(CLIENT_AGENT.into()),
            ..LoginConfig::default()
        })
    }

    /// Trades the code that came back from WeCom for the person. A member gets a `loginCode` and the profile that
    /// WeCom grants; somebody else gets only the ids that WeCom tells. A member whom the app may not see, or who is
    /// disabled or left, is refused.
    pub async fn get_login_code(
        &self,
        ctx: &Ctx,
        /// The `code` that WeCom sent back; good for one use within five minutes.
        #[serde(alias = "code")]
        auth_code: &str,
        /// The `state` that came back beside it. Required from outside.
        state: Option<&str>,
    ) -> Result<LoginResult> {
        // A code has at most 512 bytes (page 91023). Junk goes neither to WeCom, nor does it use up a state.
        if auth_code.is_empty() || auth_code.len() > 512 {
            return Err(Error::invalid_args(
                "`authCode`: expected the code that WeCom sent back; without one the person has refused, and logs in again",
            ));
        }
        self.must_be_active()?;
        let client = self.client(ctx).await?;
        recognise(ctx, state, auth_code, identity::of_code(&client, auth_code), |who| self.recognised(&client, who)).await
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

    /// The full name of the model that keeps the members.
    #[property]
    pub fn auth_model_elem_name(&self) -> &str {
        QywxInnerAuthModel::FULL_NAME
    }
}

impl QywxInner {
    async fn client<'a>(&'a self, ctx: &'a Ctx) -> Result<Client<'a>> {
        Client::open(ctx, self.corp_id.as_str(), &self.corp_secret).await
    }

    async fn recognised(&self, client: &Client<'_>, who: Who) -> Result<Recognised> {
        Ok(match who {
            Who::Member { user_id } => {
                let user = contacts::of_login(client, &user_id).await?;
                let corp_list = vec![self.corp()];
                let identity = Identity { auth_type: Self::FULL_NAME.into(), user, corp_list, known_only: false };
                let known = if self.known_users_only { identity.known_only(client.ctx).await? } else { identity };
                QywxInnerAuthModel::keep(client.ctx, self.corp_id.as_str(), &known.user).await?;
                Recognised::Member(known.into())
            }
            Who::Linked { corp_id, user_id } => Recognised::Linked { corp_id, user_id },
            Who::Outsider { openid, external_user_id } => Recognised::Outsider { openid, external_user_id },
        })
    }

    fn must_be_active(&self) -> Result<()> {
        if self.is_active { Ok(()) } else { Err(inactive()) }
    }

    fn corp(&self) -> Corp {
        let corp_id = self.corp_id.as_str().to_owned();
        Corp { corp_name: self.corp_name.clone().unwrap_or_else(|| corp_id.clone()), corp_id }
    }

    /// The same userid in another company is another person, so the company counts too. WeCom compares userids
    /// whatever their case (page 96255).
    fn may_read(&self, caller: &Caller, user_id: &str) -> Result<()> {
        match caller {
            Caller::Element { .. } | Caller::Admin | Caller::Operator => Ok(()),
            Caller::Session(Session { user, corp, .. })
                if **corp == *self.corp_id.as_str() && user.eq_ignore_ascii_case(user_id) =>
            {
                Ok(())
            }
            Caller::Session(_) => Err(Error::new(
                ErrorKind::Refused,
                code::NOT_ALLOWED,
                "whoever is logged in reads the own profile only: give your own `userId`",
            )),
            Caller::Anonymous => {
                Err(Error::new(ErrorKind::Unauthenticated, code::LOGIN_NEEDED, "nobody is logged in: log in first"))
            }
        }
    }
}
