//! Looking again: what did not change stays the same object, a bad edit changes nothing, calls are not disturbed.
use super::apps::{Apps, DEMO, element};
use element_engine::{Instance, State};
use serde_json::json;
use std::sync::Arc;

fn demo() -> String {
    let hi = r#"{"greeting": "Hi"}"#;
    [DEMO, &element("Hi", "greeters.PoliteType", hi), &element("Odd", "greeters.OddType", "{}")].concat()
}

fn instance(apps: &Apps, full_name: &str) -> Arc<Instance> {
    let snapshot = apps.runtime.snapshot();
    Arc::clone(snapshot.app("acme.demo").unwrap().element(full_name).unwrap().instance().unwrap())
}

fn state(apps: &Apps, full_name: &str) -> &'static str {
    apps.runtime.snapshot().app("acme.demo").unwrap().element(full_name).unwrap().state.word()
}

const HI: &str = "/apps/demo/Hi/Hi.json";

#[tokio::test]
async fn what_did_not_change_stays_the_same_object() {
    let apps = Apps::open(&demo()).await;
    let (hi, odd, tour) = (instance(&apps, "Hi"), instance(&apps, "Odd"), instance(&apps, "greeters.services.Tour"));
    let again = apps.runtime.reload().await;
    assert_eq!(again.generation, 1, "nothing changed");
    assert!(Arc::ptr_eq(&hi, &instance(&apps, "Hi")) && Arc::ptr_eq(&odd, &instance(&apps, "Odd")));
    // Another way to write the same config is the same config, and a title is none of the object's business.
    apps.edit(HI, "{\n \"greeting\" :\"Hi\" }").await;
    apps.edit("/apps/demo/Hi/e.json", r#"{"title": "New", "type": "greeters.PoliteType"}"#).await;
    assert!(Arc::ptr_eq(&hi, &instance(&apps, "Hi")));
    assert_eq!(apps.runtime.snapshot().app("acme.demo").unwrap().element("Hi").unwrap().title, "New");
    let changed = apps.edit(HI, r#"{"greeting": "Ho"}"#).await;
    assert!(!Arc::ptr_eq(&hi, &instance(&apps, "Hi")) && instance(&apps, "Hi").key != hi.key);
    assert_eq!((hi.generation, instance(&apps, "Hi").generation), (1, changed.generation));
    assert!(Arc::ptr_eq(&odd, &instance(&apps, "Odd")) && Arc::ptr_eq(&tour, &instance(&apps, "greeters.services.Tour")));
}

#[tokio::test]
async fn a_bad_edit_keeps_the_last_good_one_and_a_good_one_heals() {
    let apps = Apps::open(&demo()).await;
    let good = instance(&apps, "Hi");
    for bad in ["{", "{}", r#"{"greeting": 5}"#, r#"{"greeting": "{{NOBODY}}"}"#, "[]", ""] {
        let snapshot = apps.edit(HI, bad).await;
        assert_eq!((state(&apps, "Hi"), snapshot.diagnostics().len()), ("stale", 1), "{bad}");
        assert!(Arc::ptr_eq(&good, &instance(&apps, "Hi")));
        assert_eq!(apps.call("Hi", "greet", json!({})).await.unwrap(), "Hi, you");
    }
    // Back to what it was: the very same object.
    let healed = apps.edit(HI, r#"{"greeting": "Hi"}"#).await;
    assert!(healed.diagnostics().is_empty() && Arc::ptr_eq(&good, &instance(&apps, "Hi")));
    apps.edit(HI, "{").await;
    apps.edit(HI, r#"{"greeting": "Ho"}"#).await;
    assert_eq!((state(&apps, "Hi"), apps.call("Hi", "greet", json!({})).await.unwrap()), ("in service", json!("Ho, you")));
}

#[tokio::test]
async fn two_elements_with_one_config_are_two_objects() {
    let apps = Apps::open(&[&demo(), &element("Ho", "greeters.PoliteType", r#"{"greeting": "Hi"}"#)[..]].concat()).await;
    assert!(!Arc::ptr_eq(&instance(&apps, "Hi"), &instance(&apps, "Ho")));
}

#[tokio::test]
async fn a_service_is_one_object_for_all_apps() {
    let apps = Apps::open(&[&demo(), "//- /apps/b/app.json\n{\"appId\": \"acme.b\"}\n"].concat()).await;
    let snapshot = apps.runtime.snapshot();
    let of =
        |app: &str| Arc::clone(snapshot.app(app).unwrap().element("greeters.services.Tour").unwrap().instance().unwrap());
    assert!(Arc::ptr_eq(&of("acme.demo"), &of("acme.b")));
}

#[tokio::test(start_paused = true)]
async fn a_long_call_survives_a_thousand_reloads() {
    let apps = Apps::open(&[&demo(), &element("Long", "greeters.HolderType", r#"{"id": "long"}"#)[..]].concat()).await;
    let held = apps.get("Long").unwrap();
    let call = tokio::spawn(async move { held.call("work", json!({"ms": 20_000})).await });
    tokio::task::yield_now().await;
    for i in 0..1_000 {
        apps.files.put(HI, format!(r#"{{"greeting": "{i}"}}"#));
        apps.edit("/apps/demo/Long/Long.json", format!(r#"{{"id": "long", "label": "{i}"}}"#)).await;
    }
    assert!(!call.is_finished());
    assert_eq!(call.await.unwrap().unwrap(), "");
    assert_eq!(apps.call("Long", "greet", json!({})).await.unwrap(), "Holding 999");
}

/// Facts of other systems: one bad file disables its neighbours there.
#[tokio::test]
async fn one_broken_among_a_hundred_hurts_only_itself() {
    let hundred = |broken: Option<usize>| {
        let config = |i| if Some(i) == broken { "{\"greeting\"".to_owned() } else { format!(r#"{{"greeting": "{i}"}}"#) };
        let all: String = (0..100).map(|i| element(&format!("Hi{i}"), "greeters.PoliteType", &config(i))).collect();
        [DEMO, &all].concat()
    };
    let apps = Apps::open(&hundred(Some(42))).await;
    assert_eq!((state(&apps, "Hi42"), apps.runtime.snapshot().diagnostics().len()), ("broken", 1));
    for i in (0..100).filter(|it| *it != 42) {
        assert_eq!(apps.call(&format!("Hi{i}"), "greet", json!({})).await.unwrap(), format!("{i}, you"));
    }
    let apps = Apps::open(&hundred(None)).await;
    apps.edit("/apps/demo/Hi42/Hi42.json", "{").await;
    for i in 0..100 {
        assert_eq!(apps.call(&format!("Hi{i}"), "greet", json!({})).await.unwrap(), format!("{i}, you"));
    }
}

#[tokio::test]
async fn after_closing_nothing_answers() {
    let apps = Apps::open(&demo()).await;
    let held = apps.get("Hi").unwrap();
    let still = apps.runtime.clone();
    apps.runtime.close().await;
    assert!(still.app("acme.demo").is_err() && still.snapshot().apps().is_empty());
    // A handle is held by whoever has it.
    held.call("greet", json!({})).await.unwrap();
    // Looking again after closing brings nothing back.
    assert!(still.reload().await.apps().is_empty());
    assert!(matches!(State::Broken.word(), "broken"));
}
