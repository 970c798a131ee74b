//! The config of an app that is made for other companies (代开发), and what its methods share.
use super::{
    company::{self, Company},
    provider::Provider,
    suite::Suite,
};
use crate::{
    Callback,
    callback::Crypt,
    client::Client,
    credential::{App, Made},
    values::{CallbackToken, CorpId, EncodingAesKey, Proxy, RedirectUri, ReplayWindow, SuiteId, is_plain},
};
use auths::inactive;
use element::{Ctx, Error, ErrorKind, Result, Secret, code};

/// 企业微信代开发: one template (代开发应用模板) of a provider, and the companies that authorized it. With `corpId` it is the
/// login of that company; without one it is the login of all of them, told apart by their organisation codes.
#[element::config]
pub struct QywxProxy {
    /// The template, as the provider's console shows it (服务商管理后台 → 应用管理 → 应用代开发 → the template).
    pub(super) auth_config: AuthConfig,
    /// Whether people may log in this way. If not, it stands on no login page, and the sessions that it began do not
    /// count. Callbacks go on: what WeCom tells is kept.
    #[serde(default = "yes")]
    pub(super) is_active: bool,
    /// The one company whose login this is, as the provider sees its id or as the company itself does. Several elements with
    /// the same template may each be the login of another company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) corp_id: Option<CorpId>,
    /// Where WeCom sends people back to. Its host, with its port, is a trusted domain of each company's app. If not given, it
    /// is `<PUBLIC_URL>/api/auth/qywx/callback`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) redirect_uri: Option<RedirectUri>,
    /// Lets in only people who are bound to a user of the app, see `AuthSvc.bind`. It counts from the next login on:
    /// sessions that there are stay.
    #[serde(default)]
    pub(super) known_users_only: bool,
    /// An HTTP proxy for every call to WeCom, such as `http://10.0.0.1:3128`: WeCom takes calls from the addresses of the
    /// provider's IP白名单 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) proxy: Option<Proxy>,
    /// How old a callback may be, or how far ahead, in seconds: 60 to 86400, an hour if not given. WeCom tries for less than a
    /// minute, and clocks differ. What is repeated within it is known by its record and not done again.
    #[serde(default)]
    pub(super) replay_window_seconds: ReplayWindow,
}

/// A template and whose it is.
#[element::config]
pub struct AuthConfig {
    /// The template's id, `dk…`; it is WeCom's `suite_id`.
    pub(super) suite_id: SuiteId,
    /// The template's Secret.
    pub(super) suite_secret: Secret,
    /// EncodingAESKey of the template's callback: what encrypts.
    #[serde(rename = "encodingAESKey")]
    pub(super) encoding_aes_key: EncodingAesKey,
    /// Token of the template's callback: what signs.
    pub(super) token: CallbackToken,
    /// Who makes the app. With `corpId` the verification of the callback's address is held to it; with `secret` there are links
    /// for installing, and companies are known by either form of their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<Provider>,
    /// Token and EncodingAESKey of the apps' own callback, if they are other than the template's, with which WeCom's console
    /// fills them in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) app_callback: Option<Callback>,
}

const fn yes() -> bool {
    true
}

/// Where logins end if a config does not say: an address that every host has.
const CALLBACK: &str = "/api/auth/qywx/callback";

/// What a key may speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opens {
    /// The template and, since WeCom's console fills it in there, its apps.
    TemplateAndApps,
    /// Apps in companies.
    AppsAlone,
}

/// Token and key of an address.
#[derive(Debug)]
pub(super) struct Key<'a> {
    pub(super) crypt: Crypt<'a>,
    pub(super) opens: Opens,
}

impl AuthConfig {
    /// What the template's pushes are signed and sealed with, and what the apps' are, where that is something else.
    pub(super) fn keys(&self) -> Result<Vec<Key<'_>>> {
        let crypt = Crypt::new(self.token.expose(), self.encoding_aes_key.expose())?;
        let mut keys = vec![Key { crypt, opens: Opens::TemplateAndApps }];
        if let Some(it) = &self.app_callback {
            keys.push(Key { crypt: it.crypt()?, opens: Opens::AppsAlone });
        }
        Ok(keys)
    }
}

impl QywxProxy {
    pub(super) fn suite_id(&self) -> &str {
        self.auth_config.suite_id.as_str()
    }

    pub(super) fn must_be_active(&self) -> Result<()> {
        if self.is_active { Ok(()) } else { Err(inactive()) }
    }

    /// The way to WeCom as the template.
    pub(super) async fn suite<'a>(&'a self, ctx: &'a Ctx) -> Result<Client<'a, Suite<'a>>> {
        let AuthConfig { suite_id, suite_secret, .. } = &self.auth_config;
        let suite = Suite { suite_id: suite_id.as_str(), secret: suite_secret, proxy: self.proxy.as_ref() };
        Client::open(ctx, suite).await
    }

    /// The way to WeCom as the app of a company.
    pub(super) async fn client<'a>(&'a self, ctx: &'a Ctx, company: &'a Company) -> Result<Client<'a>> {
        let (Some(secret), Some(agent_id)) = (&company.permanent_code, &company.agent_id) else {
            return Err(company::not_authorized(&company.corp_id));
        };
        let (corp_id, proxy) = (&*company.corp_id, self.proxy.as_ref());
        Client::open(ctx, App { corp_id, agent_id, secret, made: Made::ForIt, proxy }).await
    }

    /// The company that a login is for: `wanted`, or the one of the config.
    ///
    /// # Errors
    /// `InvalidArgs` if none is named, or another one than the config's; `Refused` if it has not authorized the app.
    pub(super) async fn company(&self, ctx: &Ctx, wanted: Option<&str>) -> Result<Company> {
        let own = self.corp_id.as_ref().map(CorpId::as_str);
        let Some(corp_id) = wanted.or(own) else {
            return Err(Error::invalid_args("`corpId` is missing: this login is for every company that authorized its app"));
        };
        let Some(company) = self.known(ctx, corp_id).await? else { return Err(self.not_known(corp_id)) };
        if !self.is_for(ctx, &company).await? {
            let message = "`corpId`: this login is for another company; use the one of that company";
            return Err(Error::new(ErrorKind::Refused, code::CORP_UNKNOWN, message));
        }
        company.must_be_authorized()?;
        Ok(company)
    }

    /// Is this the login of that company?
    pub(super) async fn is_for(&self, ctx: &Ctx, company: &Company) -> Result<bool> {
        let Some(own) = self.corp_id.as_ref().map(CorpId::as_str) else { return Ok(true) };
        Ok(company.is(own) || self.known(ctx, own).await?.is_some_and(|it| it.corp_id == company.corp_id))
    }

    /// Without the provider's secret WeCom does not say which company has this id for itself.
    fn not_known(&self, corp_id: &str) -> Error {
        match self.auth_config.provider.as_ref().is_some_and(Provider::has_secret) {
            false if is_plain(corp_id) => company::not_known_by_its_own_id(corp_id),
            _ => company::not_authorized(corp_id),
        }
    }

    /// A company by either form of its id, whether it is authorized now or was once.
    pub(super) async fn known(&self, ctx: &Ctx, corp_id: &str) -> Result<Option<Company>> {
        if let Some(it) = Company::find(ctx, self.suite_id(), corp_id).await? {
            return Ok(Some(it));
        }
        // Whoever comes from outside may name what it likes, and WeCom is not asked each time.
        let own = self.corp_id.as_ref().is_some_and(|it| it.as_str() == corp_id);
        if ctx.caller().is_outside() && !own {
            return Ok(None);
        }
        let Some(provider) = &self.auth_config.provider else { return Ok(None) };
        let Some(open) = provider.open_corp_id(ctx, corp_id, self.proxy.as_ref()).await? else { return Ok(None) };
        Company::remember_plain(ctx, self.suite_id(), &open, corp_id).await
    }

    /// Where logins end.
    pub(super) async fn redirect_uri(&self, ctx: &Ctx) -> Result<RedirectUri> {
        if let Some(it) = &self.redirect_uri {
            return Ok(it.clone());
        }
        let here = ctx
            .setting("PUBLIC_URL")
            .await?
            .and_then(|it| RedirectUri::try_from(format!("{}{CALLBACK}", it.trim_end_matches('/'))).ok());
        here.ok_or_else(|| {
            let message = "this login does not know where it ends: set `redirectUri` in its config, or `--public-url`";
            Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message)
        })
    }
}
