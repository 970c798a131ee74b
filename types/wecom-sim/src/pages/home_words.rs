//! The texts of the simulator's own page, each beside its translation.

use super::words::words;

words! {
    // The top, and what can be done.
    title: "企业微信模拟器", "WeCom simulator";
    note: "企业微信看到的一切：企业、应用、令牌和每一次请求。", "All that WeCom would have seen: the company, its apps, their tokens and every call.";
    forget_client: "忘记客户端是谁的", "Forget whose client this is";
    other_language: "English", "中文";
    other_code: "en", "zh";
    other_tag: "en", "zh-CN";
    needs_script_live: "没有 JavaScript 时，这里只有企业和应用；请求记录见 /sim/journal。", "Without JavaScript only companies and apps are shown; the journal is at /sim/journal.";
    changed: "企业或应用已有改动，本页还是旧资料。", "A company or an app has changed; this page still shows the old one.";
    live: "实时更新", "Live";
    stale: "连接中断，正在重试", "Not reached; trying again";
    actions: "操作", "Actions";
    app: "应用", "App";
    member: "成员 userid", "Member (userid)";
    make_code: "生成授权码", "Make a login code";
    code_made: "授权码（{} 秒内可用一次）：", "A login code, good for {} s and one use:";
    code_use: "换取成员身份：", "Who it stands for:";
    clock: "模拟时钟", "Simulated clock";
    forward_5_min: "快进 5 分钟", "Forward 5 min";
    forward_2_h: "快进 2 小时", "Forward 2 h";
    forwarded: "时钟已快进。", "The clock was moved forward.";
    revoke: "吊销令牌", "Revoke tokens";
    expire: "令牌过期", "Expire tokens";
    revoked: "{}：吊销了 {} 个令牌，再用会得到 40014。", "{}: {} token(s) revoked; they answer 40014 from now on.";
    expired: "{}：{} 个令牌已过期，再用会得到 42001。", "{}: {} token(s) expired; they answer 42001 from now on.";
    cleared: "已清除 {} 项。", "{} removed.";
    not_done: "没有做成：{}", "Not done: {}";

    // Editing the contacts.
    edit: "编辑通讯录", "Edit the contacts";
    edit_note: "留空的保持不变；没有的 userid 会新增。看得见的应用若有事件回调，就会收到事件。", "What is left empty stays as it is; a userid that is not there is added. Apps that see it and have a callback are told.";
    name: "姓名", "Name";
    position: "职务", "Position";
    department_id: "部门 id", "Department id";
    new_name: "新名称", "New name";
    save: "保存成员", "Save the member";
    remove: "删除成员", "Remove the member";
    rename: "部门改名", "Rename the department";
    saved: "{}：已保存。", "{}: saved.";
    added: "{}：已新增。", "{}: added.";
    removed: "{}：已删除。", "{}: removed.";

    // Companies and apps.
    members: "{} 位成员", "{} members";
    company_size: "{} 位成员，{} 个部门", "{} members, {} departments";
    departments: "部门与成员", "Departments and members";
    leader: "负责人", "leader";
    status_2: "已禁用", "disabled";
    status_4: "未激活", "not activated";
    status_5: "已退出", "left";
    apps: "应用", "Apps";
    state: "状态", "State";
    enabled: "启用", "enabled";
    disabled: "已停用", "disabled";
    fields: "字段", "Fields";
    fields_all: "全部", "all";
    fields_few: "不含头像、性别、手机、邮箱、企业邮箱、二维码、地址", "without avatar, gender, mobile, email, biz_mail, qr_code and address";
    fields_ids: "只有 id，其余接口返回 48009", "ids alone; calls that tell more answer 48009";
    kind: "类型", "Kind";
    self_built: "自建应用", "self-built";
    contact_sync: "通讯录同步", "contact-sync";
    customized: "代开发应用", "customized (代开发)";
    provider_trusts: "以服务商的为准", "those of its provider";
    callback: "事件回调", "Event callback";
    no_callback: "没有", "none";
    verify: "验证回调地址", "Verify the address";
    verified: "{}：回调地址验证通过。", "{}: the address of the callback is verified.";
    created: "创建时间", "Created";
    range: "可见范围", "Visible range";
    everyone: "全员", "everyone";
    nobody: "无人", "nobody";
    trusted: "可信 IP", "Trusted addresses";
    any_address: "不限", "any";
    no_address: "没有，一律返回 60020", "none; every call answers 60020";
    domains: "回调域名", "Callback domains";
    any_domain: "不限（仅模拟器如此）", "any, in the simulator alone";
    more: "另有 {} 项", "{} more";
    more_members: "另有 {} 位成员未列出", "{} more members";
    more_departments: "另有 {} 个部门未列出", "{} more departments";
    more_apps: "另有 {} 个应用未列出", "{} more apps";
    more_companies: "另有 {} 家企业未列出", "{} more companies";
    all_as_json: "全部资料（JSON）", "All of it as JSON";

    // What is in the air.
    in_the_air: "令牌与授权码", "Tokens and codes";
    tokens: "访问令牌", "Access tokens";
    codes: "未使用的授权码", "Unused login codes";
    tickets: "user_ticket", "User tickets";
    qr_logins: "待扫码登录", "QR logins";
    faults: "待触发的故障", "Faults waiting";
    col_begins: "开头", "Begins";
    col_who: "成员", "Who";
    col_left: "剩余", "Left";
    col_phone: "手机", "Phone";
    col_effect: "结果", "Effect";
    col_times: "次数", "Times";
    seconds: "{} 秒", "{} s";
    over_time: "已过期", "expired";
    none: "没有", "none";
    open_phone: "扫码", "Scan";
    late: "延迟 {} ms", "{} ms late";
    truncated: "响应截断", "cut off";
    clear_faults: "清除故障", "Clear the faults";
    limits: "每个接口的频率上限：每企业 {} 次/分钟、{} 次/小时，每 IP {} 次/分钟、{} 次/小时；超出则返回 45009。", "Limits of each call: a company {}/min and {}/h, an address {}/min and {}/h; beyond them 45009.";

    // What was pushed.
    pushes: "事件推送", "Callbacks";
    pushes_note: "推给应用的通讯录变更和推给模板的指令，最新的在最上面，点击一行查看加密前的文档和每次的结果。", "Changes of the contacts that were pushed to apps, and news that was pushed to templates; the newest on top; click a row for the document before it was sealed and for every try.";
    pushes_none: "还没有推送。编辑一位成员或一个部门，看得见的应用就会收到事件。", "Nothing was pushed yet. Edit a member or a department: the apps that see it are told.";
    callback_none: "还没有应用设置事件回调。先启动接收程序（保存前会验证它的地址），再这样设置：", "No app has a callback yet. Start what listens there, for its address is verified first; then give it one:";
    col_event: "事件", "Event";
    col_tries: "次数", "Tries";
    col_came_back: "结果", "Came back";
    undecided: "（{} 个未完成）", "({} under way)";
    push_waiting: "等待中", "waiting";
    push_held: "已扣留", "held back";
    push_delivered: "已送达", "delivered";
    push_failed: "已放弃", "given up";
    push_dropped: "已丢弃", "lost";
    no_answer: "无应答", "no answer";

    // The journal.
    journal: "请求记录", "Journal";
    journal_note: "最新的在最上面，点击一行查看全部。令牌和密钥已隐去。", "The newest is on top; click a row for all of it. Tokens and secrets are masked.";
    journal_empty: "没有可显示的请求。", "No call to show.";
    filter: "筛选", "Filter";
    only_errors: "只看错误", "Errors only";
    pause: "暂停", "Pause";
    resume: "继续", "Resume";
    paused: "已暂停", "Paused";
    clear: "清空", "Clear";
    look_up: "查询错误码 {}", "Look up error {}";
    col_time: "时间", "Time";
    col_call: "请求", "Call";
    col_query: "参数", "Parameters";
    col_status: "状态", "Status";
    col_errcode: "错误码", "errcode";
}
