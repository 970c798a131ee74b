//! The login Meta, and the results that all its Types share.
use crate::{Corp, User};
use element::{HiddenText, Result};
use serde_json::{Map, Value};

/// A way of logging in.
#[element::meta("auths.loginTypes.Meta")]
pub trait Login {
    /// What a page needs to start a login. Each call gives a new `state`, valid for ten minutes.
    ///
    /// A way in for people of many companies may have to know which one is meant before it knows where to send somebody. It
    /// takes `orgCode` as an argument then, the code that such a company gives its people, and says `needsOrgCode` while that
    /// is not settled. A code that no company has is `NotFound` with [`ORG_UNKNOWN`](element::code::ORG_UNKNOWN) (20111).
    #[access(public)]
    async fn get_login_config(&self) -> Result<LoginConfig>;

    /// Trades the code that came back from the provider for the person it belongs to. The host's callback gives it as
    /// `code`, with the `state` that came back beside it.
    #[access(public)]
    async fn get_login_code(&self) -> Result<LoginResult>;

    /// May people log in this way now? If not, it stands on no login page, and the sessions that it began do not count.
    async fn is_active(&self) -> Result<bool>;
}

/// What a page needs to start a login. Each Type fills in what its provider knows.
#[element::data]
#[derive(Default, PartialEq, Eq)]
pub struct LoginConfig {
    /// Which company is meant is not settled: ask the person for its organisation code, and call `getLoginConfig` again with
    /// it as `orgCode`. Nothing else is of use until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_org_code: bool,
    /// The company's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corp_id: Option<String>,
    /// The app's id within the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// Where the provider sends the person back to, with `code` and `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The id of the suite or template that the app was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite_id: Option<String>,
    /// Random, for this one login; comes back beside the code and goes into `getLoginCode` with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// When `state` stops being valid, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_expires_at: Option<i64>,
    /// The page that shows a QR code, ready to open; `state` is in it. Without a language in it `&lang=zh` or `&lang=en`
    /// may be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_url: Option<String>,
    /// The same page made for a frame of 480 × 416 in a page of one's own; once it is done, it leads the whole window on.
    /// Without a language in it `&lang=zh` or `&lang=en` may be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel_url: Option<String>,
    /// What the provider's own script wants to know to make that frame, by the script's names. WeCom's is `params` of
    /// `ww.createWWLoginPanel` in `@wecom/jssdk` (page 98171); a page may put more beside them, such as `redirect_type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel: Option<Map<String, Value>>,
    /// The older page that shows a QR code, for pages that still use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy_qr_url: Option<String>,
    /// What the provider's older script wants to know, by its names: WeCom's `new WwLogin({id, …})` of `wwLogin-1.2.7.js`
    /// (page 91019).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy_panel: Option<Map<String, Value>>,
    /// The page for a login without a QR code, inside the provider's own client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_client_url: Option<String>,
    /// The same, and the person is asked to show more: what is granted is in the profile then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_client_consent_url: Option<String>,
    /// The word in the user agent by which that client is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_client_agent: Option<String>,
}

/// Whom a code belongs to. Somebody who may log in has a `loginCode`; somebody who was recognised and may not has
/// none, and only the ids that the provider told.
#[element::data]
#[derive(Default)]
pub struct LoginResult {
    /// For `AuthSvc.loginByCode`: single-use, valid for five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub login_code: Option<HiddenText>,
    /// The companies to choose from; empty without a `loginCode`.
    pub corp_list: Vec<Corp>,
    /// The person, if there is a `loginCode`.
    #[serde(flatten)]
    pub user: Option<User>,
    /// Of somebody who is no member: the person's id towards this company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// Of somebody who is no member but a customer that the app may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    /// Of a member of another company that this one shares the app with: that company's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_corp_id: Option<String>,
    /// Of a member of another company that this one shares the app with: the person's id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_user_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_config_says_only_what_there_is() {
        for (config, wire) in [
            (LoginConfig::default(), json!({})),
            (LoginConfig { needs_org_code: true, ..LoginConfig::default() }, json!({"needsOrgCode": true})),
        ] {
            assert_eq!(serde_json::to_value(&config).unwrap(), wire);
            assert_eq!(serde_json::from_value::<LoginConfig>(wire).unwrap(), config);
        }
    }

    #[test]
    fn member_and_outsider_have_the_documented_shapes_and_print_no_login_code() {
        let user = User { user_id: "zhangsan".into(), name: Some("张三".into()), ..User::default() };
        let member = LoginResult {
            login_code: Some(HiddenText("proof-of-login".into())),
            corp_list: vec![Corp { corp_id: "ww1".into(), corp_name: "Acme".into() }],
            user: Some(user),
            ..LoginResult::default()
        };
        let wire = json!({
            "loginCode": "proof-of-login", "corpList": [{"corpId": "ww1", "corpName": "Acme"}],
            "userId": "zhangsan", "name": "张三", "notGranted": [],
        });
        assert_eq!(serde_json::to_value(&member).unwrap(), wire);
        assert!(!format!("{member:?}").contains("proof-of-login"));
        let back: LoginResult = serde_json::from_value(wire).unwrap();
        assert_eq!(back.user.unwrap().user_id, "zhangsan");

        let outsider = LoginResult { openid: Some("o1".into()), ..LoginResult::default() };
        let wire = json!({"corpList": [], "openid": "o1"});
        assert_eq!(serde_json::to_value(&outsider).unwrap(), wire);
        assert!(serde_json::from_value::<LoginResult>(wire).unwrap().user.is_none());
    }
}
