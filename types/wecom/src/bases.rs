//! Where WeCom is. Settings point the Types at another one, such as a simulator.
use crate::values::web_address;
use element::{Ctx, Error, ErrorKind, Result, code};

/// One of WeCom's hosts.
#[derive(Debug)]
pub(crate) struct Base {
    /// The operator's setting that stands in for it.
    setting: &'static str,
    /// WeCom's own.
    own: &'static str,
}

/// The API (page 90313).
pub(crate) const API: Base = Base { setting: "WECOM_API_BASE", own: "https://qyapi.weixin.qq.com" };
/// The page with the QR code (page 98152).
pub(crate) const LOGIN: Base = Base { setting: "WECOM_LOGIN_BASE", own: "https://login.work.weixin.qq.com" };
/// The page for a login inside the client (page 91022).
pub(crate) const OPEN: Base = Base { setting: "WECOM_OPEN_BASE", own: "https://open.weixin.qq.com" };
/// The older page with the QR code (page 91019).
pub(crate) const OPEN_WORK: Base = Base { setting: "WECOM_OPEN_WORK_BASE", own: "https://open.work.weixin.qq.com" };

/// The names of all settings that this crate reads. Each is an address, `http` or `https`, without a path or with one
/// that goes before WeCom's own.
pub const SETTINGS: &[&str] = &[API.setting, LOGIN.setting, OPEN.setting, OPEN_WORK.setting];
element::settings!(SETTINGS);

impl Base {
    /// The address in force, without a slash at its end.
    ///
    /// # Errors
    /// `Unavailable` if the setting is no address; the text names it.
    pub(crate) async fn address(&self, ctx: &Ctx) -> Result<String> {
        let Some(set) = ctx.setting(self.setting).await? else { return Ok(self.own.into()) };
        let address = set.trim().trim_end_matches('/');
        if web_address(address).is_some_and(|it| it.query().is_none()) {
            return Ok(address.into());
        }
        let message = format!("the setting `{}` is no address: write it like `{}`", self.setting, self.own);
        Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message))
    }

    /// Is this address WeCom's own?
    pub(crate) fn is_own(&self, address: &str) -> bool {
        address == self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_host::TestHost;

    #[tokio::test]
    async fn settings_stand_in_for_wecoms_own_hosts() {
        let host = TestHost::new(|_| panic!("no request is made here"));
        assert_eq!(API.address(&host.ctx()).await.unwrap(), "https://qyapi.weixin.qq.com");
        for (set, expected) in [
            ("http://127.0.0.1:8090/", Some("http://127.0.0.1:8090")),
            (" https://proxy.acme.com/wecom/ ", Some("https://proxy.acme.com/wecom")),
            ("127.0.0.1:8090", None),
            ("ftp://127.0.0.1", None),
            ("https://a:b@proxy", None),
            ("https://proxy?x=1", None),
            ("", None),
        ] {
            host.set(LOGIN.setting, set);
            let got = LOGIN.address(&host.ctx()).await;
            if let Err(e) = &got {
                assert!(e.message.contains("WECOM_LOGIN_BASE"), "{e}");
            }
            assert_eq!(got.ok().as_deref(), expected, "{set}");
        }
    }
}
