//! Callbacks as WeCom sends them, and as others do.
use super::{sealed::LONGEST, *};
use crate::{QywxInner, test_host::TestHost};
use element::Caller;
use serde_json::json;

const TOKEN: &str = "QDG6eK";
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const CORP: &str = "wx5823bf96d3bd56c7";
/// The test host's clock, in seconds.
const NOW: i64 = 1_700_000_000;

fn callback() -> Callback {
    serde_json::from_value(json!({"token": TOKEN, "encodingAESKey": KEY})).unwrap()
}

/// How a request differs from what WeCom would send.
struct Odd<'a> {
    method: &'a str,
    message: &'a str,
    receiver: &'a str,
    timestamp: i64,
    /// What stands in place of the body; `{}` is what is sealed.
    body: &'a str,
    change: &'a dyn Fn(&mut Request),
}

const PUSH: &str = "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Event>change_contact</Event>\
                    <ChangeType>update_user</ChangeType><UserID><![CDATA[zhangsan]]></UserID></xml>";
const BODY: &str = "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt></xml>";

impl Default for Odd<'_> {
    fn default() -> Self {
        Self { method: "POST", message: PUSH, receiver: CORP, timestamp: NOW, body: BODY, change: &|_| () }
    }
}

fn heard(odd: &Odd<'_>) -> Result<Heard> {
    let (timestamp, nonce) = (odd.timestamp.to_string(), "1372623149");
    let crypt = Crypt::new(TOKEN, KEY).unwrap();
    let (sealed, signature) = crypt.seal([9; 16], odd.message.as_bytes(), odd.receiver, [&timestamp, nonce]);
    let mut request = Request { method: odd.method.into(), ..Request::default() };
    let mut query = vec![("msg_signature", signature), ("timestamp", timestamp.clone()), ("nonce", nonce.into())];
    if odd.method == "GET" {
        query.push(("echostr", sealed));
    } else {
        request.body = odd.body.replace("{}", &sealed).into_bytes();
    }
    request.query = query.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    (odd.change)(&mut request);
    let host = TestHost::new(|_| panic!("no request is made here"));
    callback().hear(&host.ctx_of(Caller::Anonymous), CORP, &request)
}

#[track_caller]
fn check(odd: &Odd<'_>, expected: &str) {
    let told = match heard(odd) {
        Ok(Heard::Verification(answer)) => format!("{} {}", answer.status, String::from_utf8(answer.body).unwrap()),
        Ok(Heard::Push(push)) => format!("{:?}", change::ContactChange::of(&push)),
        Err(e) => format!("{:?} {} {}", e.kind, e.code, e.message),
    };
    assert_eq!(told, expected);
}

#[test]
fn an_address_is_verified_with_the_plain_text_alone() {
    let get = || Odd { method: "GET", message: "1616140317555161061", ..Odd::default() };
    check(&get(), "200 1616140317555161061");
    // An old one as well: only a word comes back.
    check(&Odd { timestamp: 1, ..get() }, "200 1616140317555161061");
    check(
        &Odd { change: &|it| it.query.get_mut("echostr").iter_mut().for_each(|it| **it = it.replace('+', " ")), ..get() },
        "200 1616140317555161061",
    );
    let read_out = "Refused 20110 this callback is refused: what it wants back is no word, as WeCom's is";
    check(&Odd { message: PUSH, ..get() }, read_out);
    check(&Odd { message: &"1".repeat(65), ..get() }, read_out);
    check(
        &Odd { receiver: "ww2", ..get() },
        "Refused 20110 this callback is refused: it is for `ww2`, expected `wx5823bf96d3bd56c7`",
    );
    check(
        &Odd { change: &|it| drop(it.query.remove("echostr")), ..get() },
        "InvalidArgs 20004 this is no callback of WeCom's: `echostr` is not in its query",
    );
}

#[test]
fn a_push_says_where_to_look() {
    let member = r#"Some(Member { user_id: "zhangsan", new_user_id: None })"#;
    check(&Odd::default(), member);
    check(&Odd { receiver: "WX5823BF96D3BD56C7", ..Odd::default() }, member);
    check(&Odd { body: r#"{"tousername": "x", "encrypt": "{}", "agentid": 1}"#, ..Odd::default() }, member);
    check(&Odd { body: "\u{feff}\n<xml><Encrypt>{}</Encrypt><AgentID/></xml>", ..Odd::default() }, member);
    let inside = |parts: &str| format!("<xml><ToUserName>{CORP}</ToUserName>{parts}</xml>");
    for (parts, expected) in [
        (
            "<Event>change_contact</Event><ChangeType><![CDATA[update_user]]></ChangeType><UserID>a</UserID><NewUserID>b</NewUserID>",
            r#"Some(Member { user_id: "a", new_user_id: Some("b") })"#,
        ),
        ("<Event>change_contact</Event><ChangeType>delete_party</ChangeType><Id>7</Id>", "Some(Department { dept_id: 7 })"),
        ("<Event>change_contact</Event><ChangeType>delete_party</ChangeType><Id>x</Id>", "None"),
        ("<Event>change_contact</Event><ChangeType>update_tag</ChangeType><TagId>1</TagId>", "None"),
        ("<Event>enter_agent</Event><ChangeType>update_user</ChangeType><UserID>a</UserID>", "None"),
        ("<MsgType>text</MsgType><Content>hello</Content>", "None"),
    ] {
        check(&Odd { message: &inside(parts), ..Odd::default() }, expected);
    }
}

#[test]
fn everything_else_is_refused() {
    let unsigned = "Refused 20110 this callback is refused: its signature is wrong: `callback.token` is not the Token of this \
                    address's 接收消息服务器配置, or it is not WeCom's";
    let set =
        |name: &'static str, value: &'static str| move |it: &mut Request| drop(it.query.insert(name.into(), value.into()));
    check(&Odd { change: &set("msg_signature", "477715d11cdb4164915debcba66cb864d751f3e6"), ..Odd::default() }, unsigned);
    check(&Odd { change: &set("nonce", "1"), ..Odd::default() }, unsigned);
    check(&Odd { change: &set("timestamp", "1"), ..Odd::default() }, unsigned);
    check(
        &Odd { change: &set("timestamp", "soon"), ..Odd::default() },
        "InvalidArgs 20004 this is no callback of WeCom's: `timestamp` is no number of seconds",
    );
    check(
        &Odd { change: &|it| it.query.clear(), ..Odd::default() },
        "InvalidArgs 20004 this is no callback of WeCom's: `timestamp` is not in its query",
    );
    let old = "Refused 20110 this callback is refused: it is older than an hour, or the clock of this machine is wrong";
    check(&Odd { timestamp: NOW - 3_601, ..Odd::default() }, old);
    check(&Odd { timestamp: NOW + 3_601, ..Odd::default() }, old);
    check(
        &Odd { receiver: "", ..Odd::default() },
        "Refused 20110 this callback is refused: it is for ``, expected `wx5823bf96d3bd56c7`",
    );
    check(
        &Odd { message: "<xml><ToUserName>ww2</ToUserName></xml>", ..Odd::default() },
        "Refused 20110 this callback is refused: it is for another company than `wx5823bf96d3bd56c7`",
    );
    check(
        &Odd { message: "hello", ..Odd::default() },
        "InvalidArgs 20004 this is no callback of WeCom's: what was encrypted is neither XML nor JSON",
    );
    for (body, why) in [
        ("", "its body is neither XML nor JSON"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><xml><Encrypt>{}</Encrypt></xml>", "its body is neither XML nor JSON"),
        ("<xml><Other/></xml>", "nothing in its body is encrypted"),
    ] {
        check(&Odd { body, ..Odd::default() }, &format!("InvalidArgs 20004 this is no callback of WeCom's: {why}"));
    }
    check(
        &Odd { change: &|it| it.body = vec![b' '; LONGEST + 1], ..Odd::default() },
        "InvalidArgs 20004 this is no callback of WeCom's: its body is larger than any push",
    );
}

#[test]
fn a_config_says_what_is_wrong_with_it_and_repeats_no_secret() {
    let told = |callback: serde_json::Value| {
        let config =
            json!({"corpId": "ww1", "corpSecret": "s", "agentId": 1, "redirectUri": "https://a.com", "callback": callback});
        serde_json::from_value::<QywxInner>(config).unwrap_err().to_string()
    };
    let short = told(json!({"token": TOKEN, "encodingAESKey": "hunter2"}));
    assert!(short.contains("43 letters and digits") && !short.contains("hunter2"), "{short}");
    let long = told(json!({"token": "hunter2 hunter2", "encodingAESKey": KEY}));
    assert!(long.contains("1 to 32 letters and digits") && !long.contains("hunter2"), "{long}");
    assert!(!format!("{:?}", callback()).contains(TOKEN) && !format!("{:?}", callback()).contains(KEY));
}
