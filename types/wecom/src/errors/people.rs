//! What calls about people meet: codes and tickets of somebody who logs in, members, departments.
//!
//! `Refused` speaks to whoever logs in: the page that they see shows it.
use super::{Text, text};

const AGAIN: Text =
    text("log in again: a code is valid for one use within five minutes", "它只能在五分钟内使用一次，请重新登录");
const TICKET: Text = text("log in again: a ticket is valid for half an hour", "它的有效期为半小时，请重新登录");
const USER_ID: Text =
    text("give `userId` as WeCom's contacts show it (账号): {page}", "请按通讯录中显示的账号填写 `userId`：{page}");
const RANGE: Text = text("an administrator adds them at {page}", "请企业管理员在“{page}”中添加");
const LOOK: Text = text("look for it in the console's contacts: {page}", "请在管理后台中查找：{page}");

table! {
    40003 InvalidArgs Contacts: "this is no userid", "这不是有效的 userid"
        => USER_ID;
    40029 Refused None: "the code is unknown, expired or used", "登录凭证无效、已过期或已被使用"
        => AGAIN;
    40066 InvalidArgs Contacts:
        "the list of departments is empty, or has one that does not exist",
        "部门列表为空，或含有不存在的部门"
        => text("give ids of departments that are in the contacts: {page}", "请填写通讯录中存在的部门 ID：{page}");
    41008 Refused None: "the code is missing", "缺少登录凭证"
        => AGAIN;
    41009 InvalidArgs Contacts: "the userid is missing", "缺少 userid"
        => USER_ID;
    42003 Refused None: "the code expired", "登录凭证已过期"
        => AGAIN;
    42022 Refused None: "the code was used before", "登录凭证已被使用过"
        => AGAIN;
    43004 NotFound WeChatPlugin:
        "the member is not bound to WeChat, so there is no openid",
        "该成员没有绑定微信，因此没有 openid"
        => text(
            "let the member log in to WeCom with WeChat, or follow the company's plugin in WeChat: {page}",
            "请该成员用微信登录企业微信，或在微信中关注本企业的微信插件：{page}",
        );
    46004 NotFound Contacts:
        "no member that the app may see has this userid, mobile number or email",
        "应用可见的成员中没有这个 userid、手机号或邮箱"
        => LOOK;
    50001 Refused LoginDomain:
        "the code is of another app, or the domain of `redirectUri` is not registered for this one",
        "登录凭证属于另一个应用，或者回调域名没有登记"
        => text(
            "log in through this login's own page; an administrator registers the domain, with its port, at {page} and \
             网页授权及JS-SDK",
            "请从本登录页重新登录，仍然不行时请企业管理员在“{page}”和“网页授权及JS-SDK”中登记域名（含端口）",
        );
    50002 Refused Range: "the member is outside the app's visible range", "该成员不在应用的可见范围内"
        => RANGE;
    60003 NotFound Contacts: "there is no department with this id", "没有这个 ID 的部门"
        => LOOK;
    60011 Refused Range: "the app may not see this member", "该应用无权查看此成员"
        => RANGE;
    60021 Refused Range: "the member is outside the app's visible range", "该成员不在应用的可见范围内"
        => RANGE;
    60111 NotFound Contacts: "there is no member with this userid", "没有这个 userid 的成员"
        => LOOK;
    60123 NotFound Contacts: "there is no department with this id", "没有这个 ID 的部门"
        => LOOK;
    84014 Refused None: "the ticket for the member's private details expired", "获取成员敏感信息的凭证已过期"
        => TICKET;
    84015 Refused None: "the ticket for the member's private details is unknown", "获取成员敏感信息的凭证无效"
        => TICKET;
    84090 Refused None: "the ticket for the member's private details is missing", "缺少获取成员敏感信息的凭证"
        => text(
            "log in again inside WeCom and agree to share them: a login by QR code gives no ticket",
            "请在企业微信客户端内重新登录并同意授权：扫码登录不提供此凭证",
        );
}
