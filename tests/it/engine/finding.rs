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

/// Ties of an element to what it is made of, seen from the outside: an edit changes these, and no other.
#[tokio::test]
async fn an_edit_touches_what_is_made_of_it_and_nothing_else() {
    let apps = Apps::open(&demo()).await;
    let edits = [
        ("/apps/demo/LoudType/LoudType.json", r#"{"loud": true, "times": 2}"#, "Loud, LoudType"),
        ("/apps/demo/Hi/Hi.json", r#"{"greeting": "Ho"}"#, "Hi"),
        ("/apps/demo/Hi/e.json", r#"{"type": "greeters.PoliteType", "title": "New"}"#, "Hi"),
        ("/apps/demo/Broken/Broken.json", r#"{"greeting": "Mended"}"#, "Broken"),
        ("/apps/demo/Hi/readme.md", "no file of an element", ""),
        ("/apps/other/Far/notes.json", "{ }", ""),
    ];
    for (path, text, expected) in edits {
        let mut changes = apps.runtime.subscribe();
        apps.edit(path, text).await;
        let touched = changes.try_recv().map_or_else(|_| Vec::new(), |it| it.changes.clone());
        let touched: Vec<_> = touched.iter().map(|it| it.element.as_ref().unwrap().as_str()).collect();
        assert_eq!(touched.join(", "), expected, "{path}");
    }
}
