//! The pages that a person's browser is sent to.
use crate::{
    bases::{LOGIN, OPEN, OPEN_WORK},
    values::{AgentId, Lang, RedirectUri, web_address},
};
use auths::LoginConfig;
use element::{Ctx, Error, Result};
use serde_json::{Map, Value};
use url::form_urlencoded::byte_serialize;

/// What the user agent of every WeCom client has in it, and WeChat's has not. No page documents it; every client shows it.
pub(crate) const CLIENT_AGENT: &str = "wxwork";

/// The app that a person logs in to, and the state of this one login.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub(crate) corp_id: &'a str,
    pub(crate) agent_id: &'a AgentId,
    pub(crate) redirect_uri: &'a RedirectUri,
    pub(crate) state: &'a str,
    /// What the pages are written in; without it WeCom's pages are in Chinese, the older ones as the browser likes.
    pub(crate) lang: Option<Lang>,
}

/// How the older panel is to look and to end (page 91019).
#[derive(Debug, Default)]
pub(crate) struct Legacy<'a> {
    /// A style sheet at an https address.
    pub(crate) href: Option<&'a str>,
    /// The frame goes to `redirect_uri` itself, and not the window around it.
    pub(crate) self_redirect: bool,
}

impl<'a> Legacy<'a> {
    /// # Errors
    /// `InvalidArgs`: `href` is no such address.
    pub(crate) fn new(href: Option<&'a str>, self_redirect: Option<bool>) -> Result<Self> {
        if href.is_some_and(|it| !it.starts_with("https://") || web_address(it).is_none()) {
            return Err(Error::invalid_args("`href`: expected the address of a style sheet that starts with https://"));
        }
        Ok(Self { href, self_redirect: self_redirect.unwrap_or_default() })
    }
}

/// How much a login inside the client may ask for (page 91022).
#[derive(Debug, Clone, Copy)]
enum Scope {
    /// Who it is; nobody is asked.
    Base,
    /// The person is asked what else to show.
    PrivateInfo,
}

impl Start<'_> {
    /// Everything of it that a page needs.
    pub(crate) async fn config(&self, ctx: &Ctx, legacy: &Legacy<'_>) -> Result<LoginConfig> {
        let (login, open) = (LOGIN.address(ctx).await?, OPEN.address(ctx).await?);
        Ok(LoginConfig {
            corp_id: Some(self.corp_id.into()),
            agent_id: Some(self.agent_id.as_str().into()),
            redirect_uri: Some(self.redirect_uri.as_str().into()),
            state: Some(self.state.into()),
            qr_url: Some(self.qr(&login)),
            panel_url: Some(self.panel_url(&login)),
            panel: Some(self.panel()),
            legacy_qr_url: Some(self.legacy_qr(&OPEN_WORK.address(ctx).await?)),
            legacy_panel: Some(self.legacy_panel(legacy)),
            in_client_url: Some(self.in_client(&open, Scope::Base)),
            in_client_consent_url: Some(self.in_client(&open, Scope::PrivateInfo)),
            in_client_agent: Some(CLIENT_AGENT.into()),
            ..LoginConfig::default()
        })
    }

    /// What every page with a QR code is told.
    fn app(&self) -> Vec<(&str, &str)> {
        let mut all = vec![
            ("appid", self.corp_id),
            ("agentid", self.agent_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("state", self.state),
        ];
        all.extend(self.lang.map(|it| ("lang", it.as_str())));
        all
    }

    /// The same for the newer page, which serves several kinds of logins.
    fn app_of_company(&self) -> Vec<(&str, &str)> {
        [vec![("login_type", "CorpApp")], self.app()].concat()
    }

    /// The page with the QR code (page 98152).
    fn qr(&self, site: &str) -> String {
        format!("{site}/wwlogin/sso/login?{}", query(&self.app_of_company()))
    }

    /// The same page as the component of `@wecom/jssdk` frames it (page 98171): it leads the top window on, is 480 × 416,
    /// and light or dark as the browser is.
    fn panel_url(&self, site: &str) -> String {
        format!("{}&redirect_type=top&panel_size=middle&color_scheme=auto", self.qr(site))
    }

    /// What that component is told; it does the encoding itself.
    fn panel(&self) -> Map<String, Value> {
        object(&self.app_of_company())
    }

    /// The older page with the QR code (page 91019). WeCom still serves it.
    fn legacy_qr(&self, site: &str) -> String {
        format!("{site}/wwopen/sso/qrConnect?{}", query(&self.app()))
    }

    /// What the older script is told: everything but the `id` of the element on the page. It encodes nothing.
    fn legacy_panel(&self, legacy: &Legacy<'_>) -> Map<String, Value> {
        let mut panel = object(&self.app());
        panel.insert("redirect_uri".into(), encode(self.redirect_uri.as_str()).into());
        panel.insert("href".into(), legacy.href.unwrap_or_default().into());
        panel.insert("self_redirect".into(), legacy.self_redirect.into());
        panel
    }

    /// The redirect inside the WeCom client (page 91022). WeCom looks for the fragment at the very end.
    fn in_client(&self, site: &str, scope: Scope) -> String {
        let scope = match scope {
            Scope::Base => "snsapi_base",
            Scope::PrivateInfo => "snsapi_privateinfo",
        };
        let query = query(&[
            ("appid", self.corp_id),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", scope),
            ("state", self.state),
            ("agentid", self.agent_id.as_str()),
        ]);
        format!("{site}/connect/oauth2/authorize?{query}#wechat_redirect")
    }
}

fn object(pairs: &[(&str, &str)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

fn query(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// Percent-encoding for a query. A space is `%20`, because not every reader takes `+` for one; a `+` of the text itself
/// is `%2B` by then.
fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(redirect_uri: &str, encoded: &str) {
        let (corp_id, agent_id) = ("ww1", serde_json::from_str("1000002").unwrap());
        let redirect_uri = redirect_uri.to_owned().try_into().unwrap();
        let start = Start { corp_id, agent_id: &agent_id, redirect_uri: &redirect_uri, state: "abc123", lang: None };
        assert_eq!(
            start.qr("https://l"),
            format!(
                "https://l/wwlogin/sso/login?login_type=CorpApp&appid=ww1&agentid=1000002&redirect_uri={encoded}&state=abc123"
            )
        );
        assert_eq!(
            start.legacy_qr("https://w"),
            format!("https://w/wwopen/sso/qrConnect?appid=ww1&agentid=1000002&redirect_uri={encoded}&state=abc123")
        );
        assert_eq!(
            start.in_client("https://o", Scope::Base),
            format!(
                "https://o/connect/oauth2/authorize?appid=ww1&redirect_uri={encoded}&response_type=code&scope=snsapi_base\
                 &state=abc123&agentid=1000002#wechat_redirect"
            )
        );
        let qr = url::Url::parse(&start.qr("https://l")).unwrap();
        let read = qr.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1;
        assert_eq!(read, redirect_uri.as_str(), "whoever decodes it gets what was written");
    }

    #[test]
    fn what_scripts_are_told_and_the_language() {
        let (corp_id, agent_id) = ("ww1", serde_json::from_str("1000002").unwrap());
        let redirect_uri = "https://a.com/x?y=1".to_owned().try_into().unwrap();
        let (lang, state) = (Some(Lang::En), "abc123");
        let start = Start { corp_id, agent_id: &agent_id, redirect_uri: &redirect_uri, state, lang };
        assert_eq!(
            Value::Object(start.panel()),
            json!({
                "login_type": "CorpApp", "appid": "ww1", "agentid": "1000002", "redirect_uri": "https://a.com/x?y=1",
                "state": "abc123", "lang": "en",
            })
        );
        assert_eq!(
            Value::Object(start.legacy_panel(&Legacy { href: Some("https://a.com/login.css"), self_redirect: true })),
            json!({
                "appid": "ww1", "agentid": "1000002", "redirect_uri": "https%3A%2F%2Fa.com%2Fx%3Fy%3D1", "state": "abc123",
                "lang": "en", "href": "https://a.com/login.css", "self_redirect": true,
            })
        );
        for address in [start.qr("https://l"), start.legacy_qr("https://w")] {
            assert!(address.ends_with("&state=abc123&lang=en"), "{address}");
        }
        let consent = start.in_client("https://o", Scope::PrivateInfo);
        assert!(consent.contains("&scope=snsapi_privateinfo&") && consent.ends_with("&agentid=1000002#wechat_redirect"));
    }

    #[test]
    fn addresses_survive_their_way_through_a_query() {
        check("https://a.com/callback", "https%3A%2F%2Fa.com%2Fcallback");
        check("http://a.com:8080/x?a=1&b=2+3", "http%3A%2F%2Fa.com%3A8080%2Fx%3Fa%3D1%26b%3D2%2B3");
        check("https://a.com/登录 页", "https%3A%2F%2Fa.com%2F%E7%99%BB%E5%BD%95%20%E9%A1%B5");
    }
}
