//! The pages that a person's browser is sent to.
use crate::{
    bases::{LOGIN, OPEN, OPEN_WORK},
    values::{AgentId, CorpId, RedirectUri},
};
use element::{Ctx, Result};
use url::form_urlencoded::byte_serialize;

/// What the user agent of every WeCom client has in it, and WeChat's has not. No page documents it; every client shows it.
pub(crate) const CLIENT_AGENT: &str = "wxwork";

/// The app that a person logs in to, and the state of this one login.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub(crate) corp_id: &'a CorpId,
    pub(crate) agent_id: &'a AgentId,
    pub(crate) redirect_uri: &'a RedirectUri,
    pub(crate) state: &'a str,
}

/// The pages of one login.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pages {
    pub(crate) qr: String,
    pub(crate) panel: String,
    pub(crate) legacy_qr: String,
    pub(crate) in_client: String,
}

impl Start<'_> {
    pub(crate) async fn pages(&self, ctx: &Ctx) -> Result<Pages> {
        Ok(Pages {
            qr: self.qr(&LOGIN.address(ctx).await?),
            panel: self.panel(&LOGIN.address(ctx).await?),
            legacy_qr: self.legacy_qr(&OPEN_WORK.address(ctx).await?),
            in_client: self.in_client(&OPEN.address(ctx).await?),
        })
    }

    /// The page with the QR code (page 98152).
    fn qr(&self, site: &str) -> String {
        let query = query(&[
            ("login_type", "CorpApp"),
            ("appid", self.corp_id.as_str()),
            ("agentid", self.agent_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("state", self.state),
        ]);
        format!("{site}/wwlogin/sso/login?{query}")
    }

    /// The same page as the component of `@wecom/jssdk` frames it (page 98171): it leads the top window on, is 480 × 416,
    /// and light or dark as the browser is.
    fn panel(&self, site: &str) -> String {
        format!("{}&redirect_type=top&panel_size=middle&color_scheme=auto", self.qr(site))
    }

    /// The older page with the QR code (page 91019). WeCom still serves it.
    fn legacy_qr(&self, site: &str) -> String {
        let query = query(&[
            ("appid", self.corp_id.as_str()),
            ("agentid", self.agent_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("state", self.state),
        ]);
        format!("{site}/wwopen/sso/qrConnect?{query}")
    }

    /// The silent redirect inside the WeCom client (page 91022). WeCom looks for the fragment at the very end.
    fn in_client(&self, site: &str) -> String {
        let query = query(&[
            ("appid", self.corp_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", "snsapi_base"),
            ("state", self.state),
            ("agentid", self.agent_id.as_str()),
        ]);
        format!("{site}/connect/oauth2/authorize?{query}#wechat_redirect")
    }
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

    #[track_caller]
    fn check(redirect_uri: &str, encoded: &str) {
        let (corp_id, agent_id) = ("ww1".to_owned().try_into().unwrap(), serde_json::from_str("1000002").unwrap());
        let redirect_uri = redirect_uri.to_owned().try_into().unwrap();
        let start = Start { corp_id: &corp_id, agent_id: &agent_id, redirect_uri: &redirect_uri, state: "abc123" };
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
            start.in_client("https://o"),
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
    fn addresses_survive_their_way_through_a_query() {
        check("https://a.com/callback", "https%3A%2F%2Fa.com%2Fcallback");
        check("http://a.com:8080/x?a=1&b=2+3", "http%3A%2F%2Fa.com%3A8080%2Fx%3Fa%3D1%26b%3D2%2B3");
        check("https://a.com/登录 页", "https%3A%2F%2Fa.com%2F%E7%99%BB%E5%BD%95%20%E9%A1%B5");
    }
}
