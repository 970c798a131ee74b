//! The control API: what it takes, what it refuses, and to whom it speaks.

use wecom_sim::{Company, Options};

use crate::{CORP, DEMO, JSON, World, secret};

#[tokio::test]
async fn codes_come_with_their_lifetime() {
    let world = World::demo().await;
    for (body, field, value) in [
        (r#"{"userId":"zhangsan"}"#, "userid", "zhangsan"),
        (r#"{"corpId":"WW5a1d0e0f1a2b3c4d","agentId":1000002,"userId":"LISI"}"#, "userid", "lisi"),
        (r#"{"openid":"oX"}"#, "openid", "oX"),
        (r#"{"externalUserId":"wmX"}"#, "external_userid", "wmX"),
    ] {
        let answer = world.control("POST /sim/codes", body).await.json();
        assert_eq!(answer["expiresIn"], 300);
        let code = answer["code"].as_str().unwrap();
        assert_eq!(code.len(), 43);
        let token = world.token(DEMO).await;
        let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}")).await;
        assert_eq!(who.json()[field], value, "{body}");
    }
}

#[tokio::test]
async fn mistakes_say_what_to_write() {
    let world = World::demo().await;
    let patch = format!("PATCH /sim/companies/{CORP}/apps/{DEMO}");
    for (route, body, expected) in [
        ("POST /sim/codes", "", r#"write for example {"userId":"zhangsan"}"#),
        ("POST /sim/codes", r#"{"userid":"zhangsan"}"#, "unknown field `userid`, expected one of `corpId`"),
        ("POST /sim/codes", "{}", "write userId for a member, or openid and/or externalUserId"),
        ("POST /sim/codes", r#"{"userId":"a","openid":"b"}"#, "write userId for a member, or openid"),
        ("POST /sim/codes", r#"{"userId":"nobody"}"#, "write a userId of: zhangsan, lisi"),
        ("POST /sim/clock", r#"{"advanceMs":-1}"#, r#"{"advanceMs":7200000}, forward only"#),
        ("POST /sim/clock", r#"{"ms":1}"#, "unknown field `ms`"),
        ("GET /sim/journal?since=1", "", "unknown field `since`"),
        ("GET /sim/journal?after=x", "", "write for example ?path=/cgi-bin/gettoken&after=0"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettokens","errcode":1}"#, "write one of /cgi-bin/gettoken, "),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken"}"#, "write one of errcode, httpStatus, truncate and drop"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","drop":true,"truncate":true}"#, "write one of errcode"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/*","errcode":-1}"#, "or * for any"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","errcode":1,"truncate":true}"#, "write one of errcode"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","errcode":0}"#, "errcode 0 is success"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","httpStatus":99}"#, "httpStatus must be 200 to 599"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","errcode":1,"times":0}"#, "times must be 1 or more"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","latencyMs":600001}"#, "latencyMs must be at most 600000"),
        ("POST /sim/faults", r#"{"path":"/cgi-bin/gettoken","truncate":true,"errmsg":"x"}"#, "errmsg goes with errcode"),
        ("POST /sim/tokens/revoke", r#"{"corpId":"wwx"}"#, "write a corpId of: ww5a1d0e0f1a2b3c4d"),
        ("POST /sim/tokens/expire", r#"{"agentId":1}"#, "there is no app 1; write an agentId of"),
        (&patch, r#"{"enable":false}"#, "unknown field `enable`, expected one of `enabled`"),
        (&patch, r#"{"trustedIps":["here"]}"#, "invalid IP address"),
        (&patch, r#"{"visibleRange":{"departments":[9]}}"#, "app 1000002: visibleRange: there is no department 9"),
        (&patch, r#"{"redirectDomains":["a/b"]}"#, "redirectDomains: `a/b` is not a host or host:port"),
        (&patch, r#"{"secret":"***"}"#, "not the mask ***"),
        ("PATCH /sim/companies/wwx/apps/1", "{}", "there is no company `wwx`"),
        (&format!("PATCH /sim/companies/{CORP}/apps/x"), "{}", "agentId `x` is no number"),
        ("POST /sim/companies", "{}", "this is not a company: missing field `corpId`"),
    ] {
        let answer = world.control(route, body).await;
        let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 400, "{route} {body}: {}", answer.body);
        assert!(error.contains(expected), "{route} {body}: {error}");
    }
    for (route, status) in [("GET /sim/nothing", 404), ("GET /sim/codes", 405), ("PUT /sim/companies", 405)] {
        let answer = world.control(route, "").await;
        assert_eq!(answer.status, status, "{route}");
        assert!(answer.body.starts_with(r#"{"error":"there is no such control; there are POST /sim/codes"#), "{route}");
    }
    let undeclared = world.client.post(format!("{}/sim/codes", world.base)).body(r#"{"userId":"lisi"}"#);
    let undeclared = world.send(undeclared).await;
    assert_eq!(undeclared.body, r#"{"error":"write the header `content-type: application/json`"}"#);
}

#[test]
fn a_company_is_checked() {
    let app = r#""apps":[{"agentId":1,"secret":"s"}]"#;
    for (rest, expected) in [
        (r#""apps":[]"#.to_owned(), "it has no app"),
        (r#""apps":[{"agentId":1,"secret":"a b"}]"#.to_owned(), "app 1: secret is a text without spaces"),
        (r#""apps":[{"agentId":1,"secret":"a"},{"agentId":1,"secret":"b"}]"#.to_owned(), "app 1: agentId is there twice"),
        (r#""apps":[{"agentId":1,"secret":"a"},{"agentId":2,"secret":"a"}]"#.to_owned(), "app 2: another app has the same"),
        (
            r#""apps":[{"agentId":1,"secret":"a","visibleRange":{"members":["x"]}}]"#.to_owned(),
            "app 1: visibleRange: there is no member `x`",
        ),
        (format!(r#"{app},"departments":[{{"id":2,"name":"x"}}]"#), "department 2: following parentId must end"),
        (format!(r#"{app},"departments":[{{"id":1,"name":"x"}},{{"id":1,"name":"y"}}]"#), "department 1: ids are unique"),
        (
            format!(r#"{app},"departments":[{{"id":2,"name":"x","parentId":3}},{{"id":3,"name":"y","parentId":2}}]"#),
            "department 2: following parentId must end",
        ),
        (format!(r#"{app},"members":[{{"userId":"a"}},{{"userId":"A"}}]"#), "member `A`: userId is unique"),
        (format!(r#"{app},"members":[{{"userId":"a/b"}}]"#), "member `a/b`: userId is unique"),
        (format!(r#"{app},"members":[{{"userId":"a","departments":[{{"id":5}}]}}]"#), "there is no department 5"),
        (format!(r#"{app},"members":[{{"userId":"a","mainDepartment":2}}]"#), "mainDepartment must be one of"),
        (format!(r#"{app},"members":[{{"userId":"a","directLeader":["b"]}}]"#), "member `a`: directLeader is up to five"),
        (format!(r#"{app},"members":[{{"userId":"a","status":3}}]"#), "member `a`: gender is 0, 1 or 2, and status"),
        (format!(r#"{app},"members":[{{"userId":"a","extattr":[]}}]"#), "extattr and externalProfile are objects"),
        (format!(r#"{app},"member":[]"#), "unknown field `member`"),
    ] {
        let error = Company::from_json(&format!(r#"{{"corpId":"ww1",{rest}}}"#)).unwrap_err();
        assert!(error.contains(expected), "{rest}: {error}");
    }
    let error = Company::from_json(&format!(r#"{{"corpId":"w w",{app}}}"#)).unwrap_err();
    assert!(error.contains("corpId must be"), "{error}");
    assert_eq!(Company::demo().corp_id(), CORP);
}

#[tokio::test]
async fn companies_are_added_replaced_and_shown_without_their_secrets() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    let other =
        r#"{"corpId":"wwother","name":"Other","members":[{"userId":"ann"}],"apps":[{"agentId":1,"secret":"private"}]}"#;
    assert_eq!(world.control("POST /sim/companies", other).await.body, r#"{"corpId":"wwother","replaced":false}"#);
    assert_eq!(world.control("POST /sim/companies", other).await.body, r#"{"corpId":"wwother","replaced":true}"#);
    let shown = world.control("GET /sim/companies", "").await;
    assert!(!shown.body.contains("private"), "{}", shown.body);
    let shown = shown.json();
    assert_eq!(shown["companies"][0]["apps"][0]["secret"], secret(DEMO));
    assert_eq!(shown["companies"][1]["apps"][0]["secret"], "***");
    assert_eq!(shown["companies"][1]["members"][0]["name"], "ann");
    assert_eq!(shown["companies"][1]["departments"][0]["name"], "Other");
    // With two companies one must say which.
    let error = world.control("POST /sim/codes", r#"{"userId":"ann"}"#).await;
    assert!(error.body.contains("which company? write a corpId of: ww5a1d0e0f1a2b3c4d, wwother"), "{}", error.body);
    let code = world.control("POST /sim/codes", r#"{"corpId":"wwother","userId":"ann"}"#).await;
    assert_eq!(code.status, 200);
    // The demo's token outlives a replacement that keeps its app, and ends with one that does not.
    let call = format!("/cgi-bin/user/get?access_token={token}&userid=zhangsan");
    world.control("POST /sim/companies", include_str!("../../src/demo.json")).await;
    assert_eq!(world.get(&call).await.errcode(), 0);
    let without = format!(r#"{{"corpId":"{CORP}","apps":[{{"agentId":7,"secret":"private"}}]}}"#);
    world.control("POST /sim/companies", &without).await;
    assert_eq!(world.get(&call).await.errcode(), 40014);
}

#[tokio::test]
async fn the_clock_moves_forward() {
    let world = World::demo().await;
    let before = world.sim.now_ms();
    let after = world.control("POST /sim/clock", r#"{"advanceMs":7200000}"#).await.json()["now"].as_u64().unwrap();
    assert!((7_200_000..7_260_000).contains(&(after - before)), "{before} {after}");
    world.control("POST /sim/clock", &format!(r#"{{"advanceMs":{}}}"#, u64::MAX)).await;
    assert_eq!(world.sim.now_ms(), u64::MAX);
    // The end of time is no reason to break.
    assert_eq!(world.get("/cgi-bin/gettoken?corpid=x&corpsecret=x").await.errcode(), 40013);
    let wrong = format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret=x");
    assert_eq!(world.get(&wrong).await.errcode(), 40001);
    assert_eq!(world.get(&wrong).await.errcode(), 40001);
}

#[tokio::test]
async fn it_speaks_to_this_machine_only() {
    let world = World::demo().await;
    let url = format!("{}/sim/companies", world.base);
    for (host, status) in [
        ("localhost:8090", 200),
        ("127.0.0.1", 200),
        ("[::1]:8090", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("10.0.0.1", 403),
        ("", 403),
    ] {
        assert_eq!(world.send(world.client.get(&url).header("host", host)).await.status, status, "{host}");
    }
    let anywhere = World::listening("0.0.0.0:0", Options::default()).await;
    let shut = anywhere.control("GET /sim/companies", "").await;
    assert_eq!(shut.status, 403);
    assert!(shut.body.contains("--public-control"), "{}", shut.body);
    anywhere.token(DEMO).await;
    let unknown = anywhere.get("/cgi-bin/gettoken?corpid=wwx&corpsecret=x").await;
    assert!(!unknown.body.contains("curl"), "no command that would be refused: {}", unknown.body);

    let open = World::listening("0.0.0.0:0", Options { public_control: true, ..Options::default() }).await;
    let request = open.client.get(format!("{}/sim/companies", open.base)).header("host", "wecom.test");
    assert_eq!(open.send(request.header("content-type", JSON)).await.status, 200);
}

#[tokio::test]
async fn serving_ends_when_told_to() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serving = tokio::spawn(wecom_sim::Sim::demo().serve(listener, async { drop(stopped.await) }));
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_router_without_addresses_takes_its_callers_as_local() {
    let sim = wecom_sim::Sim::demo();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, sim.router()).into_future());
    let world = World { sim, base, client: crate::client(None) };
    let missing = crate::long(41004, "corpsecret missing", "");
    world.check(&[("/cgi-bin/gettoken", &missing)]).await;
    assert_eq!(world.control("GET /sim/companies", "").await.status, 200);
}
