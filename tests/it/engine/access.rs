//! Who may call what: every caller, every access.
use super::apps::{Apps, DEMO, element};
use element::{
    Caller, Session,
    host::{Form, Input},
};
use element_engine::Invocation;
use expect_test::{Expect, expect};
use std::sync::Arc;

fn session(app: &str) -> Caller {
    Caller::Session(Session { app: app.into(), user: "ann".into(), corp: "acme".into(), id: "s1".into() })
}

fn through(name: &str, on_behalf_of: Caller) -> Caller {
    Caller::Element { name: name.into(), on_behalf_of: Arc::new(on_behalf_of) }
}

async fn check(caller: Caller, expected: Expect) {
    expected.assert_eq(&tell(caller).await);
}

async fn tell(caller: Caller) -> String {
    let apps = Apps::open(&[DEMO, &element("Hi", "greeters.PoliteType", r#"{"greeting": "Hi"}"#)].concat()).await;
    let mut text = String::new();
    // Public by its Meta, public by its author, session, internal because nobody says anything, internal property.
    for method in ["greet", "motto", "whoami", "add", "key"] {
        let args = if method == "add" { &b"{\"left\": 1}"[..] } else { b"" };
        let invocation = Invocation::by(caller.clone());
        let answer = apps.get("Hi").unwrap().invoke(method, Input::Bytes(args), Form::Bytes, invocation).await;
        let answer = match answer {
            Ok(_) => "yes".to_owned(),
            Err(e) => format!("{:?} {}: {e}", e.kind, e.code),
        };
        text.push_str(&format!("{method}: {answer}\n"));
    }
    text
}

#[tokio::test]
async fn nobody_in_particular() {
    check(Caller::Anonymous, expect![[r#"
        greet: yes
        motto: yes
        whoami: Unauthenticated 20006: `whoami` is for people who are logged in: log in first
        add: Refused 20007: `add` may not be called from outside: it is for other elements, the command line and administrators
        key: Refused 20007: `key` may not be called from outside: it is for other elements, the command line and administrators
    "#]]).await;
}

#[tokio::test]
async fn somebody_logged_in() {
    check(session("acme.demo"), expect![[r#"
        greet: yes
        motto: yes
        whoami: yes
        add: Refused 20007: `add` may not be called from outside: it is for other elements, the command line and administrators
        key: Refused 20007: `key` may not be called from outside: it is for other elements, the command line and administrators
    "#]]).await;
}

#[tokio::test]
async fn somebody_logged_in_elsewhere() {
    check(session("acme.other"), expect![[r#"
        greet: yes
        motto: yes
        whoami: Unauthenticated 20006: this login is for another app: log in to `acme.demo` to call `whoami`
        add: Refused 20007: `add` may not be called from outside: it is for other elements, the command line and administrators
        key: Refused 20007: `key` may not be called from outside: it is for other elements, the command line and administrators
    "#]]).await;
}

#[tokio::test]
async fn elements_administrators_and_operators_may_do_everything() {
    let all = tell(Caller::Operator).await;
    for caller in [through("Other", Caller::Anonymous), through("Other", session("acme.other")), Caller::Admin] {
        assert_eq!(tell(caller).await, all);
    }
    assert_eq!(all.matches(": yes").count(), 5, "{all}");
}
