//! The pages of WeCom's consoles on which somebody mends what WeCom refuses.
use super::Text;

/// A page: of the console of a company (`work.weixin.qq.com`), or of the one for those who make apps for others
/// (`open.work.weixin.qq.com`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing in a console mends it.
    None,
    App,
    AgentId,
    Secret,
    Range,
    TrustedIp,
    /// The domains that a login by QR code may come back to.
    LoginDomain,
    /// The domains whose pages may log in inside the client, and may use the JS-SDK.
    TrustedDomain,
    /// Where messages to the app are sent on to.
    Receive,
    Contacts,
    Company,
    CompanyInfo,
    WeChatPlugin,
    /// Not in a console, but as good as: ends some of the limits (page 90313, 45009).
    Unblock,
    ProviderApps,
    Template,
    Licence,
}

impl Place {
    /// The way to it through the console's menus, which are in Chinese. Empty where there is no page.
    pub(super) const fn path(self) -> Text {
        let (en, zh) = match self {
            Self::None => ("", ""),
            Self::App => ("应用管理 → the app", "应用管理 → 该应用"),
            Self::AgentId => ("应用管理 → the app → AgentId", "应用管理 → 该应用 → AgentId"),
            Self::Secret => ("应用管理 → the app → Secret", "应用管理 → 该应用 → Secret"),
            Self::Range => ("应用管理 → the app → 可见范围", "应用管理 → 该应用 → 可见范围"),
            Self::TrustedIp => ("应用管理 → the app → 企业可信IP", "应用管理 → 该应用 → 企业可信IP"),
            Self::LoginDomain => ("应用管理 → the app → 企业微信授权登录", "应用管理 → 该应用 → 企业微信授权登录"),
            Self::TrustedDomain => ("应用管理 → the app → 网页授权及JS-SDK", "应用管理 → 该应用 → 网页授权及JS-SDK"),
            Self::Receive => ("应用管理 → the app → 接收消息", "应用管理 → 该应用 → 接收消息"),
            Self::Contacts => ("通讯录", "通讯录"),
            Self::Company => ("我的企业", "我的企业"),
            Self::CompanyInfo => ("我的企业 → 企业信息", "我的企业 → 企业信息"),
            Self::WeChatPlugin => ("我的企业 → 微信插件", "我的企业 → 微信插件"),
            Self::Unblock => ("频率自助解封工具", "频率自助解封工具"),
            Self::ProviderApps => ("服务商管理后台 → 应用管理", "服务商管理后台 → 应用管理"),
            Self::Template => {
                ("服务商管理后台 → 应用管理 → 应用代开发 → the template", "服务商管理后台 → 应用管理 → 应用代开发 → 该模板")
            }
            Self::Licence => ("服务商管理后台 → 接口调用许可", "服务商管理后台 → 接口调用许可"),
        };
        Text { en, zh }
    }

    /// The address to open. The consoles give single apps addresses of their own, which only they know: the last steps of
    /// the path are left to whoever opens it.
    pub(super) const fn url(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::App
            | Self::AgentId
            | Self::Secret
            | Self::Range
            | Self::TrustedIp
            | Self::LoginDomain
            | Self::TrustedDomain
            | Self::Receive => "https://work.weixin.qq.com/wework_admin/frame#apps",
            Self::Contacts => "https://work.weixin.qq.com/wework_admin/frame#contacts",
            Self::Company | Self::CompanyInfo | Self::WeChatPlugin => {
                "https://work.weixin.qq.com/wework_admin/frame#profile"
            }
            Self::Unblock => "https://open.work.weixin.qq.com/wwopen/devtool/checkCorpSpamBlock",
            Self::ProviderApps | Self::Template | Self::Licence => "https://open.work.weixin.qq.com/wwopen/developer#/index",
        })
    }
}
