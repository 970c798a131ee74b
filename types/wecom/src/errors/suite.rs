//! What those meet who make apps for other companies (第三方应用, 代开发): suites and templates, what companies granted,
//! licences.
use super::{CALL, Text, text};

const SUITE: Text = text("correct `suiteId` and `suiteSecret`: {page}", "请改正 `suiteId` 和 `suiteSecret`：{page}");
const SUITE_TOKEN: Text = text(
    "it is fetched anew; if that does not help, look whether something else uses this suite or resets its Secret: {page}",
    "它会被重新获取；仍然不行时，请检查是否有其他程序在使用该套件或重置其 Secret：{page}",
);
const SUITE_TICKET: Text = text(
    "wait for the next one, WeCom sends one every ten minutes, or have one sent: {page}; if none comes, correct the \
     callback's address, Token and EncodingAESKey there",
    "请等待下一次推送（每十分钟一次），或手动推送：{page}；一直收不到时，请改正那里的回调地址、Token 和 EncodingAESKey",
);
const INSTALL: Text = text(
    "begin the installation again, such a code is valid for twenty minutes: {page}",
    "请重新发起安装，预授权码的有效期为二十分钟：{page}",
);
const AUTHORIZE: Text = text(
    "let an administrator of the company authorize the app again, with the QR code at {page}",
    "请企业的管理员扫描“{page}”中的二维码，重新授权该应用",
);
const TEMPLATE: Text = text("give the id of one that exists: {page}", "请填写已有模板的 ID：{page}");
const OPEN_USERID: Text = text(
    "give an open_userid that WeCom told this provider, as it was told",
    "请原样填写企业微信返回给本服务商的 open_userid",
);

table! {
    40077 Upstream ProviderApps: "the pre-authorization code is unknown", "预授权码（pre_auth_code）不存在"
        => INSTALL;
    40078 Upstream Template:
        "the authorization code is unknown, expired or used",
        "临时授权码（auth_code）无效、已过期或已被使用"
        => AUTHORIZE;
    40080 Upstream Template: "WeCom refuses `suiteSecret`", "企业微信不接受 `suiteSecret`"
        => SUITE;
    40082 Upstream Template: "WeCom does not know the suite's access token", "企业微信不认可 suite_access_token"
        => SUITE_TOKEN;
    40083 Upstream Template:
        "WeCom knows no suite and no template with this `suiteId`",
        "企业微信中没有 `suiteId` 为此值的套件或代开发模板"
        => SUITE;
    40084 Upstream Template:
        "the company's permanent code is wrong, was revoked, or is another provider's",
        "该企业的永久授权码有误、已被取消授权，或属于其他服务商"
        => AUTHORIZE;
    40085 Upstream Template: "the suite ticket is unknown or expired", "suite_ticket 不存在或已失效"
        => SUITE_TICKET;
    40125 InvalidArgs None: "this is no open_userid", "这不是有效的 open_userid"
        => OPEN_USERID;
    41021 Upstream Template: "`suiteId` is missing", "缺少 `suiteId`"
        => SUITE;
    41022 Upstream None: "the suite's access token is missing", "缺少 suite_access_token"
        => CALL;
    41023 Upstream Template: "the suite ticket is missing", "缺少 suite_ticket"
        => SUITE_TICKET;
    41024 Upstream Template: "`suiteSecret` is missing", "缺少 `suiteSecret`"
        => SUITE;
    41025 Upstream Template: "the company's permanent code is missing", "缺少该企业的永久授权码"
        => AUTHORIZE;
    42007 Upstream ProviderApps: "the pre-authorization code expired", "预授权码（pre_auth_code）已过期"
        => INSTALL;
    42009 Upstream Template: "the suite's access token expired", "suite_access_token 已过期"
        => SUITE_TOKEN;
    48001 Upstream Template: "the company has not granted what this call is for", "企业没有授权此接口的功能"
        => text(
            "let an administrator of the company authorize the app, with this permission: {page}",
            "请企业的管理员授权该应用，并授予此权限：{page}",
        );
    48003 Upstream Template:
        "the suite's access token is not of the suite with this `suiteId`",
        "suite_access_token 不是由 `suiteId` 所指的套件获取的"
        => SUITE;
    48004 Upstream Template:
        "the company has not authorized the app, or has taken that back",
        "企业没有授权该应用，或已取消授权"
        => AUTHORIZE;
    60221 InvalidArgs None: "the open_userid is another provider's", "该 open_userid 属于其他服务商"
        => OPEN_USERID;
    84019 Upstream ProviderApps: "the template's id is missing", "缺少模板 ID（templateid）"
        => TEMPLATE;
    84020 Upstream ProviderApps: "there is no template with this id", "没有这个 ID 的模板"
        => TEMPLATE;
    84025 InvalidArgs None: "`state` is too long, or has other characters than it may", "`state` 过长，或含有不允许的字符"
        => text(
            "use letters and digits only, at most 128, and at most 32 in a link to authorize a template",
            "请只用字母和数字，最多 128 个；在代开发模板的授权链接中最多 32 个",
        );
    701_099 Upstream Licence: "the member has no valid licence for the interfaces", "该成员没有有效的接口许可"
        => text(
            "the provider buys a licence and activates it for the member: {page}",
            "请服务商购买接口许可，并为该成员激活：{page}",
        );
}
