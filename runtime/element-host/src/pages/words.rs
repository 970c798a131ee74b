//! Everything that the pages say, in both languages. One that is missing in a language does not compile.

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    /// Its tag, for `lang` attributes, addresses and cookies.
    pub(super) lang: &'static str,
    pub(super) other_lang: &'static str,
    pub(super) other_lang_name: &'static str,

    pub(super) login: &'static str,
    pub(super) ways: &'static str,
    pub(super) scan: &'static str,
    pub(super) frame_title: &'static str,
    pub(super) open_page: &'static str,
    pub(super) open_window: &'static str,
    pub(super) no_frame: &'static str,
    pub(super) valid_for: &'static str,
    pub(super) expired: &'static str,
    pub(super) refresh: &'static str,
    pub(super) in_client: &'static str,
    pub(super) logged_out: &'static str,
    pub(super) session_over: &'static str,

    pub(super) org_code: &'static str,
    pub(super) org_code_text: &'static str,
    pub(super) org_unknown: &'static str,
    pub(super) go_on: &'static str,
    pub(super) other_org: &'static str,

    pub(super) choose_corp: &'static str,
    pub(super) choose_corp_text: &'static str,

    pub(super) department: &'static str,
    pub(super) position: &'static str,
    pub(super) company: &'static str,
    pub(super) user_id: &'static str,
    pub(super) local_user: &'static str,
    pub(super) name: &'static str,
    pub(super) avatar: &'static str,
    pub(super) gender: &'static str,
    pub(super) mobile: &'static str,
    pub(super) email: &'static str,
    pub(super) leader: &'static str,
    pub(super) until: &'static str,
    pub(super) not_granted: &'static str,
    pub(super) logout: &'static str,
    pub(super) no_department: &'static str,

    pub(super) login_again: &'static str,
    pub(super) try_again: &'static str,
    pub(super) number: &'static str,
    pub(super) request: &'static str,
    pub(super) administrator: &'static str,
    pub(super) console: &'static str,
    pub(super) listed_by: &'static str,

    pub(super) state_missing: Said,
    pub(super) state_invalid: Said,
    pub(super) declined: Said,
    pub(super) login_code_invalid: Said,
    pub(super) corp_unknown: Said,
    pub(super) not_a_member: Said,
    pub(super) not_known: Said,
    pub(super) inactive: Said,
    pub(super) no_way: Said,
    pub(super) elsewhere: Said,
    pub(super) refused: Said,
    pub(super) too_often: Said,
    pub(super) not_now: Said,
    pub(super) not_set_up: Said,
    pub(super) other_origin: Said,
    pub(super) nothing_here: Said,
    pub(super) inside: Said,
}

/// What is said of a failure: a headline, and what to do now.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

const fn said(title: &'static str, text: &'static str) -> Said {
    Said { title, text }
}

pub(super) static ZH: Words = Words {
    lang: "zh",
    other_lang: "en",
    other_lang_name: "English",

    login: "登录",
    ways: "登录方式",
    scan: "请扫描二维码登录",
    frame_title: "登录二维码",
    open_page: "打开扫码登录页",
    open_window: "在新窗口中打开",
    no_frame: "二维码无法在此处显示，请在新窗口中打开登录页。",
    valid_for: "本次登录剩余有效时间",
    expired: "本次登录已超时",
    refresh: "刷新二维码",
    in_client: "立即登录",
    logged_out: "你已退出登录。",
    session_over: "登录状态已失效，请重新登录。",

    org_code: "组织代号",
    org_code_text: "请输入你所在企业的组织代号；如果不清楚，请咨询企业管理员。",
    org_unknown: "没有企业使用该组织代号，请核对后重试。",
    go_on: "下一步",
    other_org: "更换组织代号",

    choose_corp: "选择企业",
    choose_corp_text: "你属于多个企业，请选择要进入的企业。",

    department: "部门",
    position: "职务",
    company: "企业",
    user_id: "账号",
    local_user: "应用用户",
    name: "姓名",
    avatar: "头像",
    gender: "性别",
    mobile: "手机",
    email: "邮箱",
    leader: "部门负责人",
    until: "登录有效期至",
    not_granted: "该应用未获授权：",
    logout: "退出登录",
    no_department: "未提供",

    login_again: "重新登录",
    try_again: "重试",
    number: "错误码",
    request: "请求编号",
    administrator: "给管理员的说明",
    console: "打开管理后台",
    listed_by: "、",

    state_missing: said(
        "这个链接不完整",
        "返回的地址中缺少登录标识，无法确认这次登录是从哪里开始的。请回到最初的页面重新登录。",
    ),
    state_invalid: said(
        "这次登录已失效",
        "登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。",
    ),
    declined: said("你取消了登录", "你拒绝了这次登录，没有任何信息被提供给该应用。"),
    login_code_invalid: said("登录没有在五分钟内完成", "登录凭证已过期或已被使用。请重新登录。"),
    corp_unknown: said("没有这个企业", "你不属于所选的企业。请重新登录并选择列表中的企业。"),
    not_a_member: said(
        "无法进入该应用",
        "你不是该企业的成员，或者你的账号已被禁用或已离开企业。如有疑问，请联系企业管理员。",
    ),
    not_known: said("该应用尚未认识你", "只有已登记的用户可以登录。请联系应用管理员，将你的账号与应用用户绑定。"),
    inactive: said("该登录方式已停用", "请使用其他方式登录，或联系应用管理员。"),
    no_way: said("暂时无法登录", "该应用目前没有启用任何登录方式，请联系应用管理员。"),
    elsewhere: said(
        "请从应用的页面登录",
        "这个登录属于另一个网站的页面，请从那里开始。如果你是管理员，请核对 redirectUri 与 --public-url 是否一致。",
    ),
    refused: said("登录被拒绝", "登录服务不允许这次登录。请重新登录；如果仍然失败，请将下面的错误码告诉管理员。"),
    too_often: said("请求过于频繁", "请稍等片刻再试。"),
    not_now: said(
        "登录服务暂时无法访问",
        "登录服务没有正常应答，这不是你的问题。请稍后重试；如果持续出现，请将下面的错误码告诉管理员。",
    ),
    not_set_up: said(
        "这种登录方式需要管理员处理",
        "它在企业微信中的设置有问题，这不是你的问题。请把本页面发给应用管理员或企业管理员。",
    ),
    other_origin: said("请求来自其他网站", "出于安全考虑，该操作只能在本网站的页面中进行。"),
    nothing_here: said("页面不存在", "请检查地址是否正确。应用的登录页地址形如 /组织/应用/login。"),
    inside: said("出了点问题", "请稍后重试；如果持续出现，请将下面的请求编号告诉管理员。"),
};

pub(super) static EN: Words = Words {
    lang: "en",
    other_lang: "zh",
    other_lang_name: "中文",

    login: "Log in",
    ways: "Ways to log in",
    scan: "Scan the QR code to log in",
    frame_title: "QR code for the login",
    open_page: "Open the page with the QR code",
    open_window: "Open in a separate window",
    no_frame: "The QR code cannot be shown here. Open the login page in a separate window.",
    valid_for: "This login is valid for",
    expired: "This login has expired",
    refresh: "Refresh the QR code",
    in_client: "Log in",
    logged_out: "You are logged out.",
    session_over: "You are no longer logged in. Please log in again.",

    org_code: "Organisation code",
    org_code_text: "Enter the organisation code of your company. Its administrator knows it.",
    org_unknown: "No company has this organisation code. Check it, and try again.",
    go_on: "Next",
    other_org: "Enter another organisation code",

    choose_corp: "Choose a company",
    choose_corp_text: "You belong to several companies. Which one do you want to enter?",

    department: "Department",
    position: "Position",
    company: "Company",
    user_id: "Account",
    local_user: "User of the app",
    name: "name",
    avatar: "picture",
    gender: "gender",
    mobile: "Mobile",
    email: "Email",
    leader: "leads the department",
    until: "Logged in until",
    not_granted: "Not granted to this app: ",
    logout: "Log out",
    no_department: "not told",

    login_again: "Log in again",
    try_again: "Try again",
    number: "Error",
    request: "Request",
    administrator: "For the administrator",
    console: "Open the console",
    listed_by: ", ",

    state_missing: said(
        "This link is incomplete",
        "The address lacks the mark of the login that it belongs to. Go back to the page where you began, and log in again.",
    ),
    state_invalid: said(
        "This login is not valid any more",
        "A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used \
         before, or began in another browser.",
    ),
    declined: said("You declined", "You declined this login. The app was told nothing about you."),
    login_code_invalid: said(
        "That took too long",
        "This login was not finished within five minutes, or was finished before.",
    ),
    corp_unknown: said("There is no such company", "You are not in that company. Log in again, and choose one of the list."),
    not_a_member: said(
        "You cannot enter this app",
        "You are not a member of this company, or your account was disabled or has left. If you think that is wrong, ask \
         your company’s administrator.",
    ),
    not_known: said(
        "This app does not know you yet",
        "Only registered users may log in. Ask whoever runs the app to tie your account to a user of it.",
    ),
    inactive: said("This way of logging in is switched off", "Log in another way, or ask whoever runs the app."),
    no_way: said(
        "Nobody can log in right now",
        "This app has no way of logging in at the moment. Please ask whoever runs it.",
    ),
    elsewhere: said(
        "Log in from the app’s own page",
        "This login belongs to the page of another site: begin there. If you run this host, see whether redirectUri and \
         --public-url agree.",
    ),
    refused: said(
        "The login was refused",
        "This login is not allowed. Try again; if it stays so, give the number below to your administrator.",
    ),
    too_often: said("Too many attempts", "Wait a moment, and try again."),
    not_now: said(
        "The login service cannot be reached",
        "It did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number \
         below to your administrator.",
    ),
    not_set_up: said(
        "An administrator has to look at this login",
        "Something about it is not set up as it should be in WeCom; that is not your fault. Show this page to whoever runs \
         the app, or to your company’s administrator.",
    ),
    other_origin: said("This came from another site", "For your safety, this works from this site’s own pages only."),
    nothing_here: said("There is no such page", "Check the address. An app’s login page is at /organisation/app/login."),
    inside: said(
        "Something went wrong",
        "Try again in a moment; if it stays so, give the number below to your administrator.",
    ),
};
