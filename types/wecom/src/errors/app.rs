//! What any app can meet: its secret and token, its permissions, limits, addresses and domains, its company.
use super::{CALL, Text, text};

// Rows with either page share it, so both are written out.
const SECRET: Text = text(
    "correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried \
     again after 15 seconds, then more and more rarely, a changed one at once",
    "请改正 `corpId` 和 `corpSecret`：“我的企业 → 企业信息”和“应用管理 → 该应用 → Secret”；同一配置 15 秒后重试，\
     之后间隔越来越长，改动后的配置会立即重试",
);
const AGENT: Text = text("correct `agentId`: {page}", "请改正 `agentId`：{page}");
const TOKEN: Text = text(
    "it was fetched anew and refused again: look whether something else uses or resets this app's Secret",
    "已重新获取，但再次被拒绝：请检查是否有其他程序在使用或重置该应用的 Secret",
);
// Apps made for others are trusted by another list, and the number does not tell whose the app is.
const TRUSTED: Text = text(
    "enter it at {page} (of an app made for others: in the provider's IP白名单), and wait a minute",
    "请把它填入“{page}”（第三方应用和代开发应用：填入服务商后台的“IP白名单”），约一分钟后生效",
);
const WAIT: Text = text(
    "wait: a limit per minute ends after a minute, one per hour after an hour",
    "请等待：每分钟的限制一分钟后解除，每小时的限制一小时后解除",
);
const PERMISSION: Text = text(
    "give the app this permission, or use one that has it: {page}",
    "请为该应用开通此权限，或改用有此权限的应用：{page}",
);
const COMPANY: Text = text("ask WeCom why, and have it lifted: {page}", "请向企业微信了解原因并申请解除：{page}");

table! {
    -1 Unavailable None: "WeCom is busy", "企业微信系统繁忙"
        => text("try again in a few seconds; three retries were made", "已自动重试三次，请过几秒再试");
    40001 Upstream Secret:
        "WeCom refuses the app's secret: wrong, reset, of another company, or the app is stopped",
        "企业微信不接受该应用的 Secret：填写有误、已被重置、属于其他企业，或者应用已停用"
        => SECRET;
    40013 Upstream CompanyInfo: "WeCom knows no company with this `corpId`", "企业微信中没有 `corpId` 为此值的企业"
        => SECRET;
    40014 Upstream Secret: "WeCom does not know the app's access token", "企业微信不认可该应用的 access_token"
        => TOKEN;
    40035 Upstream None: "a parameter is wrong", "调用参数不合法"
        => CALL;
    40056 Upstream AgentId: "there is no app with this `agentId`", "没有 `agentId` 为此值的应用"
        => AGENT;
    40057 Upstream Receive:
        "the callback's address is not valid, or did not pass WeCom's check",
        "回调地址不合法，或没有通过企业微信的验证"
        => text(
            "let the address be open to the internet and answer within a second, with the same Token and EncodingAESKey on \
             both sides, and save it again: {page}",
            "请确认该地址可从公网访问并能在一秒内应答，两边的 Token 和 EncodingAESKey 一致，然后重新保存：{page}",
        );
    40058 Upstream None: "a parameter is wrong", "调用参数不合法"
        => CALL;
    40063 Upstream None: "a parameter is missing", "缺少调用参数"
        => CALL;
    40091 Upstream Secret: "the app's secret belongs to another company", "该应用的 Secret 属于其他企业"
        => SECRET;
    40093 InvalidArgs None: "the page's signature for the JS-SDK is wrong", "页面的 JS-SDK 签名错误"
        => text(
            "sign the page's own address without what follows `#`, with the time in seconds and a ticket in force: the \
             company's for `wx.config`, the app's for `wx.agentConfig`",
            "请用当前页面的完整地址（不含 `#` 及其后的部分）、以秒为单位的时间和有效的 ticket 签名：`wx.config` 用企业的，\
             `wx.agentConfig` 用应用的",
        );
    41001 Upstream None: "the access token is missing", "缺少 access_token"
        => CALL;
    41002 Upstream CompanyInfo: "`corpId` is missing", "缺少 `corpId`"
        => SECRET;
    41004 Upstream Secret: "`corpSecret` is missing", "缺少 `corpSecret`"
        => SECRET;
    41011 Upstream AgentId: "`agentId` is missing", "缺少 `agentId`"
        => AGENT;
    42001 Upstream Secret: "the app's access token expired", "该应用的 access_token 已过期"
        => TOKEN;
    42012 InvalidArgs None: "the ticket for the JS-SDK is of no use here", "此处不能使用这个 jsapi_ticket"
        => text(
            "fetch it where it is made for this, with the same app's token: `get_jsapi_ticket` for `wx.config`, `ticket/get` \
             for `wx.agentConfig`",
            "请用同一应用的 access_token 从对应的接口获取：`wx.config` 用 `get_jsapi_ticket`，\
             `wx.agentConfig` 用 `ticket/get`",
        );
    45009 RateLimited Unblock: "too many calls to WeCom", "调用企业微信过于频繁"
        => WAIT;
    45029 InvalidArgs None: "the answer would be too large", "返回的内容超过大小上限"
        => text("ask for less at once: one department after the other", "请减少一次获取的内容：逐个部门获取");
    45031 Upstream Secret: "WeCom finds the app's secret too weak", "企业微信认为该应用的 Secret 不够安全"
        => text("reset it at {page}, and change `corpSecret`", "请在“{page}”重置，并修改 `corpSecret`");
    45033 RateLimited None: "too many calls to WeCom at the same time", "同时调用企业微信的请求过多"
        => text("try again in a few seconds", "请过几秒再试");
    48002 Upstream App: "the app may not make this call", "该应用无权调用此接口"
        => PERMISSION;
    48005 Upstream None: "WeCom gave this call up", "企业微信已废弃此接口"
        => CALL;
    48006 Upstream App:
        "the app was idle for long, and WeCom took this permission back",
        "该应用长期未使用，企业微信已收回此权限"
        => PERMISSION;
    48009 Upstream Secret:
        "contact sync may not make this call from a new address",
        "通讯录同步助手不能从新增的地址调用此接口"
        => text("use the Secret of an app: {page}", "请改用应用的 Secret：{page}");
    49004 InvalidArgs None: "a signature does not match what was sent", "签名与发送的内容不匹配"
        => text(
            "sign exactly what is sent, with the ticket or secret that is in force",
            "请用当前有效的 ticket 或 Secret，对实际发送的内容重新签名",
        );
    50003 Upstream App: "the app is disabled", "该应用已被停用"
        => text("enable it at {page}", "请在“{page}”启用它");
    60020 Upstream TrustedIp:
        "WeCom does not trust the address that the call comes from",
        "企业微信不信任发起调用的 IP 地址"
        => TRUSTED;
    60031 Upstream Company: "WeCom barred the app from its interfaces", "企业微信已禁止该应用调用接口"
        => COMPANY;
    80001 Upstream TrustedDomain:
        "the domain is no valid trusted domain, or has no ICP filing",
        "可信域名不正确，或没有 ICP 备案"
        => text(
            "enter the full name of a domain with a filing at {page}: no IP address, and a parent domain does not count for \
             those below it",
            "请在“{page}”填写已备案的完整域名：不支持 IP 地址，上级域名也不能代替其子域名",
        );
    85004 RateLimited TrustedDomain:
        "the company has set all twenty trusted domains that a month allows",
        "企业本月设置的可信域名已达二十个的上限"
        => text(
            "use a domain that is registered already, or wait for the next month: {page}",
            "请使用已登记的域名，或等到下个月再设置：{page}",
        );
    85005 Upstream TrustedDomain:
        "it is not verified that the trusted domain is the company's own",
        "可信域名没有通过所有权校验"
        => text(
            "put WeCom's file onto the domain and have it verified at {page}; until then logins work there, the JS-SDK does \
             not",
            "请在“{page}”按指引把校验文件放到该域名下并完成校验；在此之前该域名可以登录，但不能使用 JS-SDK",
        );
    301_002 Upstream Secret:
        "the secret is not of the app with this `agentId`",
        "该 Secret 不属于 `agentId` 所指的应用"
        => SECRET;
    301_007 Upstream Company: "the company is dissolved or barred", "该企业已被解散或封禁"
        => COMPANY;
    301_042 Upstream TrustedIp:
        "WeCom does not trust the address that the call comes from",
        "企业微信不信任发起调用的 IP 地址"
        => TRUSTED;
}
