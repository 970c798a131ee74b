//! Who is found by Type and by Meta, and what is made of which file.
use super::apps::{Apps, DEMO, element};
use serde_json::{Value, json};

fn demo() -> String {
    [
        DEMO,
        "//- /apps/demo/LoudType/e.json\n{\"type\": \"greeters.PoliteType\", \"abstract\": true}\n",
        "//- /apps/demo/LoudType/LoudType.json\n{\"loud\": true}\n",
        &element("Hi", "greeters.PoliteType", r#"{"greeting": "Hi"}"#),
        &element("Loud", "LoudType", r#"{"greeting": "Hey"}"#),
        &element("n.Odd", "greeters.OddType", "{}"),
        &element("Broken", "greeters.PoliteType", "{}"),
        "//- /apps/other/app.json\n{\"appId\": \"acme.other\"}\n",
        "//- /apps/other/Far/e.json\n{\"type\": \"greeters.OddType\"}\n",
    ]
    .concat()
}

async fn find(apps: &Apps, ty: &str, meta: &str) -> Value {
    apps.call("greeters.services.Tour", "find", json!({"ty": ty, "meta": meta})).await.unwrap()
}

#[tokio::test]
async fn elements_are_found_by_type_and_by_meta() {
    let apps = Apps::open(&demo()).await;
    assert_eq!(find(&apps, "greeters.PoliteType", "greeters.Meta").await, json!([["Hi", "Loud"], ["Hi", "Loud", "n.Odd"]]));
    assert_eq!(find(&apps, "LoudType", "robots.Meta").await, json!([["Loud"], []]));
    assert_eq!(find(&apps, "greeters.services.Tour", "").await, json!([[], []]));
}

/// A login page asks by Meta: a bad edit must not take a way to log in away.
#[tokio::test]
async fn a_stale_element_is_found_as_before() {
    let apps = Apps::open(&demo()).await;
    let good = find(&apps, "greeters.PoliteType", "greeters.Meta").await;
    for (path, text) in [
        ("/apps/demo/Hi/Hi.json", "{"),
        ("/apps/demo/Hi/e.json", "{"),
        ("/apps/demo/LoudType/e.json", "{"),
        ("/apps/demo/n/Odd/e.json", r#"{"type": "greeters.NoType"}"#),
        ("/apps/demo/app.json", "{"),
        ("/apps/copy/app.json", r#"{"appId": "acme.demo"}"#),
    ] {
        apps.edit(path, text).await;
        assert_eq!(find(&apps, "greeters.PoliteType", "greeters.Meta").await, good, "after an edit of {path}");
    }
}

#[tokio::test]
async fn an_edit_of_a_file_touches_what_is_made_of_it() {
    let apps = Apps::open(&demo()).await;
    let snapshot = apps.runtime.snapshot();
    let made_of = |path: &str| {
        let mut names: Vec<_> = snapshot.app("acme.demo").unwrap().made_of(path).iter().map(|it| it.as_str()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(made_of("demo/LoudType/LoudType.json"), ["Loud", "LoudType"]);
    assert_eq!(made_of("demo/Hi/Hi.json"), ["Hi"]);
    assert_eq!(made_of("demo/Hi/e.json"), ["Hi"]);
    assert_eq!(made_of("demo/Broken/Broken.json"), ["Broken"]);
    assert!(made_of("demo/nothing.json").is_empty() && made_of("other/Far/e.json").is_empty());
}
