//! What means something else, or is mended elsewhere, where the app was made for the company by somebody else (代开发): its
//! secret is the permanent code, which only WeCom hands out, and its config is the template's.
use super::{Text, text};

const AUTHORIZE: Text = text(
    "let an administrator of the company authorize the app again, with the QR code at {page}; if that was just done, \
     WeCom's callback about it is still to come",
    "请企业的管理员扫描“{page}”中的二维码，重新授权该应用；如果刚刚授权过，请等待企业微信的回调通知",
);
const ANEW: Text = text(
    "it was fetched anew and refused again: the company may have taken its authorization back, see {page}",
    "已重新获取，但再次被拒绝：企业可能已取消授权，请查看“{page}”",
);
const TRUSTED: Text = text(
    "enter it in the provider's IP白名单 at {page}, and wait a minute",
    "请把它填入“{page}”的“IP白名单”，约一分钟后生效",
);
const GRANT: Text = text(
    "give the template this permission at {page}, and let an administrator of the company agree to it",
    "请在“{page}”为模板开通此权限，并请企业的管理员同意变更",
);

table! {
    40001 Upstream Template:
        "WeCom refuses the company's permanent code: it was reset, or the company took its authorization back",
        "企业微信不接受该企业的永久授权码：已被重置，或企业已取消授权"
        => AUTHORIZE;
    40013 Upstream Template:
        "WeCom knows no company with this id, or not as this provider writes it",
        "企业微信中没有 ID 为此值的企业，或该 ID 不是本服务商所见的形式"
        => AUTHORIZE;
    40014 Upstream Template: "WeCom does not know the app's access token", "企业微信不认可该应用的 access_token"
        => ANEW;
    40091 Upstream Template: "the permanent code belongs to another company", "该永久授权码属于其他企业"
        => AUTHORIZE;
    42001 Upstream Template: "the app's access token expired", "该应用的 access_token 已过期"
        => ANEW;
    48002 Upstream Template: "the app may not make this call", "该应用无权调用此接口"
        => GRANT;
    60020 Upstream ProviderApps:
        "WeCom does not trust the address that the call comes from",
        "企业微信不信任发起调用的 IP 地址"
        => TRUSTED;
    301_002 Upstream Template:
        "the permanent code is not of the app with this agentId",
        "该永久授权码不属于此 agentId 所指的应用"
        => AUTHORIZE;
    301_042 Upstream ProviderApps:
        "WeCom does not trust the address that the call comes from",
        "企业微信不信任发起调用的 IP 地址"
        => TRUSTED;
}
