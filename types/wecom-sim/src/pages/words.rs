//! Every text of the pages, each beside its translation. A `{}` in a text is filled in by [`fill`].

use super::{home_words, install_words};

/// Makes `Words` and its two languages, so that a text cannot be there in one alone. Those of another
/// file come in with a `+`.
macro_rules! words {
    ($(+ $part:ident: $file:ident;)* $($name:ident: $zh:literal, $en:literal;)*) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(crate) struct Words {
            $(pub(crate) $part: $file::Words,)*
            $(pub(crate) $name: &'static str,)*
        }
        pub(crate) const ZH: Words = Words { $($part: $file::ZH,)* $($name: $zh,)* };
        pub(crate) const EN: Words = Words { $($part: $file::EN,)* $($name: $en,)* };
    };
}
pub(crate) use words;

words! {
    + home: home_words;
    + install: install_words;

    // For `lang` in HTML, and for `lang` in an address.
    tag: "zh-CN", "en";
    code: "zh", "en";

    // Everywhere.
    wecom: "企业微信", "WeCom";
    simulator: "模拟器", "Simulator";
    simulator_note: "本页由 wecom-sim 模拟，不是真正的企业微信", "Served by wecom-sim; this is not the real WeCom";

    // The QR page.
    scan_to_log_in: "请使用企业微信扫描二维码登录", "Scan the QR code with WeCom to log in";
    qr_alt: "登录二维码", "QR code for logging in";
    qr_waiting: "等待扫码", "Waiting for a scan";
    qr_scanned: "扫描成功，请在手机上确认登录", "Scanned. Confirm on your phone";
    qr_desktop: "请在电脑端企业微信中确认登录", "Confirm in WeCom on this computer";
    qr_refused: "已在手机上取消登录", "The login was refused on the phone";
    qr_expired: "二维码已过期", "The QR code has expired";
    qr_done: "登录成功，正在跳转", "Logged in. Going back";
    qr_handed_over: "登录成功", "Logged in";
    qr_offline: "连接不上模拟器，正在重试", "The simulator does not answer; trying again";
    qr_other_page: "登录成功，但嵌入本页的网页与 redirect_uri 不同源，授权码没有交给它", "Logged in, but the page around this one is not at the origin of redirect_uri and was not given the code";
    refresh: "刷新二维码", "Refresh the code";
    go_on: "继续", "Continue";
    scan_with_phone: "用模拟手机扫码", "Scan with the simulated phone";
    needs_script: "本页需要 JavaScript 才能得知扫码结果", "This page needs JavaScript to learn of the scan";

    // The phone.
    phone: "模拟手机", "Simulated phone";
    phone_list: "选择要扫描的二维码", "Choose a QR code to scan";
    phone_none: "现在没有等待扫码的二维码", "No QR code is waiting";
    phone_none_next: "在浏览器中打开一个企业微信登录页，再刷新本页。二维码过期后不再列出。", "Open a WeCom login page in a browser, then reload this page. Expired codes are not listed.";
    reload: "刷新", "Reload";
    state_waiting: "等待扫码", "waiting";
    state_scanned: "已扫码，待确认", "scanned, not confirmed";
    state_desktop: "电脑端待确认", "offered on a desktop, not confirmed";
    ago_seconds: "{} 秒前", "{} s ago";
    ago_minutes: "{} 分钟前", "{} min ago";
    scan_as: "以谁的身份扫码？", "Scan as whom?";
    scan_as_note: "选择 {} 的一位成员，这部手机就是他的。", "Choose a member of {}; the phone is then theirs.";
    more_to_pick: "另有 {} 位成员没有列出，请输入 userid。", "{} more members are not listed; write the userid.";
    by_user_id: "userid", "userid";
    choose: "选择", "Choose";
    no_members: "这家企业没有可用的成员。", "This company has no active member.";
    log_in_to: "登录 {}？", "Log in to {}?";
    as_member: "身份：{}", "As {}";
    goes_to: "登录后返回 {}", "Then back to {}";
    confirm: "确认登录", "Log in";
    refuse: "取消", "Refuse";
    other_member: "换一位成员", "Scan as someone else";
    ended_confirmed: "已确认登录", "Login confirmed";
    ended_confirmed_note: "完成，请回到浏览器查看。", "Done. Look at your browser.";
    ended_refused: "已取消登录", "Login refused";
    ended_refused_note: "浏览器没有拿到授权码，可以关闭本页。", "The browser was given no code. You can close this page.";
    to_list: "其他二维码", "Other QR codes";
    someone_else: "换一个成员", "Choose someone else";

    // What can be wrong on the phone.
    gone: "二维码已失效", "This QR code is no longer valid";
    gone_next: "它已过期，或模拟器已重启。请在浏览器中刷新登录页，再扫描新的二维码。", "It has expired, or the simulator was restarted. Refresh the login page in the browser and scan the new code.";
    no_permission: "无权限", "No permission";
    no_permission_note: "{} 不在应用的可见范围内，不能使用该应用。", "{} is outside the visible range of the app and cannot use it.";
    no_permission_next: "二维码仍在等待，可以换一位成员；或用 PATCH /sim/companies/{corpId}/apps/{agentId} 扩大 visibleRange。", "The QR code still waits: scan as another member, or widen visibleRange with PATCH /sim/companies/{corpId}/apps/{agentId}.";
    oauth_range_next: "请联系管理员，或用 PATCH /sim/companies/{corpId}/apps/{agentId} 扩大 visibleRange。", "Ask an administrator, or widen visibleRange with PATCH /sim/companies/{corpId}/apps/{agentId}.";
    no_member: "没有这位成员", "No such member";
    no_member_note: "企业中没有 userId 为 {} 的可用成员。", "The company has no active member with the userId {}.";
    over: "已经处理过了", "This was decided before";
    over_note: "该登录已被确认或取消。", "This login was confirmed or refused already.";
    not_scanned: "还没有扫码", "Not scanned yet";
    not_scanned_note: "请先选择一位成员扫码。", "Choose a member to scan it as first.";
    back_to_code: "返回", "Back";
    other_origin: "请求来自其他网站", "This request came from another site";
    other_origin_note: "表单只接受本页自己提交：Origin 必须与 Host 一致，或带有 Sec-Fetch-Site: same-origin。", "Forms are taken from these pages alone: Origin must name the same host as Host, or Sec-Fetch-Site be same-origin.";

    // What can be wrong with a login address.
    missing: "缺少参数 {}", "The parameter {} is missing";
    missing_note: "登录地址中必须写明 {}。", "The address of a login must have {}.";
    wrong_value: "参数 {} 不正确", "The parameter {} is wrong";
    write_one_of: "可以写：{}", "Write one of: {}";
    bad_redirect_note: "redirect_uri 必须是 http:// 或 https:// 开头的完整地址，并经过 URL 编码。", "redirect_uri must be a whole http:// or https:// address, URL-encoded.";
    redirect_mismatch: "redirect_uri 与配置的授权完成回调域名不一致", "redirect_uri is on none of the app’s callback domains";
    redirect_is: "redirect_uri 的域名：{}", "The host of redirect_uri: {}";
    redirect_registered: "应用 {} 已配置的域名：{}", "Domains registered for the app {}: {}";
    redirect_none: "（没有）", "(none)";
    redirect_exact: "域名和端口必须完全一致，子域名不算。", "Host and port must be equal; a sub-domain is another domain.";
    to_register: "这样配置（会替换原有列表）：", "To register it (this replaces the list):";
    unknown_company: "没有这家企业：{}", "There is no company {}";
    unknown_company_note: "模拟器不认识这个 appid（企业 corpid）。", "The simulator does not know this appid, the corpid of a company.";
    known_companies: "已有的企业：{}", "Companies there are: {}";
    unknown_app: "没有这个应用：{}", "There is no app {}";
    unknown_app_note: "企业 {} 的应用有：{}", "The apps of {}: {}";
    to_add: "这样添加：", "To add it:";
    to_add_app: "要添加应用，把它写进企业文件后重新提交：", "To add an app, write it into the company’s file and send that again:";
    app_disabled: "应用已停用", "The app is disabled";
    app_disabled_note: "管理员停用了 {}，不能用它登录。", "An administrator disabled {}; it cannot be used to log in.";
    sync_app: "{} 用于通讯录同步，不能登录", "{} is for contact-sync; nobody logs in to it";
    sync_app_note: "通讯录同步没有登录页。请在 agentid 中写自建应用，{} 的自建应用有：{}", "Contact-sync has no login. Write a self-built app as agentid; those of {}: {}";
    service_app: "只模拟 login_type=CorpApp，不模拟服务商登录（ServiceApp）。", "Only login_type=CorpApp is simulated, not ServiceApp.";

    // Logging in inside a client.
    open_in_wecom: "请在企业微信客户端打开链接", "Open this link in WeCom";
    open_in_wecom_note: "模拟器按 User-Agent 判断：其中含有 wxwork 或 MicroMessenger 才是客户端。用 --any-browser 启动 wecom-sim 则不作判断。", "The simulator goes by the User-Agent: a client has wxwork or MicroMessenger in it. Start wecom-sim with --any-browser to let every browser in.";
    client_of: "这是谁的企业微信？", "Whose WeCom is this?";
    client_of_note: "选择 {} 的一位成员。关闭浏览器前，这个客户端一直是他的。", "Choose a member of {}. This client is theirs until the browser is closed.";
    consent: "{} 申请获取你的信息", "{} asks for your details";
    consent_note: "勾选允许提供的信息", "Choose what to share";
    consent_always: "姓名与账号", "Name and account";
    agree: "同意", "Agree";
    decline: "拒绝", "Decline";
    gender: "性别", "Gender";
    avatar: "头像", "Avatar";
    qr_code: "个人二维码", "Personal QR code";
    mobile: "手机", "Mobile";
    email: "邮箱", "Email";
    biz_mail: "企业邮箱", "Company mail";
    address: "地址", "Address";
    empty: "未填写", "not filled in";
    gender_0: "未知", "unknown";
    gender_1: "男", "male";
    gender_2: "女", "female";
}

impl Words {
    /// The language of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let main = name.split(['-', '_']).next().unwrap_or_default();
        [&ZH, &EN].into_iter().find(|words| main.eq_ignore_ascii_case(words.code))
    }

    /// The first language of an `Accept-Language` that there is, else Chinese: WeCom is at home in it.
    pub(crate) fn accepted(header: &str) -> &'static Self {
        let mut names = header.split(',').filter_map(|part| part.split(';').next());
        names.find_map(|name| Self::named(name.trim())).unwrap_or(&ZH)
    }
}

/// The text with its `{}`s filled in, in order.
pub(crate) fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    let mut parts = text.split("{}");
    filled.push_str(parts.next().unwrap_or_default());
    for (at, part) in parts.enumerate() {
        filled.push_str(values.get(at).unwrap_or(&""));
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_order() {
        assert_eq!(fill("no gap", &["x"]), "no gap");
        assert_eq!(fill("{} of {}.", &["a{}", "b"]), "a{} of b.");
        assert_eq!(fill("{}", &[]), "");
    }
}
