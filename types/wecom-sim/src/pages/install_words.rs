//! The texts of the provider, its templates and their installs, each beside its translation.

use super::words::words;

words! {
    // The provider on the simulator's own page.
    provider: "服务商", "Provider";
    provider_note: "代开发：企业安装模板，得到一个代开发应用。", "代开发: a company installs a template and has one more app.";
    template_callback: "指令回调地址", "Callback address";
    verify_and_save: "验证并保存", "Verify and save";
    callback_saved: "地址验证通过，已保存，并推送了一个 suite_ticket。", "The address is verified and saved, and a suite_ticket was pushed.";
    callback_refused: "地址没有保存", "The address was not saved";
    newest_ticket: "最新 suite_ticket", "Newest suite_ticket";
    no_ticket: "没有", "none";
    push_ticket: "立即推送 suite_ticket", "Push a ticket now";
    ticket_pushed: "已推送一个 suite_ticket。", "A suite_ticket was pushed.";
    ticket_made: "已生成一个 suite_ticket；模板没有回调地址，没有推送。", "A suite_ticket was made; without a callback address nobody was told.";
    installs: "安装", "Installs";
    no_installs: "还没有企业安装", "no company has installed it yet";
    to_install: "企业管理员安装页", "Install it as a company’s administrator";
    manage: "管理", "Manage";
    back: "返回", "Back";

    // The page of a customer's administrator.
    title: "安装代开发应用", "Install a customized app";
    by_provider: "服务商 {}", "By the provider {}";
    choose_template: "选择要安装的模板", "Choose a template to install";
    choose_company: "以哪家企业的管理员身份？", "As the administrator of which company?";
    other_company: "换一家企业", "Another company";
    other_template: "其他模板", "Other templates";
    is_installed: "已安装", "installed";
    not_there: "没有列出的企业，请在地址中写 corp_id。", "For a company that is not listed write corp_id into the address.";
    asks: "{} 申请授权", "{} asks to be authorized";
    asks_note: "授权后，{} 会多一个代开发应用，服务商能读取可见范围内成员的姓名和部门。", "{} will have one more app, and its provider can read names and departments of the members in its visible range.";
    departments: "可见部门 id", "Visible departments (ids)";
    members: "可见成员 userid", "Visible members (userids)";
    range_note: "用逗号分隔；都留空就是全员可见。", "With commas between them; left empty, both, everyone is visible.";
    state_is: "state：{}", "state: {}";
    authorize: "同意授权", "Authorize";
    enabled: "启用应用", "The app is enabled";
    save: "保存修改", "Save the changes";
    save_note: "通知是 change_auth。", "The event is change_auth.";
    reset: "重置 permanent_code", "Reset the permanent code";
    reset_note: "旧的 permanent_code 立即失效；通知是 reset_permanent_code。", "The old one ends at once. The event is reset_permanent_code.";
    cancel: "取消授权", "Cancel the authorization";
    cancel_note: "应用会被删除；通知是 cancel_auth。", "The app is removed. The event is cancel_auth.";
    known_as: "服务商看到的企业：{}", "The provider knows the company as {}";
    nobody_told: "模板没有回调地址，服务商收不到通知。", "The template has no callback address; nobody is told.";
    set_one: "去设置", "Give it one";
    done_installed: "已授权。", "Authorized.";
    done_changed: "已修改。", "Changed.";
    done_reset: "已重置。", "Reset.";
    done_cancelled: "已取消授权。", "Cancelled.";

    // What can be wrong.
    no_provider: "没有服务商", "There is no provider";
    no_provider_note: "用 --provider 文件启动 wecom-sim，或用 PUT /sim/provider 添加。", "Start wecom-sim with --provider and a file, or add one with PUT /sim/provider.";
    unknown_template: "没有这个模板：{}", "There is no template {}";
    known_templates: "已有的模板：{}", "Templates there are: {}";
    too_old: "安装链接已过期", "This installation link has expired";
    too_old_note: "链接有效期为 10 天，请服务商重新获取。", "Links live for ten days. Ask the provider for a new one.";
    not_done: "没有做成", "Not done";
    bad_departments: "部门 id 是数字，例如 2, 3。", "Departments have numbers for ids, as in 2, 3.";
}
