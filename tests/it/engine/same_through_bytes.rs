//! The same calls, mistakes included, on linked objects and through bytes: the same answers, byte for byte.
use super::{
    apps::{Apps, DEMO, element, registry},
    loopback::{ASKED, through_bytes},
};
use element::{
    Caller, Error, Request,
    host::{Form, Input, Op, Output},
};
use element_engine::{DEADLINE, Invocation, MemoryFiles, Registry};
use serde_json::{Value, json};
use std::time::Duration;

/// For what never comes: time may be real.
const IN_VAIN: Duration = Duration::from_millis(300);

const TOUR: &str = "greeters.services.Tour";

fn demo() -> MemoryFiles {
    let hi = r#"{"greeting": "Hi", "key": "hunter2", "again": {"word": "Hello?", "afterMs": 1}}"#;
    let text = [
        DEMO.to_owned(),
        element("Hi", "greeters.PoliteType", hi),
        element("Odd", "greeters.OddType", "{}"),
        element("Hold", "greeters.HolderType", r#"{"id": "same_through_bytes"}"#),
        element("Broken", "greeters.PoliteType", r#"{"greting": 5}"#),
        element("Refused", "greeters.TouchyType", r#"{"word": "no"}"#),
        element("Noted", "LoudType", r#"{"note": "hunter3"}"#),
        BASE.to_owned(),
    ];
    MemoryFiles::parse(&text.concat())
}

/// An app that the other one builds on, with a Type that the other one has one of its own for.
const BASE: &str = r#"//- /apps/demo/app.json
{"appId": "acme.demo", "extends": ["acme.base"]}
//- /apps/demo/LoudType/e.json
{"type": "greeters.AuditType", "abstract": true}
//- /apps/base/app.json
{"appId": "acme.base"}
//- /apps/base/LoudType/e.json
{"type": "greeters.PoliteType", "abstract": true}
//- /apps/base/LoudType/LoudType.json
{"greeting": "Hey", "key": "hunter2"}
"#;

fn calls() -> Vec<(&'static str, &'static str, Value)> {
    let relay = |method, args| json!({"element": "Hi", "method": method, "args": args});
    vec![
        ("Hi", "greet", json!({})),
        ("Hi", "greet", json!({"name": "安妮 \u{0} \" \\ 🎉"})),
        ("Hi", "greet", json!({"nme": "Ann"})),
        ("Hi", "greet", json!({"who": 5})),
        ("Hi", "greet", json!([])),
        ("Hi", "greet", Value::Null),
        ("Hi", "gret", json!({})),
        ("Hi", "add", json!({"left": i64::MAX, "right": 0})),
        ("Hi", "add", json!({"left": 1.0})),
        ("Hi", "add", json!({"left": "hunter2"})),
        ("Hi", "add", json!({})),
        ("Hi", "key", json!({})),
        ("Hi", "key", json!({"x": 1})),
        ("Hi", "motto", Value::Null),
        ("Hi", "whoami", json!({})),
        ("Hi", "echo", json!({"a": 1, "b": [true, null]})),
        ("Hold", "greet", json!({})),
        ("Hold", "work", json!({"ms": 5})),
        ("Noted", "greet", json!({"who": "安妮"})),
        ("Noted", "below", json!({"method": "whoami", "args": {}})),
        ("Noted", "below", json!({"method": "key", "args": {}})),
        ("Noted", "below", json!({"method": "add", "args": {"lft": 1}})),
        ("Noted", "below", json!({"method": "ad", "args": {"left": 1}})),
        ("Noted", "whoami", json!({})),
        ("Broken", "greet", json!({})),
        ("Refused", "greet", json!({})),
        ("Odd", "refuse", json!({"code": 40029})),
        ("Odd", "panicAtOnce", json!({})),
        ("Odd", "panicLater", json!({})),
        ("Odd", "waitForEver", json!({})),
        ("Odd", "callParts", json!({})),
        ("Odd", "big", json!({"bytes": 100_000})),
        ("Odd", "big", json!({"bytes": 17 << 20})),
        ("Odd", "relay", relay("add", json!({"left": 2}))),
        ("Odd", "relay", relay("add", json!({"lft": 2}))),
        ("Odd", "relay", json!({"element": "Ha", "method": "add"})),
        ("Odd", "circle", json!({"round": 0})),
        ("Odd", "countTo", json!({"number": 2})),
        ("Odd", "refuseLater", json!({"code": 1})),
        (TOUR, "records", json!({})),
        (TOUR, "keys", json!({})),
        (TOUR, "lease", json!({})),
        (TOUR, "smallThings", json!({})),
        (TOUR, "fingerprint", json!({"secret": "hunter2"})),
        (TOUR, "find", json!({"ty": "greeters.PoliteType", "meta": "greeters.Meta"})),
        (TOUR, "find", json!({"ty": "no, name", "meta": ""})),
        (TOUR, "select", json!({"selector": ".LoudType, *Noted"})),
        (TOUR, "select", json!({"selector": "#"})),
        (TOUR, "job", json!({"element": "Hi", "method": "add", "args": {"left": 1}, "attempts": 1})),
        (TOUR, "job", json!({"element": "Odd", "method": "refuse", "args": {"code": 2}, "attempts": 2})),
        (TOUR, "job", json!({"element": "Odd", "method": "nothing", "args": {}, "attempts": 2})),
        (TOUR, "http", json!({"url": "no address"})),
        ("greeters.PoliteType.Greeted", "get", json!({"key": "ann"})),
        ("greeters.PoliteType.Greeted", "query", json!({"filter": {"name": "Ann"}})),
        ("greeters.PoliteType.Greeted", "delete", json!({"key": ""})),
    ]
}

fn show(answer: Result<Output, Error>) -> String {
    match answer {
        Ok(Output::Raw(it)) => format!("{it:?}"),
        Ok(it) => String::from_utf8(it.into_bytes().unwrap()).unwrap(),
        // As it crosses: kind, number, message and what only the log may know.
        Err(e) => serde_json::to_string(&e).unwrap(),
    }
}

/// What all calls give, each in several forms and by several callers.
pub(crate) async fn answers(registry: Registry) -> Vec<String> {
    let apps = Apps::open_as(registry, demo(), |_| ()).await;
    let mut answers: Vec<String> = apps.runtime.snapshot().diagnostics().iter().map(ToString::to_string).collect();
    for (full_name, method, args) in calls() {
        for (caller, form) in
            [(Caller::Operator, Form::Bytes), (Caller::Admin, Form::Value), (Caller::Anonymous, Form::Bytes)]
        {
            let timeout = Some(if method == "waitForEver" { IN_VAIN } else { DEADLINE });
            let invocation = Invocation { request_id: "r".into(), timeout, ..Invocation::by(caller) };
            let text = args.to_string();
            let input = if form == Form::Bytes { Input::Bytes(text.as_bytes()) } else { Input::Value(&args) };
            let answer = match apps.get(full_name) {
                Ok(it) => it.invoke(method, input, form, invocation).await,
                Err(e) => Err(e),
            };
            answers.push(format!("{full_name} {method} {text}: {}", show(answer)));
        }
    }
    let body = (0..=255).collect();
    let request = Request { method: "POST".into(), body, query: [("a".into(), "b".into())].into(), ..Request::default() };
    let input = Input::Raw(Box::new(request));
    let raw = apps.get("Hi").unwrap().invoke("echo", input, Form::Bytes, Invocation::default()).await;
    answers.push(show(raw));
    answers
}

#[tokio::test(start_paused = true)]
async fn linked_and_through_bytes_every_answer_is_the_same() {
    let linked = answers(registry(|it| it)).await;
    let through = answers(registry(through_bytes)).await;
    assert_eq!(linked.len(), through.len());
    for (linked, through) in linked.iter().zip(&through) {
        assert_eq!(linked, through);
    }
    let asked = ASKED.lock().unwrap();
    let missed: Vec<_> = Op::ALL.iter().filter(|it| !asked.contains(&(**it as u32))).collect();
    assert!(missed.is_empty(), "nobody asked for {missed:?}");
}
