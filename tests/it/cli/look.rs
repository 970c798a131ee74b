//! Looking at apps: `list`, `check`.
use super::program::run;
use expect_test::{Expect, expect};
use std::{fs, path::Path};
use tempfile::TempDir;

#[track_caller]
fn check(args: &[&str], expected: &Expect) {
    expected.assert_eq(&run(args, Path::new("/nowhere")));
}

/// A folder of apps with a few mistakes in it.
fn mistaken() -> TempDir {
    let dir = TempDir::new().unwrap();
    let put = |file: &str, text: &str| {
        let file = dir.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    put("shop/app.json", r#"{"appId": "acme.shop"}"#);
    put("shop/logins/Good/e.json", r#"{"type": "auths.loginTypes.QywxInnerType"}"#);
    put(
        "shop/logins/Good/Good.json",
        r#"{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "s", "agentId": 1000002, "redirectUri": "https://a.test/back"}"#,
    );
    put("shop/logins/Typo/e.json", r#"{"type": "auths.loginTypes.QywxInerType"}"#);
    put("shop/logins/Typo/Typo.json", "{}");
    put("shop/logins/Keys/e.json", r#"{"type": "auths.loginTypes.QywxInnerType"}"#);
    put("shop/logins/Keys/Keys.json", "{\n  \"corpID\": \"ww1\",\n  \"agentId\": true,\n  \"redirectUri\": \"/back\"\n}");
    put("notes/readme.txt", "no app");
    dir
}

#[test]
fn list_shows_every_element_with_its_type_and_state() {
    check(
        &["list"],
        &expect![[r#"
            APP         ELEMENT                                                       KIND          TYPE                            STATE
            acme.demo   auths.loginTypes.QywxInnerExample                             Instance      auths.loginTypes.QywxInnerType  in service
            acme.sales  auths.loginTypes.CompanyLogin                                 derived Type  auths.loginTypes.QywxInnerType  declared
            acme.sales  auths.loginTypes.QywxInnerExample                             Instance      auths.loginTypes.CompanyLogin   in service
            acme.sales  auths.loginTypes.SalesLogin                                   Instance      auths.loginTypes.CompanyLogin   in service
            (built in)  auths.loginTypes.Meta                                         Meta                                          declared
            (built in)  auths.loginTypes.QywxInnerType                                Type          auths.loginTypes.Meta           declared
            (built in)  auths.loginTypes.QywxInnerType.QywxInnerAuthModel             model                                         in service
            (built in)  auths.loginTypes.QywxInnerType.QywxInnerDepartmentModel       model                                         in service
            (built in)  auths.loginTypes.QywxProxyType                                Type          auths.loginTypes.Meta           declared
            (built in)  auths.loginTypes.QywxProxyType.QywxProxyAuthModel             model                                         in service
            (built in)  auths.loginTypes.QywxProxyType.QywxProxyCallbackModel         model                                         in service
            (built in)  auths.loginTypes.QywxProxyType.QywxProxyCompanyModel          model                                         in service
            (built in)  auths.loginTypes.QywxProxyType.services.QywxProxyAuthService  service                                       in service
            (built in)  auths.loginTypes.services.AuthSvc                             service                                       in service
            exit 0
        "#]],
    );
    let dir = mistaken();
    let apps = dir.path().to_str().unwrap();
    expect![[r#"
        APP         ELEMENT                                                       KIND      TYPE                            STATE
        acme.shop   logins.Good                                                   Instance  auths.loginTypes.QywxInnerType  in service
        acme.shop   logins.Keys                                                   Instance  auths.loginTypes.QywxInnerType  broken
        acme.shop   logins.Typo                                                   unknown                                   broken
        (built in)  auths.loginTypes.Meta                                         Meta                                      declared
        (built in)  auths.loginTypes.QywxInnerType                                Type      auths.loginTypes.Meta           declared
        (built in)  auths.loginTypes.QywxInnerType.QywxInnerAuthModel             model                                     in service
        (built in)  auths.loginTypes.QywxInnerType.QywxInnerDepartmentModel       model                                     in service
        (built in)  auths.loginTypes.QywxProxyType                                Type      auths.loginTypes.Meta           declared
        (built in)  auths.loginTypes.QywxProxyType.QywxProxyAuthModel             model                                     in service
        (built in)  auths.loginTypes.QywxProxyType.QywxProxyCallbackModel         model                                     in service
        (built in)  auths.loginTypes.QywxProxyType.QywxProxyCompanyModel          model                                     in service
        (built in)  auths.loginTypes.QywxProxyType.services.QywxProxyAuthService  service                                   in service
        (built in)  auths.loginTypes.services.AuthSvc                             service                                   in service

        5 to look at: `element check DIR` shows them
        exit 0
    "#]]
    .assert_eq(&run(&["list", apps], dir.path()));
    let json = run(&["list", apps, "--format", "json"], dir.path());
    expect![[r#"
        [
          {
            "app": "acme.shop",
            "element": "logins.Good",
            "from": "acme.shop",
            "kind": "Instance",
            "state": "in service",
            "type": "auths.loginTypes.QywxInnerType""#]]
    .assert_eq(json.split_once("},").unwrap().0.trim_end());
}

#[test]
fn check_shows_every_mistake_and_fails() {
    check(
        &["check"],
        &expect![[r#"
        0 errors, 0 warnings
        exit 0
    "#]],
    );
    let dir = mistaken();
    let apps = dir.path().to_str().unwrap();
    expect![[r#"
        DIR/notes: warning[no-app-json]: no `app.json`: this folder is no app
            help: write one, at least `{"appId": "<org>.<app>"}`, or move the folder elsewhere
        DIR/shop/logins/Keys/Keys.json:1:1: error[missing-key]: `corpSecret` is missing
            help: `corpSecret`: Secret of the app: 应用管理 → the app → Secret.
        DIR/shop/logins/Keys/Keys.json:2:3: error[unknown-key]: unknown key `corpID`
            help: did you mean `corpId`? There are `agentId`, `callback`, `corpId`, `corpName`, `corpSecret`, `isActive`, `knownUsersOnly`, `proxy`, `redirectUri`, `syncEveryMinutes`
        DIR/shop/logins/Keys/Keys.json:3:14: error[wrong-type]: `agentId` has to be a string or an integer
        DIR/shop/logins/Typo/e.json:1:10: error[unknown-type]: there is no Type `auths.loginTypes.QywxInerType`
            help: did you mean `auths.loginTypes.QywxInnerType`?
        4 errors, 1 warning
        exit 1
    "#]]
    .assert_eq(&run(&["check", apps], dir.path()));
    expect![[r#"
        [
          {
            "file": "notes",
            "severity": "warning",
            "code": "no-app-json",
            "message": "no `app.json`: this folder is no app",
            "help": "write one, at least `{\"appId\": \"<org>.<app>\"}`, or move the folder elsewhere"
          },
          {
            "file": "shop/logins/Keys/Keys.json",
            "place": {
              "line": 1,
              "column": 1
            },
            "severity": "error",
            "code": "missing-key",
            "message": "`corpSecret` is missing",
            "help": "`corpSecret`: Secret of the app: 应用管理 → the app → Secret."
          },
          {
            "file": "shop/logins/Keys/Keys.json",
            "place": {
              "line": 2,
              "column": 3
            },
            "severity": "error",
            "code": "unknown-key",
            "message": "unknown key `corpID`",
            "help": "did you mean `corpId`? There are `agentId`, `callback`, `corpId`, `corpName`, `corpSecret`, `isActive`, `knownUsersOnly`, `proxy`, `redirectUri`, `syncEveryMinutes`"
          },
          {
            "file": "shop/logins/Keys/Keys.json",
            "place": {
              "line": 3,
              "column": 14
            },
            "severity": "error",
            "code": "wrong-type",
            "message": "`agentId` has to be a string or an integer"
          },
          {
            "file": "shop/logins/Typo/e.json",
            "place": {
              "line": 1,
              "column": 10
            },
            "severity": "error",
            "code": "unknown-type",
            "message": "there is no Type `auths.loginTypes.QywxInerType`",
            "help": "did you mean `auths.loginTypes.QywxInnerType`?"
          }
        ]
        exit 1
    "#]]
    .assert_eq(&run(&["check", apps, "--format", "json"], dir.path()));
}

#[test]
fn a_warning_alone_is_no_failure() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("notes")).unwrap();
    expect![[r#"
        DIR/notes: warning[no-app-json]: no `app.json`: this folder is no app
            help: write one, at least `{"appId": "<org>.<app>"}`, or move the folder elsewhere
        0 errors, 1 warning
        exit 0
    "#]]
    .assert_eq(&run(&["check", dir.path().to_str().unwrap()], dir.path()));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    check(
        &["list", "no/such/folder"],
        &expect![[r#"
        ! error: there is no folder `no/such/folder`: give the folder of your apps, or run this where `apps` is
        exit 1
    "#]],
    );
    check(
        &["check", "no/such/folder"],
        &expect![[r#"
        ! error: there is no folder `no/such/folder`: give the folder of your apps, or run this where `apps` is
        exit 1
    "#]],
    );
    check(
        &["check", "apps/demo"],
        &expect![[r#"
        apps/demo: error[root-is-an-app]: this folder is an app, not a folder of apps
            help: give the folder that holds it, and every app in that folder is served
        1 error, 0 warnings
        exit 1
    "#]],
    );
}
