//! Whoever makes apps for other companies (服务商), towards WeCom: links for installing, and ids of companies in the form that
//! only this provider sees (pages 97104, 98744).
use crate::{
    client::Client,
    credential::{Credential, Made, Proof},
    values::{CorpId, Proxy, is_plain},
    wire::{lacks, take_text},
};
use element::{Ctx, Error, ErrorKind, HttpRequest, Result, Secret, code};
use serde_json::json;
use std::time::Duration;

/// A provider, as its console shows it: 服务商管理后台 → 服务商信息.
#[element::config]
pub struct Provider {
    /// CorpID of the provider's own company.
    pub(super) corp_id: CorpId,
    /// ProviderSecret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<Secret>,
}

#[derive(Debug, Clone, Copy)]
struct Login<'a> {
    corp_id: &'a str,
    secret: &'a Secret,
    proxy: Option<&'a Proxy>,
}

impl Credential for Login<'_> {
    const KIND: &'static str = "provider";
    const TOKEN: &'static str = "provider_access_token";

    fn proof(&self) -> Proof<'_> {
        Proof { owner: self.corp_id, secret: self.secret, proxy: self.proxy, made: Made::ForIt }
    }

    async fn request(&self, client: &Client<'_, Self>) -> Result<HttpRequest> {
        let body = json!({"corpid": self.corp_id, "provider_secret": self.secret.expose()});
        client.post("/cgi-bin/service/get_provider_token", &body)
    }
}

/// A link that installs the app in a company.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct InstallUrl {
    /// What the QR code holds that an administrator of the company scans with WeCom: show it as one, or open it.
    pub install_url: String,
    /// Until then it is good, in milliseconds since 1970.
    pub expires_at: i64,
}

/// The company has not authorized this provider.
const NOT_GRANTED: i64 = 48001;
/// There is no such company.
const NO_COMPANY: i64 = 40013;

/// How long it is believed what WeCom said of an id, above all that it said no.
const BELIEVED: Duration = Duration::from_secs(60);

impl Provider {
    pub(super) const fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    async fn client<'a>(&'a self, ctx: &'a Ctx, proxy: Option<&'a Proxy>) -> Result<Option<Client<'a, Login<'a>>>> {
        match &self.secret {
            Some(secret) => Client::open(ctx, Login { corp_id: self.corp_id.as_str(), secret, proxy }).await.map(Some),
            None => Ok(None),
        }
    }

    /// The id by which this provider sees a company, if it has the company's own one and WeCom tells.
    ///
    /// # Errors
    /// See `Client::call`.
    pub(super) async fn open_corp_id(&self, ctx: &Ctx, corp_id: &str, proxy: Option<&Proxy>) -> Result<Option<String>> {
        if !is_plain(corp_id) {
            return Ok(None);
        }
        let Some(client) = self.client(ctx, proxy).await? else { return Ok(None) };
        let (keys, key) = (ctx.host_keys(), format!("{}|open|{}", client.app_key, corp_id.to_ascii_lowercase()));
        if let Some(told) = keys.get::<Option<String>>(&key).await? {
            return Ok(told);
        }
        let request = client.post("/cgi-bin/service/corpid_to_opencorpid", &json!({"corpid": corp_id}))?;
        let told = match client.call(&request).await {
            Ok(mut fields) => take_text(&mut fields, "open_corpid"),
            Err(e) if matches!(e.code, NOT_GRANTED | NO_COMPANY) => None,
            Err(e) => return Err(e),
        };
        keys.set(&key, &told, BELIEVED).await?;
        Ok(told)
    }

    /// A link for installing a template; `state` comes back with the authorization.
    ///
    /// # Errors
    /// See `Client::call`; `Unavailable` without the provider's secret.
    pub(super) async fn install_url(
        &self,
        ctx: &Ctx,
        suite_id: &str,
        state: &str,
        proxy: Option<&Proxy>,
    ) -> Result<InstallUrl> {
        let client = self.client(ctx, proxy).await?.ok_or_else(no_provider)?;
        let body = json!({"state": state, "templateid_list": [suite_id]});
        let mut fields = client.call(&client.post("/cgi-bin/service/get_customized_auth_url", &body)?).await?;
        let seconds = fields.get("expires_in").and_then(serde_json::Value::as_i64).unwrap_or(864_000);
        let install_url = take_text(&mut fields, "qrcode_url").ok_or_else(|| lacks("qrcode_url"))?;
        Ok(InstallUrl { install_url, expires_at: ctx.now().saturating_add(seconds.saturating_mul(1000)) })
    }
}

pub(super) fn no_provider() -> Error {
    let message = "a link for installing needs the provider: set `authConfig.provider` to its `corpId` and `secret`, which are at \
                   服务商管理后台 → 服务商信息; without it, companies scan the template's own QR code in the console";
    Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message)
}
