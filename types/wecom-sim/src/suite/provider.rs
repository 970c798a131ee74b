//! A provider (服务商) as data: who develops for other companies, and with which templates.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::check::is_plain_id;
use crate::push::{Callback, PushFormat};
use crate::secret::{MASK, Secret};

/// What stands where an address would, so that the rest of a callback can be looked at alone.
const NOWHERE: &str = "http://localhost/";

/// A provider, who develops apps for other companies (代开发). A simulator has one at most.
///
/// Made by [`Provider::from_json`], which checks it.
///
/// ```
/// let provider = wecom_sim::Provider::from_json(r#"{
///     "corpId": "ww0123456789abcdef",
///     "secret": "a-secret",
///     "templates": [{
///         "suiteId": "dk0123456789abcdef",
///         "secret": "another-secret",
///         "token": "Token",
///         "encodingAESKey": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
///     }]
/// }"#);
/// assert!(provider.is_ok());
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provider {
    /// The provider's own company, `ww` and 16 hexadecimal digits in reality. It need not be one of
    /// the companies that are simulated.
    pub(crate) corp_id: String,
    /// What `get_provider_token` takes as `provider_secret`.
    pub(crate) secret: Secret,
    /// Addresses that may call as a template, as the provider or as a customized app; others get 60020.
    /// Empty lets all, unless [`require_trusted_ips`](crate::Options::require_trusted_ips) is set.
    #[serde(default)]
    pub(crate) trusted_ips: Vec<IpAddr>,
    #[serde(default)]
    pub(crate) templates: Vec<Template>,
}

/// A template (代开发应用模板): what companies install, and its suite.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// `dk` and 16 hexadecimal digits: the template's id and its suite_id are the same (page 97162).
    pub suite_id: String,
    /// The display name, which its installs get; the suiteId when left out.
    #[serde(default)]
    pub name: String,
    /// What `get_suite_token` takes as `suite_secret`.
    pub secret: Secret,
    /// What signatures are made with: up to 32 letters and digits.
    pub token: Secret,
    /// What texts are sealed with: 43 letters and digits.
    #[serde(rename = "encodingAESKey")]
    pub encoding_aes_key: Secret,
    /// Where tickets and news of installs are pushed to; left out, nowhere.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// How the pushes are written; XML when left out.
    #[serde(default)]
    pub format: PushFormat,
}

impl Provider {
    /// The demo's provider, with one template that pushes nothing yet: `src/provider.json`.
    pub fn demo() -> Self {
        // The file is part of the crate and a test reads it, so this cannot fail for a user.
        Self::from_json(include_str!("../provider.json")).expect("the demo's provider is well formed")
    }

    /// Reads a provider, fills what was left out and checks it.
    ///
    /// # Errors
    ///
    /// What is wrong and what to write, as one text.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let mut provider: Self = serde_json::from_str(text).map_err(|error| format!("this is not a provider: {error}"))?;
        for template in provider.templates.iter_mut().filter(|template| template.name.is_empty()) {
            template.name.clone_from(&template.suite_id);
        }
        provider.check()?;
        Ok(provider)
    }

    /// The id of the provider's own company.
    pub fn corp_id(&self) -> &str {
        &self.corp_id
    }

    /// The templates, in the order given.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    fn check(&self) -> Result<(), String> {
        if !is_plain_id(&self.corp_id) {
            return Err("corpId must be 1 to 64 letters, digits, `_` or `-`, as in ww0123456789abcdef".into());
        }
        check_secret(&self.secret).map_err(|what| format!("provider {}: {what}", self.corp_id))?;
        let mut seen = BTreeSet::new();
        for template in &self.templates {
            let checked =
                if seen.insert(&template.suite_id) { template.check() } else { Err("suiteId is there twice".into()) };
            checked.map_err(|what| format!("template `{}`: {what}", template.suite_id))?;
        }
        Ok(())
    }
}

impl Template {
    /// What pushes go to; `None` without an address.
    pub(crate) fn callback(&self) -> Option<Callback> {
        self.callback_url.as_deref().map(|url| self.callback_at(url))
    }

    /// The same at this address.
    pub(crate) fn callback_at(&self, url: &str) -> Callback {
        Callback {
            url: url.to_owned(),
            token: self.token.clone(),
            encoding_aes_key: self.encoding_aes_key.clone(),
            format: self.format,
            trimmed: None,
        }
    }

    fn check(&self) -> Result<(), String> {
        let digits = self.suite_id.strip_prefix("dk").filter(|digits| digits.len() == 16);
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if !digits.is_some_and(|digits| digits.bytes().all(lower_hex)) {
            return Err("suiteId must be `dk` and 16 hexadecimal digits in lower case, as in dk0123456789abcdef".into());
        }
        check_secret(&self.secret)?;
        self.callback_at(self.callback_url.as_deref().unwrap_or(NOWHERE)).check()
    }
}

fn check_secret(secret: &Secret) -> Result<(), String> {
    let secret = secret.reveal();
    if secret.is_empty() || secret == MASK || secret.contains(char::is_whitespace) {
        return Err("secret is a text without spaces, and not the mask ***".into());
    }
    Ok(())
}
