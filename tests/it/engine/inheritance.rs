//! Apps that build on apps: the order in which they see each other, what they share, and who may call what.
use super::apps::Apps;
use element::host::{Form, Input};
use element::{Caller, Session};
use element_engine::{Invocation, Snapshot};
use expect_test::expect;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngSeed, TestRunner},
};
use serde_json::{Value, json};
use std::{fmt::Write, process::Command, sync::Arc};

/// Parents of each class of one hierarchy, by number; a class names only those before it.
type Hierarchy = Vec<Vec<usize>>;

fn hierarchy() -> impl Strategy<Value = Hierarchy> {
    (2_usize..10).prop_flat_map(|classes| {
        let parents = (0..classes).map(|class| {
            let most = class.min(3);
            proptest::sample::subsequence((0..class).collect::<Vec<_>>(), 0..=most).prop_shuffle()
        });
        parents.collect::<Vec<_>>()
    })
}

/// What Python makes of all of them: for each class of each hierarchy its order, or nothing if there is none. Whoever has a
/// parent without an order has none either.
fn python(all: &[Hierarchy]) -> Vec<Vec<Option<Vec<usize>>>> {
    let program = r#"
import json, sys
orders = []
for hierarchy in json.load(sys.stdin):
    classes, order = [], []
    for number, parents in enumerate(hierarchy):
        bases = [classes[it] for it in parents]
        made = None
        if all(bases) or not bases:
            try:
                made = type(str(number), tuple(bases), {})
            except TypeError:
                pass
        classes.append(made)
        order.append(None if made is None else [int(it.__name__) for it in made.__mro__[:-1]])
    orders.append(order)
json.dump(orders, sys.stdout)
"#;
    let mut child = Command::new("python3");
    let child = child.args(["-c", program]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = child.spawn().expect("python3 is here");
    let asked = serde_json::to_vec(all).unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &asked).unwrap();
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

/// Every class is an app, and every hierarchy an organisation.
#[tokio::test]
async fn apps_see_each_other_in_the_order_of_python_classes() {
    let config = ProptestConfig { rng_seed: RngSeed::Fixed(20_261_120), ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    let all: Vec<Hierarchy> = (0..1_000).map(|_| hierarchy().new_tree(&mut runner).unwrap().current()).collect();
    let mut files = String::new();
    for (h, hierarchy) in all.iter().enumerate() {
        for (class, parents) in hierarchy.iter().enumerate() {
            let parents: Vec<String> = parents.iter().map(|it| format!("h{h}.c{it}")).collect();
            // Folders in another order than that in which they name each other.
            let folder = format!("{}-{h}", 9 - class);
            writeln!(
                files,
                "//- /apps/{folder}/app.json\n{}",
                json!({"appId": format!("h{h}.c{class}"), "extends": parents})
            )
            .unwrap();
        }
    }
    let apps = Apps::open(&files).await;
    let snapshot = apps.runtime.snapshot();
    let expected = python(&all);
    let (mut ordered, mut disordered) = (0, 0);
    for (h, orders) in expected.iter().enumerate() {
        for (class, order) in orders.iter().enumerate() {
            let app = snapshot.app(&format!("h{h}.c{class}"));
            let line = app.map(|it| it.line().map(|it| it.as_str().rsplit_once('c').unwrap().1.parse().unwrap()).collect());
            assert_eq!(line, *order, "h{h}.c{class} of {:?}", all[h]);
            ordered += usize::from(order.is_some());
            disordered += usize::from(order.is_none());
        }
    }
    assert!(ordered > 4_000 && disordered > 100, "{ordered} have an order, {disordered} have none: that proves little");
}

/// However the elements are named, and so in whichever order they are worked out.
#[tokio::test]
async fn too_many_types_derived_from_each_other_are_a_mistake() {
    for name in [|i: usize| format!("T{i:02}"), |i: usize| format!("T{:02}", 99 - i)] {
        let mut files = "//- /apps/demo/app.json\n{\"appId\": \"acme.demo\"}\n".to_owned();
        for i in 0..40 {
            let ty = if i == 0 { "greeters.OddType".into() } else { name(i - 1) };
            writeln!(files, "//- /apps/demo/{}/e.json\n{}", name(i), json!({"type": ty, "abstract": true})).unwrap();
            writeln!(files, "//- /apps/demo/I{}/e.json\n{}", name(i), json!({"type": name(i)})).unwrap();
        }
        let apps = Apps::open(&files).await;
        let snapshot = apps.runtime.snapshot();
        let answers =
            |i: usize| snapshot.app("acme.demo").unwrap().element(&format!("I{}", name(i))).unwrap().instance().is_some();
        let longest = (0..40).filter(|i| answers(*i)).count();
        assert_eq!((longest, answers(longest - 1), answers(longest)), (31, true, false));
        let told = snapshot.diagnostics().iter().filter(|it| it.code == "type-chain").count();
        assert_eq!(told, 2 * (40 - longest) - 1, "each Type but the first that is too long, and each Instance");
    }
}

const FAMILY: &str = r#"//- /apps/base/app.json
{"appId": "acme.base"}
//- /apps/base/Hi/e.json
{"type": "greeters.PoliteType"}
//- /apps/base/Hi/Hi.json
{"greeting": "Hi"}
//- /apps/base/Other/e.json
{"type": "greeters.OddType"}
//- /apps/one/app.json
{"appId": "acme.one", "extends": ["acme.base"]}
//- /apps/two/app.json
{"appId": "acme.two", "extends": ["acme.base"]}
//- /apps/two/greeters/PoliteType/e.json
{"type": "greeters.AuditType", "abstract": true}
//- /apps/two/greeters/PoliteType/PoliteType.json
{"note": "two"}
//- /apps/three/app.json
{"appId": "acme.three", "extends": ["acme.two"]}
//- /apps/four/app.json
{"appId": "acme.four", "extends": ["acme.base"]}
//- /apps/four/greeters/PoliteType/e.json
{"type": "greeters.AuditType", "abstract": true}
//- /apps/four/greeters/PoliteType/PoliteType.json
{"note": "two"}
"#;

fn address(snapshot: &Snapshot, app: &str, full_name: &str) -> usize {
    Arc::as_ptr(snapshot.app(app).unwrap().element(full_name).unwrap().instance().unwrap()).addr()
}

#[tokio::test]
async fn apps_that_see_the_same_share_one_object() {
    let apps = Apps::open(FAMILY).await;
    let before = apps.runtime.snapshot();
    let of = |app, name| address(&before, app, name);
    assert_eq!(of("acme.base", "Hi"), of("acme.one", "Hi"));
    assert_ne!(of("acme.base", "Hi"), of("acme.two", "Hi"));
    assert_eq!(of("acme.two", "Hi"), of("acme.three", "Hi"), "who builds on it sees what it sees");
    assert_eq!(of("acme.two", "Hi"), of("acme.four", "Hi"), "the same Type and config are the same object");
    for app in ["acme.one", "acme.two", "acme.three", "acme.four"] {
        assert_eq!(of("acme.base", "Other"), of(app, "Other"), "{app}");
    }
    assert_eq!(before.instances().len(), 3 + 2, "Hi, the one in its place, Other; the service and the model");

    let after = apps.edit("/apps/base/Other/e.json", r#"{"type": "greeters.OddType", "title": "New"}"#).await;
    assert_eq!(address(&after, "acme.three", "Other"), of("acme.base", "Other"), "a title makes nothing anew");
    let after = apps.edit("/apps/four/greeters/PoliteType/PoliteType.json", r#"{"note": "four"}"#).await;
    assert_eq!(address(&after, "acme.three", "Hi"), of("acme.three", "Hi"));
    assert_ne!(address(&after, "acme.four", "Hi"), of("acme.four", "Hi"));
}

/// An edit of a parent is told once, and reaches the apps that see it.
#[tokio::test]
async fn an_edit_of_a_parent_reaches_who_sees_it() {
    let apps = Apps::open(FAMILY).await;
    let mut changes = apps.runtime.subscribe();
    let mut told = async |path: &str, text: &str| {
        apps.edit(path, text).await;
        let commit = changes.try_recv().map(|it| it.changes.clone()).unwrap_or_default();
        commit.iter().map(|it| format!("{it}\n")).collect::<String>()
    };
    expect![[r#"
        acme.base Hi is edited
        acme.four Hi is edited
        acme.two Hi is edited
    "#]]
    .assert_eq(&told("/apps/base/Hi/Hi.json", r#"{"greeting": "Ho"}"#).await);
    expect![[r#"
        acme.base Other is edited
    "#]]
    .assert_eq(&told("/apps/base/Other/e.json", r#"{"type": "greeters.OddType", "title": "New"}"#).await);
    expect![[r#"
        acme.one Hi is added
    "#]]
    .assert_eq(&told("/apps/one/Hi/e.json", r#"{"type": "greeters.OddType"}"#).await);
    expect![""].assert_eq(&told("/apps/base/Hi/readme.md", "nothing").await);
}

/// Who may call a method is what the Type says, or less.
#[tokio::test]
async fn a_function_list_lets_fewer_callers_in() {
    let list = r#"{"type": "greeters.PoliteType", "functionList": [
        {"name": "greet", "loginRequired": 1}, {"name": "motto", "access": "internal"}, {"name": "whoami", "access": "session"}]}"#;
    let apps = Apps::open(&format!(
        "{FAMILY}//- /apps/one/Strict/e.json\n{list}\n//- /apps/one/Strict/Strict.json\n{{\"greeting\": \"Hm\"}}\n"
    ))
    .await;
    let strict = apps.runtime.app("acme.one").unwrap().get_element("Strict").unwrap();
    let session = Caller::Session(Session { app: "acme.one".into(), user: "u".into(), corp: "c".into(), id: "i".into() });
    let mut seen = String::new();
    for (method, args) in [("greet", json!({})), ("motto", Value::Null), ("whoami", json!({}))] {
        for caller in [Caller::Anonymous, session.clone(), Caller::Operator] {
            let answer = strict.invoke(method, Input::Value(&args), Form::Value, Invocation::by(caller.clone())).await;
            let answer = answer.map_or_else(|e| format!("{:?}", e.kind), |_| "may".into());
            let who = format!("{caller:?}");
            writeln!(seen, "{method} {}: {answer}", who.split(['(', ' ']).next().unwrap()).unwrap();
        }
    }
    expect![[r#"
        greet Anonymous: Unauthenticated
        greet Session: may
        greet Operator: may
        motto Anonymous: Refused
        motto Session: Refused
        motto Operator: may
        whoami Anonymous: Unauthenticated
        whoami Session: may
        whoami Operator: may
    "#]]
    .assert_eq(&seen);
}

#[tokio::test]
async fn what_stands_in_the_place_of_another_calls_it_for_the_same_caller() {
    let apps = Apps::open(FAMILY).await;
    let hi = apps.runtime.app("acme.two").unwrap().get_element("Hi").unwrap();
    assert_eq!(hi.call("greet", json!({"who": "Ann"})).await.unwrap(), json!("Hi, Ann [two]"));
    let args = json!({"method": "whoami", "args": {}});
    assert_eq!(hi.call("below", args).await.unwrap(), json!("Operator"));
    assert_eq!(hi.call("whoami", json!({})).await.unwrap_err().message, "`Hi` has no method `whoami`");
}

#[tokio::test]
async fn elements_are_found_by_selector() {
    let apps = Apps::open(FAMILY).await;
    let find = |app: &str, selector: &str| match apps.runtime.app(app).unwrap().find_elements(selector) {
        Ok(found) => found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Err(e) => e.message.clone(),
    };
    let mut seen = String::new();
    for (app, selector) in [
        ("acme.two", "Hi"),
        ("acme.two", ".greeters.Meta"),
        ("acme.two", ".greeters.AuditType"),
        ("acme.one", ".greeters.AuditType"),
        ("acme.two", "*Hi"),
        ("acme.two", "greeters.Meta*"),
        ("acme.two", "greeters.PoliteType*"),
        ("acme.two", "#type=greeters.AuditType"),
        ("acme.two", ".greeters.Meta:#name!=Hi"),
        ("acme.two", "#name>P:#name<R , Hi"),
        ("acme.two", "Nothing"),
        ("acme.two", "a..b"),
    ] {
        writeln!(seen, "{app} {selector}: {}", find(app, selector)).unwrap();
    }
    expect![[r#"
        acme.two Hi: Hi
        acme.two .greeters.Meta: Hi Other
        acme.two .greeters.AuditType: Hi
        acme.one .greeters.AuditType: 
        acme.two *Hi: greeters.AuditType greeters.Meta greeters.PoliteType
        acme.two greeters.Meta*: greeters.AuditType greeters.HolderType greeters.OddType greeters.TouchyType
        acme.two greeters.PoliteType*: Hi
        acme.two #type=greeters.AuditType: greeters.PoliteType
        acme.two .greeters.Meta:#name!=Hi: Other
        acme.two #name>P:#name<R , Hi: Hi greeters.PoliteType
        acme.two Nothing: 
        acme.two a..b: a selector has a full name at column 1: such as `auths.Login`, `.auths.loginTypes.Meta`, `#tag=login`, `a:b` or `a,b`
    "#]].assert_eq(&seen);
}
