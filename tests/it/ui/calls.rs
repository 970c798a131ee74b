//! Calls in both forms: arguments of every shape, and every kind of method.
use super::sample::{Everything, sample};
use element::{
    Caller, Ctx, Error, ErrorKind, Level, Request, Result, code,
    host::{Ask, BoxFuture, Call, Form, Host, Input, Object, START, STOP},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Knows the time, and nothing else.
#[derive(Debug)]
struct Alone;

impl Host for Alone {
    fn ask<'a>(&'a self, _: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        let error = Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, format!("no host for {:?}", ask.op));
        Box::pin(std::future::ready(Err(error)))
    }

    fn now(&self) -> i64 {
        1_700_000_000_000
    }

    fn log(&self, _: &Call, _: Level, _: &str) {}
}

fn object() -> Arc<dyn Object> {
    let config = json!({"word": "> ", "key": "hunter2"});
    (sample(Everything::FULL_NAME).build)(&config).unwrap()
}

fn ask(object: &dyn Object, method: u32, input: Input<'_>, form: Form) -> String {
    let call = Call {
        app: "acme.demo".into(),
        element: "samples.Everything".into(),
        caller: Caller::Operator,
        deadline: None,
        request_id: "1".into(),
        browser: None,
    };
    let ctx = Ctx::new(Arc::new(Alone), call);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(object.call(method, &ctx, input, form));
    match answer.and_then(|it| it.into_value()) {
        Ok(it) => it.to_string(),
        Err(it) => format!("{:?} {}: {}", it.kind, it.code, it.message),
    }
}

fn number(method: &str) -> u32 {
    let methods = sample(Everything::FULL_NAME).methods;
    u32::try_from(methods.iter().position(|it| it.name == method).unwrap()).unwrap()
}

/// Calls with text and with a value, asks for text and for a value: what comes back is always the same.
#[track_caller]
fn check(method: &str, args: &str, expected: &str) {
    let number = number(method);
    let object = object();
    for form in [Form::Value, Form::Bytes] {
        assert_eq!(ask(&*object, number, Input::Bytes(args.as_bytes()), form), expected, "from text");
        let value: Value = if args.is_empty() { Value::Null } else { serde_json::from_str(args).unwrap() };
        assert_eq!(ask(&*object, number, Input::Value(&value), form), expected, "from a value");
    }
}

#[test]
fn text_arrives_owned_lent_and_escaped() {
    check("echo", r#"{"text":"a"}"#, r#""> a""#);
    check("echo", r#"{"text":"a\n\"é\u00e9"}"#, r#""> a\n\"éé""#);
    check("texts", r#"{"owned":"a","lent":"b"}"#, r#""a b None None""#);
    check("texts", r#"{"owned":"a","lent":"b\t","maybe":"c\\","maybeOwned":"d"}"#, r#""a b\t Some(\"c\\\\\") Some(\"d\")""#);
    check("texts", r#"{"owned":"a","lent":"b","maybe":null,"maybeOwned":null}"#, r#""a b None None""#);
}

#[test]
fn data_arrives_as_it_is_and_in_lists() {
    check("seen", r#"{"people":[]}"#, "[]");
    check("seen", r#"{"people":[{"fullName":"A"}]}"#, r#"[{"age":null,"fullName":"A"}]"#);
    check("lists", r#"{"numbers":[1],"words":["a"],"byName":{"b":2}}"#, r#""[1] [\"a\"] {\"b\": 2}""#);
    check(
        "data",
        r#"{"person":{"fullName":"A","age":7,"more":1},"speed":"someDay","limits":{"atMost":3}}"#,
        r#""Person { full_name: \"A\", age: Some(7) } Some(SomeDay) Some(Limits { at_most: 3 })""#,
    );
}

#[test]
fn names_and_defaults_are_serdes() {
    check("signIn", r#"{"authCode":"a"}"#, r#""a None 0 2""#);
    check("signIn", r#"{"code":"a","userID":"u","times":3,"atLeast":4}"#, r#""a Some(\"u\") 3 4""#);
    check("signIn", r#"{"auth-code":"a"}"#, r#""a None 0 2""#);
    check(
        "names",
        r#"{"form":"f","input":1,"method":{"a":[1]},"type":true,"unused":0}"#,
        r#""acme.demo f 1 {\"a\":[1]} true""#,
    );
}

#[test]
fn mistaken_arguments_are_named_alike_in_both_forms() {
    check("echo", "", "InvalidArgs 20004: missing argument `text`");
    check("echo", "null", "InvalidArgs 20004: missing argument `text`");
    check("echo", "{}", "InvalidArgs 20004: missing argument `text`");
    check("echo", r#"{"text":null}"#, "InvalidArgs 20004: `text`: expected a string, got null");
    check("echo", r#"{"text":["hunter2"]}"#, "InvalidArgs 20004: `text`: expected a string, got array");
    check("echo", r#"{"txt":"a"}"#, "InvalidArgs 20004: unknown argument `txt`: did you mean `text`? There are `text`");
    check("echo", r#"["a"]"#, r#"InvalidArgs 20004: the arguments are one JSON object, such as `{"name": "value"}`"#);
    check("echo", r#""a""#, r#"InvalidArgs 20004: the arguments are one JSON object, such as `{"name": "value"}`"#);
    check("texts", r#"{"owned":1,"lent":"b"}"#, "InvalidArgs 20004: `owned`: expected a string, got integer");
    check("texts", r#"{"owned":"a","lent":"b","maybe":3}"#, "InvalidArgs 20004: `maybe`: expected a string, got integer");
    check(
        "texts",
        r#"{"owned":"a","lent":"b","maybeOwned":{}}"#,
        "InvalidArgs 20004: `maybeOwned`: expected a string, got object",
    );
    check("seen", r#"{"people":{}}"#, "InvalidArgs 20004: `people`: expected an array, got object");
    check("seen", r#"{"people":[{"age":1}]}"#, "InvalidArgs 20004: `people`: missing field `fullName`");
    check("seen", r#"{"people":[{"fullName":"a","age":300}]}"#, "InvalidArgs 20004: `people`: expected u8, got integer");
    check("lists", r#"{"numbers":[1.5],"words":[],"byName":{}}"#, "InvalidArgs 20004: `numbers`: expected u32, got number");
    check(
        "lists",
        r#"{"numbers":[],"words":[],"byName":{"a":"hunter2"}}"#,
        "InvalidArgs 20004: `byName`: expected u8, got string",
    );
    check("data", r#"{"person":"hunter2"}"#, "InvalidArgs 20004: `person`: expected an object, got string");
    check(
        "data",
        r#"{"person":{"fullName":"A"},"speed":"hunter2"}"#,
        "InvalidArgs 20004: `speed`: expected `atOnce` or `someDay`",
    );
    check(
        "data",
        r#"{"person":{"fullName":"A"},"limits":{"atLeast":1}}"#,
        "InvalidArgs 20004: `limits`: unknown field `atLeast`: there are `atMost`",
    );
    check("signIn", r#"{"code":"a","authCode":"b"}"#, "InvalidArgs 20004: duplicate argument `authCode`");
    check(
        "signIn",
        r#"{"authCode":"a","userId":"u"}"#,
        "InvalidArgs 20004: unknown argument `userId`: did you mean `userID`? There are `auth-code`, `authCode`, `code`, `userID`, `times`, `atLeast`",
    );
    check("signIn", r#"{"authCode":"a","times":"many"}"#, "InvalidArgs 20004: `times`: expected u32, got string");
    check(
        "signIn",
        r#"{"auth":"a","times":"many"}"#,
        "InvalidArgs 20004: unknown argument `auth`: there are `auth-code`, `authCode`, `code`, `userID`, `times`, `atLeast`",
    );
    check("signIn", r#"{"code":7}"#, "InvalidArgs 20004: `code`: expected a string, got integer");
    check("signIn", r#"{"authCode":"a","userID":7}"#, "InvalidArgs 20004: `userID`: expected a string, got integer");
    check(
        "names",
        r#"{"form":"f","input":1,"method":null,"type":"yes","unused":0}"#,
        "InvalidArgs 20004: `type`: expected a boolean, got string",
    );
    check("Time", r#"{"at":1}"#, "InvalidArgs 20004: unknown argument `at`: the method takes none");
    check("word", r#"{"at":1}"#, "InvalidArgs 20004: unknown argument `at`: the method takes none");
    check("notify", r#"[]"#, r#"InvalidArgs 20004: the arguments are one JSON object, such as `{"name": "value"}`"#);
}

#[test]
fn every_kind_answers() {
    for nothing in ["", "null", "{}", " { } "] {
        check("Time", nothing, "1700000000000");
        check("word", nothing, r#""> ""#);
        check("key", nothing, r#""******""#);
        check("notify", nothing, r#""GET {}""#);
    }
    check(
        "notify",
        r#"{"nonce":"1","times":2,"list":[1]}"#,
        r#""GET {\"list\": \"[1]\", \"nonce\": \"1\", \"times\": \"2\"}""#,
    );
    check("refuse", "", "Refused 40029: not today");
    check("count", r#"{"upTo":9}"#, "Unavailable 20011: no host for Progress");
}

#[test]
fn a_raw_method_sees_the_request_as_it_came() {
    let request = Request { method: "POST".into(), ..Request::default() };
    assert_eq!(ask(&*object(), number("notify"), Input::Raw(Box::new(request.clone())), Form::Bytes), r#""POST {}""#);
    assert_eq!(
        ask(&*object(), number("echo"), Input::Raw(Box::new(request)), Form::Bytes),
        "InvalidArgs 20004: the arguments are one JSON object, such as `{\"name\": \"value\"}`"
    );
}

#[test]
fn hooks_have_numbers_of_their_own() {
    let object = object();
    let call = |method| ask(&*object, method, Input::Value(&Value::Null), Form::Value);
    assert_eq!(call(START), "Unavailable 20011: no host for Metric");
    assert_eq!(call(STOP), "null");
    assert_eq!(call(1_000), "NotFound 20003: there is no method number 1000");
}

#[test]
fn a_config_is_strict() {
    let build = sample(Everything::FULL_NAME).build;
    let mistake = |config: Value| build(&config).err().map(|it| it.to_string()).unwrap_or_default();
    assert_eq!(mistake(json!({"word": "a"})), "");
    assert_eq!(mistake(json!({})), "missing field `word`");
    assert_eq!(mistake(json!({"word": "a", "wrd": "b"})), "unknown field `wrd`, expected `word` or `key`");
}
