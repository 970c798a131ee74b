//! The config of a self-built app, and what its methods share.
use crate::{
    callback::Callback,
    client::Client,
    credential::{App, Made},
    member::Terms,
    values::{AgentId, CorpId, Proxy, RedirectUri, SyncMinutes},
};
use auths::{Corp, inactive};
use element::{Caller, Ctx, Error, ErrorKind, Result, Secret, Session, code};

/// 企业微信自建应用: logging in by QR code in a browser, and without one inside the WeCom client.
#[element::config]
pub struct QywxInner {
    /// 企业 ID, as the WeCom console shows it: 我的企业 → 企业信息.
    pub(super) corp_id: CorpId,
    /// Secret of the app: 应用管理 → the app → Secret.
    pub(super) corp_secret: Secret,
    /// AgentId of the app: 应用管理 → the app. Digits, as a text or a number.
    pub(super) agent_id: AgentId,
    /// Where WeCom sends people back to. Its host, with its port, is registered at 应用管理 → the app → 企业微信授权登录
    /// and 网页授权及JS-SDK.
    pub(super) redirect_uri: RedirectUri,
    /// The company's name for `corpList`. WeCom does not tell it to such an app; without it, it is `corpId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) corp_name: Option<String>,
    /// Whether people may log in this way. If not, it stands on no login page, and the sessions that it began do not
    /// count. Syncing and callbacks go on.
    #[serde(default = "yes")]
    pub(super) is_active: bool,
    /// Lets in only people who are bound to a user of the app, see `AuthSvc.bind`. It counts from the next login on:
    /// sessions that there are stay.
    #[serde(default)]
    pub(super) known_users_only: bool,
    /// An HTTP proxy for every call to WeCom, such as `http://10.0.0.1:3128`: WeCom takes calls from the app's 企业可信IP
    /// only, and a company may have just one of those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) proxy: Option<Proxy>,
    /// Lets WeCom tell of changed contacts at once, at this element's `notify` address. The console shows both parts:
    /// 应用管理 → the app → 接收消息 → 设置API接收.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) callback: Option<Callback>,
    /// Syncs departments and members so often, and once as soon as the element is there; into the records of the app that
    /// has this config, not of those that inherit it. Without it they are synced when somebody calls `syncDepartmentInfo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sync_every_minutes: Option<SyncMinutes>,
}

fn yes() -> bool {
    true
}

impl QywxInner {
    pub(super) async fn client<'a>(&'a self, ctx: &'a Ctx) -> Result<Client<'a>> {
        let app = App {
            corp_id: self.corp_id.as_str(),
            agent_id: self.agent_id.as_str(),
            secret: &self.corp_secret,
            made: Made::ByItself,
            proxy: self.proxy.as_ref(),
        };
        Client::open(ctx, app).await
    }

    pub(super) fn must_be_active(&self) -> Result<()> {
        if self.is_active { Ok(()) } else { Err(inactive()) }
    }

    /// How whoever belongs to the company logs in.
    pub(super) fn terms(&self) -> Terms {
        let corp_id = self.corp_id.as_str().to_owned();
        let corp = Corp { corp_name: self.corp_name.clone().unwrap_or_else(|| corp_id.clone()), corp_id };
        Terms { auth_type: Self::FULL_NAME, corp, known_only: self.known_users_only }
    }

    /// The same userid in another company is another person, so the company counts too. WeCom compares userids
    /// whatever their case (page 96255).
    pub(super) fn may_read(&self, caller: &Caller, user_id: &str) -> Result<()> {
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
