//! Calls and what comes back: arguments, names, properties, raw methods.
use super::apps::{Apps, DEMO, element};
use element::{
    Request,
    host::{Form, Input, Output},
};
use element_engine::{Invocation, Registry};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

fn demo() -> String {
    let hi = r#"{"greeting": "Hi", "key": "hunter2"}"#;
    [
        DEMO,
        &element("Hi", "greeters.PoliteType", hi),
        &element("Odd", "greeters.OddType", "{}"),
        &element("Broken", "greeters.PoliteType", "{}"),
        &element("own.Meta", "", "").replace("//- /apps/demo/own/Meta/Meta.json", "//- /apps/demo/own/Meta/readme.md"),
    ]
    .concat()
}

async fn tell(apps: &Apps, app: &str, full_name: &str, method: &str, args: &Value) -> String {
    let answer = async { apps.runtime.app(app)?.get_element(full_name)?.call(method, args.clone()).await }.await;
    match answer {
        Ok(it) => it.to_string(),
        Err(e) => {
            let internal = if e.internal.is_empty() { String::new() } else { format!(" ({})", e.internal) };
            format!("{:?} {}: {e}{internal}", e.kind, e.code)
        }
    }
}

#[track_caller]
fn check(calls: &[(&str, &str, Value)], expected: &Expect) {
    let time = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let text = time.block_on(async {
        let apps = Apps::open(&demo()).await;
        let mut text = String::new();
        for (full_name, method, args) in calls {
            let answer = tell(&apps, "acme.demo", full_name, method, args).await;
            text.push_str(&format!("{method} {args}\n    {answer}\n"));
        }
        text
    });
    expected.assert_eq(&text);
}

#[tokio::test]
async fn unknown_names_are_answered_with_the_nearest() {
    let apps = Apps::open(&demo()).await;
    let mut text = String::new();
    let long = "x".repeat(500);
    for (app, full_name, method) in [
        ("acme.dema", "Hi", "greet"),
        ("nobody.here", "Hi", "greet"),
        ("acme.demo", "hi", "greet"),
        ("acme.demo", "greeters.services.Tuor", "find"),
        ("acme.demo", "Robots", "greet"),
        ("acme.demo", "Hi", "gret"),
        ("acme.demo", "Hi", "dance"),
        ("acme.demo", "Hi", "begin"),
        ("acme.demo", "Broken", "greet"),
        ("acme.demo", "own.Meta", "greet"),
        ("acme.demo", "greeters.PoliteType", "greet"),
        ("acme.demo", &long, "greet"),
        ("acme.demo", "Hi", &long),
    ] {
        text.push_str(&tell(&apps, app, full_name, method, &json!({})).await);
        text.push('\n');
    }
    expect![[r#"
        NotFound 20001: there is no app `acme.dema`; did you mean `acme.demo`?
        NotFound 20001: there is no app `nobody.here`
        NotFound 20002: there is no element `hi` in `acme.demo`; did you mean `Hi`?
        NotFound 20002: there is no element `greeters.services.Tuor` in `acme.demo`; did you mean `greeters.services.Tour`?
        NotFound 20002: there is no element `Robots` in `acme.demo`
        NotFound 20003: `Hi` has no method `gret`; did you mean `greet`?
        NotFound 20003: `Hi` has no method `dance`
        NotFound 20003: `Hi` has no method `begin`
        Unavailable 20009: `Broken` is not in service: its files have mistakes, and `element check` shows them
        NotFound 20002: `own.Meta` is a Meta: only Instances, services and models can be called
        NotFound 20002: `greeters.PoliteType` is a Type: only Instances, services and models can be called
        NotFound 20002: there is no element `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` in `acme.demo`
        NotFound 20003: `Hi` has no method `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`
    "#]].assert_eq(&text);
}

#[test]
fn arguments_are_checked_strictly() {
    check(
        &[
            ("Hi", "add", json!({"left": 1})),
            ("Hi", "add", json!({"left": 1, "right": null})),
            ("Hi", "add", json!({"left": 1, "right": 2, "third": 3})),
            ("Hi", "add", json!({"left": 1, "rigth": 2})),
            ("Hi", "add", json!({})),
            ("Hi", "add", Value::Null),
            ("Hi", "add", json!({"left": "hunter2"})),
            ("Hi", "add", json!({"left": 1.5})),
            ("Hi", "add", json!([1, 2])),
            ("Hi", "add", json!("hunter2")),
            ("Hi", "motto", json!({"x": 1})),
            ("Hi", "motto", json!([])),
        ],
        &expect![[r#"
            add {"left":1}
                1
            add {"left":1,"right":null}
                1
            add {"left":1,"right":2,"third":3}
                InvalidArgs 20004: unknown argument `third`: there are `left`, `right`
            add {"left":1,"rigth":2}
                InvalidArgs 20004: unknown argument `rigth`: did you mean `right`? There are `left`, `right`
            add {}
                InvalidArgs 20004: missing argument `left`
            add null
                InvalidArgs 20004: missing argument `left`
            add {"left":"hunter2"}
                InvalidArgs 20004: `left`: expected i64, got string
            add {"left":1.5}
                InvalidArgs 20004: `left`: expected i64, got number
            add [1,2]
                InvalidArgs 20004: the arguments are one JSON object, such as `{"name": "value"}`
            add "hunter2"
                InvalidArgs 20004: the arguments are one JSON object, such as `{"name": "value"}`
            motto {"x":1}
                InvalidArgs 20004: unknown argument `x`: the method takes none
            motto []
                InvalidArgs 20004: the arguments are one JSON object, such as `{"name": "value"}`
        "#]],
    );
}

#[test]
fn second_names_mean_the_same() {
    check(
        &[
            ("Hi", "plus", json!({"left": 1, "right": 2})),
            ("Hi", "greet", json!({"who": "Ann"})),
            ("Hi", "greet", json!({"name": "Ann"})),
            ("Hi", "greet", json!({"name": "Ann", "who": "Bob"})),
        ],
        &expect![[r#"
            plus {"left":1,"right":2}
                3
            greet {"who":"Ann"}
                "Hi, Ann"
            greet {"name":"Ann"}
                "Hi, Ann"
            greet {"name":"Ann","who":"Bob"}
                InvalidArgs 20004: duplicate argument `who`
        "#]],
    );
}

#[test]
fn properties_are_read_and_secrets_in_them_masked() {
    check(
        &[("Hi", "motto", json!({})), ("Hi", "key", json!({})), ("Hi", "key", Value::Null)],
        &expect![[r#"
        motto {}
            "Hi"
        key {}
            "******"
        key null
            "******"
    "#]],
    );
}

#[test]
fn an_error_of_the_method_comes_through_as_it_is() {
    check(
        &[("Odd", "refuse", json!({"code": 40029}))],
        &expect![[r#"
        refuse {"code":40029}
            Refused 40029: no (since it says so)
    "#]],
    );
}

#[test]
fn models_are_elements() {
    check(
        &[
            ("greeters.PoliteType.Greeted", "get", json!({"key": "ann"})),
            ("greeters.PoliteType.Greeted", "count", json!({})),
            ("greeters.PoliteType.Greeted", "query", json!({"filter": {"name": "Ann"}, "limit": 2})),
            ("greeters.PoliteType.Greeted", "query", json!({"filter": {"name": [1]}})),
            ("greeters.PoliteType.Greeted", "delete", json!({"key": ""})),
        ],
        &expect![[r#"
            get {"key":"ann"}
                null
            count {}
                0
            query {"filter":{"name":"Ann"},"limit":2}
                {"next":null,"records":[]}
            query {"filter":{"name":[1]}}
                InvalidArgs 20004: records can be looked up by text of at most 512 bytes, whole numbers, true, false and null; the field "name" asks for something else
            delete {"key":""}
                InvalidArgs 20004: the key is empty
        "#]],
    );
}

#[tokio::test]
async fn a_raw_method_takes_a_request_and_gives_an_answer() {
    let apps = Apps::open(&demo()).await;
    let hi = apps.get("Hi").unwrap();
    let request = Request {
        method: "POST".into(),
        query: [("a".into(), "1".into())].into(),
        headers: [("x-y".into(), "z".into())].into(),
        body: b"<xml/>".into(),
    };
    let answer = hi.invoke("echo", Input::Raw(Box::new(request)), Form::Bytes, Invocation::default()).await.unwrap();
    let Output::Raw(answer) = answer else { panic!("an answer as it is, not {answer:?}") };
    assert_eq!((answer.status, &*answer.content_type), (418, "text/plain; charset=utf-8"));
    assert_eq!(answer.body, br#"POST {"a": "1"} {"x-y": "z"} <xml/>"#);
    // By JSON it sees a GET; what it gives is text.
    let json = hi.call("echo", json!({"a": 1, "b": "x"})).await.unwrap();
    assert_eq!(json, r#"GET {"a": "1", "b": "x"} {} "#);
    // Any other method takes JSON only.
    let error = hi.invoke("greet", Input::Raw(Box::default()), Form::Bytes, Invocation::default()).await.unwrap_err();
    expect!["the arguments are one JSON object, such as `{\"name\": \"value\"}`"].assert_eq(&error.message);
}

#[tokio::test]
async fn bytes_and_values_give_the_same() {
    let apps = Apps::open(&demo()).await;
    let hi = apps.get("Hi").unwrap();
    for (method, args) in [("add", r#"{"left":1,"right":2}"#), ("greet", "{}"), ("key", "{}"), ("add", r#"{"left":"x"}"#)] {
        let value: Value = serde_json::from_str(args).unwrap();
        let by_value = hi.invoke(method, Input::Value(&value), Form::Value, Invocation::default()).await;
        let by_bytes = hi.invoke(method, Input::Bytes(args.as_bytes()), Form::Bytes, Invocation::default()).await;
        assert_eq!(by_value.and_then(Output::into_value), by_bytes.and_then(Output::into_value), "{method}");
    }
    for (bytes, expected) in [
        (&b"{\"left\": 1"[..], expect!["the arguments are no JSON: EOF while parsing an object at line 1 column 10"]),
        (b"{\"left\": \"\xFF\"}", expect!["the arguments are no JSON: invalid unicode code point at line 1 column 11"]),
        (b"5", expect![[r#"the arguments are one JSON object, such as `{"name": "value"}`"#]]),
    ] {
        let error = hi.invoke("add", Input::Bytes(bytes), Form::Bytes, Invocation::default()).await.unwrap_err();
        expected.assert_eq(&error.message);
    }
}

#[tokio::test]
async fn a_result_that_is_too_large_is_an_error() {
    let apps = Apps::open(&demo()).await;
    let odd = apps.get("Odd").unwrap();
    let ask = |bytes: usize| format!("{{\"bytes\": {bytes}}}");
    let fits = odd.invoke("big", Input::Bytes(ask((16 << 20) - 2).as_bytes()), Form::Bytes, Invocation::default()).await;
    assert!(fits.is_ok());
    let answer = odd.invoke("big", Input::Bytes(ask(16 << 20).as_bytes()), Form::Bytes, Invocation::default()).await;
    let raw = Request { query: [("bytes".into(), (17 << 20).to_string())].into(), ..Request::default() };
    let raw = odd.invoke("bigRaw", Input::Raw(Box::new(raw)), Form::Bytes, Invocation::default()).await;
    expect![[r#"
        the result of `big` has 16777218 bytes, and 16777216 are possible: ask for less
        the result of `bigRaw` has 17825792 bytes, and 16777216 are possible: ask for less
    "#]]
    .assert_eq(&format!("{}\n{}\n", answer.unwrap_err(), raw.unwrap_err()));
    odd.call("greet", json!({})).await.unwrap();
}

#[tokio::test]
async fn elements_call_each_other_but_not_in_a_circle() {
    let apps = Apps::open(&demo()).await;
    let relayed = json!({"element": "Hi", "method": "add", "args": {"left": 1, "right": 2}});
    assert_eq!(apps.call("Odd", "relay", relayed).await.unwrap(), 3);
    let mut text = String::new();
    for args in [
        json!({"element": "Ha", "method": "add"}),
        json!({"element": "Hi", "method": "ad"}),
        json!({"element": "Hi", "method": "add"}),
        json!({"element": "Odd", "method": "refuse", "args": {"code": 7}}),
    ] {
        text.push_str(&format!("{}\n", tell(&apps, "acme.demo", "Odd", "relay", &args).await));
    }
    text.push_str(&tell(&apps, "acme.demo", "Odd", "circle", &json!({"round": 0})).await);
    expect![[r#"
        NotFound 20002: there is no element `Ha` in `acme.demo`; did you mean `Hi`?
        NotFound 20003: `Hi` has no method `ad`; did you mean `add`?
        InvalidArgs 20004: missing argument `left`
        Refused 7: no (since it says so)
        Internal 20005: elements call each other more than 32 deep"#]]
    .assert_eq(&text);
}

#[test]
fn the_registry_has_what_is_linked_and_says_what_is_not() {
    let registry = Registry::linked().unwrap();
    registry.require(&[("greeters.Meta", "tests"), ("greeters.PoliteType", "tests")]).unwrap();
    let error = registry.require(&[("robots.Walker", "robots")]).unwrap_err();
    expect![
        "not linked into this program: `robots.Walker`: name its crate in the program's code, at least `use robots as _;`"
    ]
    .assert_eq(&error.to_string());
    let mut twice = super::apps::registry(|it| it);
    let polite = twice.ty("greeters.PoliteType").unwrap().info.clone();
    let error = twice.add_type(polite.clone(), std::sync::Arc::new(|_| Err("never".into()))).unwrap_err().to_string();
    assert!(error.starts_with("two have the full name `greeters.PoliteType`: tests "), "{error}");
    let error = Registry::default().add_type(polite, std::sync::Arc::new(|_| Err("never".into()))).unwrap_err();
    expect!["`greeters.PoliteType` names the Meta `greeters.Meta`, which is not here"].assert_eq(&error.to_string());
}
