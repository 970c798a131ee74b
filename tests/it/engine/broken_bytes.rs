//! Whatever bytes stand in one file, everything that is not made of it answers; and what was good once, answers still.
use super::apps::{Apps, DEMO, element};
use element_engine::Snapshot;
use proptest::{prelude::*, sample::Index};
use serde_json::json;

const NAMES: [&str; 5] = ["Hi", "Hi.Inner", "Loud", "Louder", "n.Odd"];

fn good() -> String {
    let derived = element("LoudType", "greeters.PoliteType", r#"{"greeting": "Hey", "loud": true}"#);
    let derived = derived.replace("PoliteType\"}", "PoliteType\", \"abstract\": true}");
    [
        DEMO.to_owned(),
        element("Hi", "greeters.PoliteType", r#"{"greeting": "Hi", "again": {"word": "Hello?", "afterMs": 1}}"#),
        element("Hi.Inner", "greeters.PoliteType", r#"{"greeting": "Ho", "names": ["Ann"]}"#),
        element("Loud", "LoudType", "{}"),
        element("Louder", "LoudType", r#"{"times": 2}"#),
        element("n.Odd", "greeters.OddType", "{}"),
        derived,
    ]
    .concat()
}

fn files() -> Vec<(String, Vec<u8>)> {
    let text = good();
    let files = text.split("//- ").skip(1).map(|it| it.split_once('\n').unwrap());
    files.map(|(path, text)| (path.to_owned(), text.into())).collect()
}

/// The elements that are made of this file and so may be hurt.
fn made_of(snapshot: &Snapshot, path: &str) -> Vec<String> {
    let app = snapshot.app("acme.demo").unwrap();
    let path = path.trim_start_matches("/apps/");
    let made_of = app.own_elements().into_iter().filter(|it| it.files().any(|it| **it == *path));
    let mut hurt: Vec<String> = made_of.map(|it| it.full_name.as_str().to_owned()).collect();
    // The file of a derived Type hurts what is derived from it as well.
    hurt.extend(hurt.clone().iter().flat_map(|it| app.find(it)).map(|it| it.as_str().to_owned()));
    hurt.retain(|it| NAMES.contains(&&**it));
    hurt.sort();
    hurt.dedup();
    hurt
}

/// Nothing at all, a piece of what was there, or a piece with something else in its midst.
fn broken(good: &[u8], cut: &Index, other: &[u8]) -> Vec<u8> {
    let cut = cut.index(good.len() + 1);
    [&good[..cut], other, &good[cut..][..(good.len() - cut) * usize::from(other.len() % 2 == 1)]].concat()
}

async fn check(path: &str, bytes: Vec<u8>) {
    let apps = Apps::open(&good()).await;
    let before = apps.runtime.snapshot();
    assert!(before.diagnostics().is_empty(), "{:?}", before.diagnostics());
    let hurt = made_of(&before, path);
    assert!(hurt.len() < NAMES.len(), "{hurt:?}");

    let after = apps.edit(path, bytes.clone()).await;
    if after.apps().iter().any(|it| it.id.as_str() != "acme.demo") {
        // One letter more in `appId` is a good edit: now it is another app.
        return;
    }
    for name in NAMES {
        let answer = apps.call(name, "greet", json!({})).await;
        // A hurt one may have become something else that is good, such as a Meta.
        let became = apps.runtime.snapshot().app("acme.demo").and_then(|it| it.element(name).map(|it| it.kind));
        let callable = became != Some(element_engine::Kind::Meta) && became != Some(element_engine::Kind::DerivedType);
        assert!(
            answer.is_ok() || hurt.iter().any(|it| it == name) && !callable,
            "{name} after an edit of {path}: {answer:?}"
        );
    }

    if path.ends_with("app.json") {
        return;
    }
    let mut files = good();
    let all: Vec<_> = self::files();
    let text = &all.iter().find(|(it, _)| it == path).unwrap().1;
    files = files.replacen(&format!("//- {path}\n{}", String::from_utf8_lossy(text)), "", 1);
    let apps = Apps::open(&files).await;
    apps.edit(path, bytes).await;
    for name in NAMES.iter().filter(|name| !hurt.iter().any(|it| it == *name)) {
        let answer = apps.call(name, "greet", json!({})).await;
        assert!(answer.is_ok(), "{name} in spite of {path}: {answer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn one_file_hurts_only_what_is_made_of_it(
        file: Index,
        cut: Index,
        other in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"{}[]\":,\\ 0n"[..])], 0..12),
    ) {
        let files = files();
        let (path, good) = &files[file.index(files.len())];
        let time = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        time.block_on(check(path, broken(good, &cut, &other)));
    }
}

/// A save that is caught half way through, at every byte.
#[tokio::test]
async fn every_half_of_a_save_keeps_the_last_good_one() {
    let apps = Apps::open(&good()).await;
    let path = "/apps/demo/Hi/Hi.json";
    let (_, text) = files().into_iter().find(|(it, _)| it == path).unwrap();
    for end in 0..text.len() - 1 {
        let snapshot = apps.edit(path, &text[..end]).await;
        assert!(!snapshot.diagnostics().is_empty(), "{}", String::from_utf8_lossy(&text[..end]));
        assert_eq!(apps.call("Hi", "greet", json!({})).await.unwrap(), "Hi, you … 1 ms … Hello?");
    }
    assert!(apps.edit(path, text).await.diagnostics().is_empty());
}
