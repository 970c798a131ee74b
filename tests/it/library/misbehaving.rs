//! Methods of libraries that break the rules: each is that call's own mistake, and the others are answered.
use super::load::{self, Loaded, odd};
use crate::cli::program::{element, told};
use expect_test::expect;
use serde_json::json;
use std::fs;
use tempfile::TempDir;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_breaks_a_rule_hurts_its_own_call_only() {
    let loaded = Loaded::start().await;
    let mut text = String::new();
    for method in [
        "echo",
        "never",
        "twice",
        "twiceLater",
        "otherThread",
        "notJson",
        "notUtf8",
        "badError",
        "hundredMegabytes",
        "hugeError",
        "afterEnd",
        "releasesTwice",
        "asksLater",
        "endsTwice",
        "asksUnknown",
        "asksBadWords",
        "background",
    ] {
        let answer = loaded.call("Good", method, json!({"a": 1})).await;
        let again = loaded.call("Good", method, json!({"a": 1})).await;
        assert_eq!(answer, again, "{method}");
        loaded.go_on().await;
        text.push_str(&format!("{method}: {answer}\n"));
    }
    for method in ["panicAtOnce", "panicLater", "panicWithANumber", "waitForEver"] {
        text.push_str(&format!("{method}: {}\n", loaded.call("Odd", method, json!({})).await));
    }
    loaded.end().await;
    expect![[r#"
        echo: {"a":1}
        never: Timeout 20008: this took too long; try again, and if it stays so, tell whoever runs this service []
        twice: "first"
        twiceLater: "first"
        otherThread: "from another thread"
        notJson: Internal 20005: something went wrong inside; the log has the details under this request id [what a library gives is not what it has to be: EOF while parsing a value at line 1 column 5]
        notUtf8: Internal 20005: something went wrong inside; the log has the details under this request id [what a library gives is not what it has to be: invalid utf-8 sequence of 1 bytes from index 1]
        badError: Internal 20005: something went wrong inside; the log has the details under this request id [what a library gives is not what it has to be: expected ident at line 1 column 2]
        hundredMegabytes: Internal 20005: the result of `hundredMegabytes` has 104857602 bytes, and 16777216 are possible: ask for less []
        hugeError: Internal 20005: something went wrong inside; the log has the details under this request id [an error of 104857640 bytes came across]
        afterEnd: Timeout 20008: this took too long; try again, and if it stays so, tell whoever runs this service []
        releasesTwice: "released twice"
        asksLater: "{\u0022kind\u0022:\u0022internal\u0022,\u0022code\u0022:20005,\u0022message\u0022:\u0022something went wrong inside; the log has the details under this request id\u0022,\u0022internal\u0022:\u0022a library asked in the name of a call that it had given back\u0022}"
        endsTwice: "ended twice"
        asksUnknown: Unavailable 20014: this host is older than the library: it cannot do operation 9999; update the host []
        asksBadWords: Internal 20005: something went wrong inside; the log has the details under this request id [a library asked with words that are no UTF-8 or too long, or with more than 16777216 bytes]
        background: "later"
        panicAtOnce: Internal 20005: something went wrong inside; the log has the details under this request id [it panicked: over the pin 4711]
        panicLater: Internal 20005: something went wrong inside; the log has the details under this request id [it panicked: over the pin 4711]
        panicWithANumber: Internal 20005: something went wrong inside; the log has the details under this request id [it panicked: ]
        waitForEver: Timeout 20008: this took too long; try again, and if it stays so, tell whoever runs this service []
    "#]].assert_eq(&text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_panics_at_once_are_a_thousand_answers() {
    let loaded = Loaded::start().await;
    let mut calls = JoinSet::new();
    for number in 0..1_000 {
        let odd = loaded.get("Odd");
        let method = if number % 2 == 0 { "panicAtOnce" } else { "panicLater" };
        calls.spawn(async move { odd.call(method, json!({})).await });
    }
    let mut answers = 0;
    while let Some(answer) = calls.join_next().await {
        assert_eq!(answer.unwrap().unwrap_err().code, element::code::UNCAUGHT);
        answers += 1;
    }
    assert_eq!(answers, 1_000);
    loaded.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_that_a_library_refuses_is_told_like_any_other() {
    let loaded = Loaded::start().await;
    let mut text = String::new();
    for defined in ["ODD_BUILD_FAILS", "ODD_BUILD_NEITHER"] {
        super::load::put(&odd(&[defined]), &loaded.library("libodd.so"));
        loaded.runtime.reload().await;
        text.push_str(&loaded.told());
    }
    // What was good goes on.
    loaded.end().await;
    expect![[r#"
        demo/Good/Good.json: error[bad-config]: this Type never likes its config
        demo/Good/Good.json: error[bad-config]: the library made nothing of this config, and does not say why
    "#]]
    .assert_eq(&text);
}

/// What an operator reads of it.
#[test]
fn the_log_names_the_library_and_the_rule() {
    let dir = TempDir::new().unwrap();
    for (file, text) in load::APP.iter().filter(|(file, _)| !file.starts_with("Hi/") && !file.starts_with("Odd/")) {
        let file = dir.path().join("apps/demo").join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let mut text = String::new();
    for method in ["twice", "releasesTwice", "endsTwice", "asksLater"] {
        let mut command = element(&["call", "acme.demo", "Good", method, "--apps"]);
        command.arg(dir.path().join("apps")).arg("--library").arg(odd(&[])).env_remove("ELEMENT_LIBRARIES");
        let said = told(&command.output().unwrap(), dir.path());
        text.extend(said.lines().filter(|it| it.contains("WARN")).map(|it| format!("{method} {it}\n")));
    }
    expect![[r#"
        twice ! WARN a library does not keep to the line: it completed a call twice library="odd"
        releasesTwice ! WARN a library does not keep to the line: it gave a call's token back twice library="odd"
        endsTwice ! WARN a library does not keep to the line: it ended twice what it waited for library="odd"
        asksLater ! WARN a library does not keep to the line: it used a call's token that it had given back library="odd"
    "#]]
    .assert_eq(&text);
}
