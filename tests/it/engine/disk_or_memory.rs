//! The disk and the files in memory are one to the engine, whatever lies on them.
use super::{
    apps::{Apps, registry},
    show::everything,
};
use element_engine::{MemoryFiles, Options, Runtime};
use proptest::{prelude::*, sample::select};
use std::{collections::BTreeMap, fs, path::Path};

fn label() -> impl Strategy<Value = &'static str> {
    select(&["a", "b", "B", "Hi", "LoudType", "dist", ".git", "1x", "a-b", "config.json"][..])
}

/// A file of an app, and what stands in it: often right, often nearly.
fn file() -> impl Strategy<Value = (String, String)> {
    let folder = || prop::collection::vec(label(), 1..4).prop_map(|it| it.join("/"));
    let declaration = select(
        &[
            r#"{"type": "greeters.PoliteType"}"#,
            r#"{"type": "greeters.PoliteType", "abstract": true}"#,
            r#"{"type": "a.LoudType"}"#,
            r#"{"type": "greeters.Meta"}"#,
            r#"{"type": "Hi"}"#,
            r#"{"type": "greeters.Mata"}"#,
            r#"{"frontBundleEntry": "b.json", "type": "greeters.PoliteType"}"#,
            "{}",
            "{",
        ][..],
    );
    let config = select(
        &[
            r#"{"greeting": "Hi"}"#,
            r#"{"greeting": "{{NAME}}", "times": 2}"#,
            r#"{"greting": "Hi"}"#,
            r#"{"loud": true}"#,
            "{}",
            "[]",
            "",
        ][..],
    );
    let name = select(&["Hi.json", "a.json", "b.json", "LoudType.json", "config.json", "readme.md"][..]);
    prop_oneof![
        (folder(), declaration).prop_map(|(folder, text)| (format!("{folder}/e.json"), text.into())),
        (folder(), name, config).prop_map(|(folder, name, text)| (format!("{folder}/{name}"), text.into())),
    ]
}

fn app() -> impl Strategy<Value = BTreeMap<String, String>> {
    let manifest = select(&[r#"{"appId": "acme.a"}"#, r#"{"appId": "acme.b"}"#, r#"{"appId": 5}"#, "{}", "{"][..]);
    (manifest, prop::collection::vec(file(), 0..12)).prop_map(|(manifest, files)| {
        let mut all: BTreeMap<String, String> = files.into_iter().collect();
        all.insert("app.json".into(), manifest.into());
        // What is a file on the way cannot be a folder.
        let paths: Vec<String> = all.keys().cloned().collect();
        all.retain(|path, _| !paths.iter().any(|it| it.starts_with(&format!("{path}/"))));
        all
    })
}

async fn on_disk(root: &Path) -> String {
    everything(&Runtime::open(root, registry(|it| it), Options::default()).await).await
}

async fn in_memory(files: MemoryFiles) -> String {
    everything(&Apps::open_as(registry(|it| it), files, |_| ()).await.runtime).await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_same_files_are_the_same_apps(apps in prop::collection::vec(app(), 1..3)) {
        let root = tempfile::tempdir().unwrap();
        let mut files = MemoryFiles::default();
        for (i, app) in apps.iter().enumerate() {
            for (path, text) in app {
                let path = format!("app{i}/{path}");
                files.put(format!("/apps/{path}"), text.as_str());
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        let time = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (disk, memory) = time.block_on(async { (on_disk(root.path()).await, in_memory(files).await) });
        prop_assert_eq!(disk, memory);
    }
}
