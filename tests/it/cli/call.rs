//! `element call`.
use super::program::{Host, element, run, told};
use crate::site::{DEMO, without_chance};
use expect_test::{Expect, expect};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

#[track_caller]
fn check(args: &[&str], expected: &Expect) {
    let args: Vec<&str> = ["call"].iter().chain(args).copied().collect();
    expected.assert_eq(&run(&args, Path::new("/nowhere")));
}

#[test]
fn a_result_is_printed_as_json() {
    let output = element(&["call", "acme.demo", DEMO, "getLoginConfig"]).output().unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    expect![[r#"{"agentId":"1000002","corpId":"ww5a1d0e0f1a2b3c4d","inClientAgent":"wxwork","inClientConsentUrl":"https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fauth%2Fqywx%2Fcallback&response_type=code&scope=snsapi_privateinfo&state=<state>&agentid=1000002#wechat_redirect","inClientUrl":"https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fauth%2Fqywx%2Fcallback&response_type=code&scope=snsapi_base&state=<state>&agentid=1000002#wechat_redirect","legacyPanel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","href":"","redirect_uri":"http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fauth%2Fqywx%2Fcallback","self_redirect":false,"state":"<state>"},"legacyQrUrl":"https://open.work.weixin.qq.com/wwopen/sso/qrConnect?appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>","panel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","login_type":"CorpApp","redirect_uri":"http://127.0.0.1:8080/api/auth/qywx/callback","state":"<state>"},"panelUrl":"https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>&redirect_type=top&panel_size=middle&color_scheme=auto","qrUrl":"https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>","redirectUri":"http://127.0.0.1:8080/api/auth/qywx/callback","state":"<state>","stateExpiresAt":"<stateExpiresAt>"}"#]].assert_eq(&without_chance(&result));
    assert!(output.status.success() && output.stderr.is_empty());
    check(
        &["acme.demo", DEMO, "authConfig"],
        &expect![[r#"
            {
              "agentId": "1000002",
              "corpId": "ww5a1d0e0f1a2b3c4d",
              "corpName": "示例科技 Acme Demo",
              "corpSecret": "******",
              "isActive": true,
              "knownUsersOnly": false,
              "redirectUri": "http://127.0.0.1:8080/api/auth/qywx/callback"
            }
            exit 0
        "#]],
    );
    let public = ["acme.demo", DEMO, "authConfig", "--public-url", "https://a.test/"];
    check(
        &public,
        &expect![[r#"
            {
              "agentId": "1000002",
              "corpId": "ww5a1d0e0f1a2b3c4d",
              "corpName": "示例科技 Acme Demo",
              "corpSecret": "******",
              "isActive": true,
              "knownUsersOnly": false,
              "redirectUri": "https://a.test/api/auth/qywx/callback"
            }
            exit 0
        "#]],
    );
}

#[test]
fn a_mistake_is_told_with_its_number() {
    check(
        &["acme.dmo", DEMO, "getLoginConfig"],
        &expect![[r#"
        ! error: there is no app `acme.dmo`; did you mean `acme.demo`? (20001)
        exit 1
    "#]],
    );
    check(
        &["acme.demo", "auths.loginTypes.QywxExample", "getLoginConfig"],
        &expect![[r#"
        ! error: there is no element `auths.loginTypes.QywxExample` in `acme.demo`; did you mean `auths.loginTypes.QywxInnerExample`? (20002)
        exit 1
    "#]],
    );
    check(
        &["acme.demo", DEMO, "getLoginConfg"],
        &expect![[r#"
        ! error: `auths.loginTypes.QywxInnerExample` has no method `getLoginConfg`; did you mean `getLoginConfig`? (20003)
        exit 1
    "#]],
    );
    check(
        &["acme.demo", DEMO, "getLoginCode", r#"{"cod": "x"}"#],
        &expect![[r#"
        ! error: unknown argument `cod`: did you mean `code`? There are `authCode`, `code`, `state` (20004)
        exit 1
    "#]],
    );
    check(
        &["acme.demo", DEMO, "getLoginCode", "[]"],
        &expect![[r#"
        ! error: invalid value '[]' for '[ARGS]': the arguments are one JSON object, such as '{"userId": "zhangsan"}'
        ! 
        ! For more information, try '--help'.
        exit 2
    "#]],
    );
    check(
        &["acme.demo", DEMO, "getLoginCode", "{cod"],
        &expect![[r#"
        ! error: invalid value '{cod' for '[ARGS]': the arguments are no JSON: key must be a string at line 1 column 2
        ! 
        ! For more information, try '--help'.
        exit 2
    "#]],
    );
    let unreachable = ["acme.demo", DEMO, "getAccessToken", "--set", "WECOM_API_BASE=http://127.0.0.1:1"];
    check(
        &unreachable,
        &expect![[r#"
        ! WARN `127.0.0.1` cannot be reached; try again later app="acme.demo" element="auths.loginTypes.QywxInnerExample" method="getAccessToken" request_id="<requestId>" kind=Upstream code=20013 internal="error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"
        ! error: `127.0.0.1` cannot be reached; try again later (20013)
        exit 1
    "#]],
    );
    check(
        &["acme.demo", DEMO, "authType", "--set", "WECOM_API_BASE"],
        &expect![[r#"
        ! error: invalid value 'WECOM_API_BASE' for '--set <NAME=VALUE>': write it like `NAME=VALUE`
        ! 
        ! For more information, try '--help'.
        exit 2
    "#]],
    );
    check(
        &["acme.demo", DEMO, "authType", "--public-url", "a.test"],
        &expect![[r#"
        ! error: invalid value 'a.test' for '--public-url <URL>': write it like `https://login.example.com`
        ! 
        ! For more information, try '--help'.
        exit 2
    "#]],
    );
    check(
        &["acme.demo", DEMO, "authType", "--var", "NOBODY_SETS_THIS"],
        &expect![[r#"
        ! error: `--var NOBODY_SETS_THIS`: the environment has no such variable, or it is not UTF-8
        exit 1
    "#]],
    );
    check(
        &["acme.demo", DEMO, "authType", "--vars", "no/such/file"],
        &expect![[r#"
        ! error: `no/such/file` cannot be read: No such file or directory (os error 2)
        exit 1
    "#]],
    );
    check(
        &["acme.demo", DEMO, "authType", "--apps", "no/such/folder"],
        &expect![[r#"
        ! error: there is no folder `no/such/folder`: give the folder of your apps, or run this where `apps` is
        exit 1
    "#]],
    );
}

#[test]
fn a_running_host_is_called_as_its_administrator() {
    let data = TempDir::new().unwrap();
    let host = Host::start(data.path(), &[]);
    let server = format!("http://{}/", host.address);
    let there = |args: &[&str]| {
        let mut command = element(&["call", "acme.demo", DEMO]);
        told(&command.args(args).args(["--server", &server, "--data"]).arg(data.path()).output().unwrap(), data.path())
    };
    expect![[r#"
        {
          "agentId": "1000002",
          "corpId": "ww5a1d0e0f1a2b3c4d",
          "corpName": "示例科技 Acme Demo",
          "corpSecret": "******",
          "isActive": true,
          "knownUsersOnly": false,
          "redirectUri": "http://HOST/api/auth/qywx/callback"
        }
        exit 0
    "#]]
    .assert_eq(&there(&["authConfig"]).replace(&host.address.to_string(), "HOST"));
    expect![[r#"
        ! error: there is no member with this userid; look for it in the console's contacts: 通讯录 (WeCom 60111)
        exit 1
    "#]]
    .assert_eq(&there(&["getUserInfo", r#"{"userId": "nobody"}"#]));
    let token = there(&["getAccessToken"]);
    assert!(token.len() > 100 && token.ends_with("exit 0\n"), "{token}");

    let elsewhere = TempDir::new().unwrap();
    let call = |server: &str, data: &Path| {
        let mut command = element(&["call", "acme.demo", DEMO, "authType", "--server", server, "--data"]);
        told(&command.arg(data).output().unwrap(), data).replace(server, "HOST")
    };
    expect![[r#"
        ! error: `--data` names the folder where that host keeps its token: the administrators' token: there is no `DIR/admin.token`
        exit 1
    "#]].assert_eq(&call(&server, elsewhere.path()));
    let other = Host::start(elsewhere.path(), &[]);
    expect![[r#"
        ! error: that host does not know the token in `DIR`: `--data` names the folder where it keeps its own
        exit 1
    "#]]
    .assert_eq(&call(&server, elsewhere.path()));
    expect![[r#"
        ! error: what answers at `HOST` is no element host
        exit 1
    "#]]
    .assert_eq(&call(&format!("http://{}", other.wecom), data.path()));
    expect![[r#"
        ! error: no host answers at `HOST`: error sending request for url (HOST/api/acme/demo/auths/loginTypes/QywxInnerExample/authType): client error (Connect): tcp connect error: Connection refused (os error 111)
        exit 1
    "#]].assert_eq(&call("http://127.0.0.1:1", data.path()));
}
