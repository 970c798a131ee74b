//! Addresses that lead nowhere, and verbs that nobody answers.
use crate::site::{Ask, DEMO_PATH, Site, shown};
use expect_test::expect;

async fn answers(site: &Site, asks: impl IntoIterator<Item = (&str, Vec<u8>)>) -> String {
    let mut text = String::new();
    for (verb, path) in asks {
        let reply = site.send(&Ask::new(verb, &path)).await;
        let allow = reply.header("allow").map(|it| format!(" (allow: {it})")).unwrap_or_default();
        let path = String::from_utf8_lossy(&path);
        let path = if path.len() > 90 { format!("{}…", &path[..90]) } else { path.into_owned() };
        text.push_str(&format!("{verb} {path}\n    {}{allow}\n", shown(&reply)));
        // Whoever fills an answer with a long name must not make us repeat it.
        assert!(reply.body.len() < 700, "{text}");
    }
    text
}

#[tokio::test]
async fn whoever_mistypes_is_told_what_there_is() {
    let site = Site::demo().await;
    let paths = [
        "/api/acme/dmo/auths/loginTypes/QywxInnerExample/getLoginConfig",
        "/api/nobody/nothing/auths/loginTypes/QywxInnerExample/getLoginConfig",
        "/api/acme/demo/auths/loginTypes/QywxInerExample/getLoginConfig",
        "/api/acme/demo/banana/getLoginConfig",
        "/api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfg",
        "/api/acme/demo/auths/loginTypes/QywxInnerExample/banana",
        "/api/acme/demo/auths/loginTypes/QywxInnerType/getLoginConfig",
        "/api/acme/demo/auths/loginTypes/Meta/getLoginConfig",
        "/api/acme/demo/getLoginConfig",
        "/api/acme/demo/",
        "/api/acme/demo",
        "/api",
        "/",
        "/login",
    ];
    let answers = answers(&site, paths.map(|it| ("POST", it.into()))).await;
    expect![[r#"
        POST /api/acme/dmo/auths/loginTypes/QywxInnerExample/getLoginConfig
            404 20001 there is no app `acme.dmo`; did you mean `acme.demo`?
        POST /api/nobody/nothing/auths/loginTypes/QywxInnerExample/getLoginConfig
            404 20001 there is no app `nobody.nothing`
        POST /api/acme/demo/auths/loginTypes/QywxInerExample/getLoginConfig
            404 20002 there is no element `auths.loginTypes.QywxInerExample` in `acme.demo`; did you mean `auths.loginTypes.QywxInnerExample`?
        POST /api/acme/demo/banana/getLoginConfig
            404 20002 there is no element `banana` in `acme.demo`
        POST /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfg
            404 20003 `auths.loginTypes.QywxInnerExample` has no method `getLoginConfg`; did you mean `getLoginConfig`?
        POST /api/acme/demo/auths/loginTypes/QywxInnerExample/banana
            404 20003 `auths.loginTypes.QywxInnerExample` has no method `banana`
        POST /api/acme/demo/auths/loginTypes/QywxInnerType/getLoginConfig
            404 20002 `auths.loginTypes.QywxInnerType` is a Type: only Instances, services and models can be called
        POST /api/acme/demo/auths/loginTypes/Meta/getLoginConfig
            404 20002 `auths.loginTypes.Meta` is a Meta: only Instances, services and models can be called
        POST /api/acme/demo/getLoginConfig
            404 20003 the address ends with the element and its method: …/<full name with />/<method>
        POST /api/acme/demo/
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
        POST /api/acme/demo
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
        POST /api
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
        POST /
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
        POST /login
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
    "#]].assert_eq(&answers);
}

#[tokio::test]
async fn odd_addresses_do_no_harm() {
    let site = Site::demo().await;
    let long = "x".repeat(5_000);
    let paths: [&[u8]; 16] = [
        b"/api/acme/demo/../../etc/passwd",
        b"/api/acme/demo/%2e%2e/%2e%2e/etc/passwd",
        b"/api/acme/demo//auths//loginTypes/QywxInnerExample/getLoginConfig",
        b"//api/acme/demo/auths/loginTypes/QywxInnerExample/authType",
        b"/api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig/",
        b"/api/acme/demo/auths%2FloginTypes%2FQywxInnerExample/authType",
        b"/api/acme/demo/auths.loginTypes.QywxInnerExample/authType",
        b"/api/acme.demo/demo/auths/loginTypes/QywxInnerExample/authType",
        b"/api/acme/demo/auths/loginTypes/QywxInnerExample%00/authType",
        b"/api/acme/demo/auths/loginTypes/QywxInnerExample/authType%00",
        b"/api/acme/demo/auths/loginTypes/%ff/authType",
        b"/api/acme/demo/auths/\xe5\xbc\xa0\xe4\xb8\x89/authType",
        b"/api/acme/demo/%0d%0aset-cookie:%20a=b/authType",
        b"/api/%3Cscript%3E/demo/a/b",
        b"/api/acme/demo/a/%zz",
        b"*",
    ];
    let mut asks: Vec<_> = paths.iter().map(|it| ("POST", it.to_vec())).collect();
    for path in [format!("/api/{long}/demo/a/b"), format!("/api/acme/demo/{long}/b"), format!("{DEMO_PATH}/{long}")] {
        asks.push(("POST", path.into()));
    }
    asks.push(("POST", format!("/api/acme/demo/{}b", "a/".repeat(5_000)).into()));
    let answers = answers(&site, asks).await;
    expect![[r#"
        POST /api/acme/demo/../../etc/passwd
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme/demo/%2e%2e/%2e%2e/etc/passwd
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme/demo//auths//loginTypes/QywxInnerExample/getLoginConfig
            404 20002 there is no element `.auths..loginTypes.QywxInnerExample` in `acme.demo`; did you mean `auths.loginTypes.QywxInnerExample`?
        POST //api/acme/demo/auths/loginTypes/QywxInnerExample/authType
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
        POST /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig/
            404 20003 the address ends with the element and its method: …/<full name with />/<method>
        POST /api/acme/demo/auths%2FloginTypes%2FQywxInnerExample/authType
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme/demo/auths.loginTypes.QywxInnerExample/authType
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme.demo/demo/auths/loginTypes/QywxInnerExample/authType
            404 20001 there is no app `acme.demo.demo`
        POST /api/acme/demo/auths/loginTypes/QywxInnerExample%00/authType
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme/demo/auths/loginTypes/QywxInnerExample/authType%00
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme/demo/auths/loginTypes/%ff/authType
            400 20015 the address is not UTF-8 once its `%` signs are read
        POST /api/acme/demo/auths/张三/authType
            404 20002 there is no element `auths.张三` in `acme.demo`
        POST /api/acme/demo/%0d%0aset-cookie:%20a=b/authType
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/%3Cscript%3E/demo/a/b
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST /api/acme/demo/a/%zz
            404 20002 an element is addressed by its full name, as it is, with `/` in place of each `.`
        POST *
            404 20002 there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>
        POST /api/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
            404 20001 there is no app `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`
        POST /api/acme/demo/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
            404 20002 there is no element `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` in `acme.demo`
        POST /api/acme/demo/auths/loginTypes/QywxInnerExample/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
            404 20003 `auths.loginTypes.QywxInnerExample` has no method `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`
        POST /api/acme/demo/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a…
            404 20002 there is no element `a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.` in `acme.demo`
    "#]].assert_eq(&answers);
}

#[tokio::test]
async fn only_post_calls_and_get_where_it_is_said() {
    let site = Site::demo().await;
    let mut asks = Vec::new();
    for verb in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"] {
        asks.push((verb, format!("{DEMO_PATH}/getLoginConfig").into()));
    }
    for verb in ["PUT", "HEAD"] {
        asks.push((verb, b"/api/acme/demo/doors/services/Door/peek".to_vec()));
        asks.push((verb, b"/api/acme/demo/doors/services/Door/slot".to_vec()));
    }
    asks.push(("GET", format!("{DEMO_PATH}/banana").into()));
    asks.push(("PUT", format!("{DEMO_PATH}/banana").into()));
    asks.push(("POST", b"/healthz".to_vec()));
    let answers = answers(&site, asks).await;
    expect![[r#"
        GET /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 20015 send a POST; only methods that say so answer GET (allow: POST)
        PUT /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 20015 send a POST; only methods that say so answer GET (allow: POST)
        DELETE /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 20015 send a POST; only methods that say so answer GET (allow: POST)
        PATCH /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 20015 send a POST; only methods that say so answer GET (allow: POST)
        OPTIONS /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 20015 send a POST; only methods that say so answer GET (allow: POST)
        HEAD /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 "" (allow: POST)
        BREW /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig
            405 20015 send a POST; only methods that say so answer GET (allow: POST)
        PUT /api/acme/demo/doors/services/Door/peek
            405 20015 send a POST or a GET (allow: GET, POST)
        PUT /api/acme/demo/doors/services/Door/slot
            405 20015 send a POST or a GET (allow: GET, POST)
        HEAD /api/acme/demo/doors/services/Door/peek
            405 "" (allow: GET, POST)
        HEAD /api/acme/demo/doors/services/Door/slot
            405 "" (allow: GET, POST)
        GET /api/acme/demo/auths/loginTypes/QywxInnerExample/banana
            404 20003 `auths.loginTypes.QywxInnerExample` has no method `banana`
        PUT /api/acme/demo/auths/loginTypes/QywxInnerExample/banana
            404 20003 `auths.loginTypes.QywxInnerExample` has no method `banana`
        POST /healthz
            405 "" (allow: GET,HEAD)
    "#]]
    .assert_eq(&answers);
}
