//! Libraries that apps bring in their own folders.
use super::load::odd;
use element_engine::{Libraries, Options, Registry, Runtime, Trust, TrustMode};
use expect_test::expect;
use serde_json::json;
use std::{fs, path::Path};
use tempfile::TempDir;

const APPS: &[(&str, &str)] = &[
    ("demo/app.json", r#"{"appId": "acme.demo"}"#),
    ("demo/odd/Meta/e.json", r#"{"title": "What this app takes for odd"}"#),
    ("demo/odd/GoodType/e.json", r#"{"type": "odd.Meta", "library": "odd"}"#),
    ("demo/Good/e.json", r#"{"type": "odd.GoodType"}"#),
    ("demo/Good/Good.json", r#"{"word": "x"}"#),
    ("shop/app.json", r#"{"appId": "acme.shop", "extends": ["acme.demo"]}"#),
    ("shop/Mine/e.json", r#"{"type": "odd.GoodType"}"#),
    ("shop/Mine/Mine.json", r#"{"word": "y"}"#),
    ("other/app.json", r#"{"appId": "acme.other"}"#),
    ("other/Alien/e.json", r#"{"type": "odd.GoodType"}"#),
];

fn write(dir: &Path, file: &str, bytes: impl AsRef<[u8]>) {
    let file = dir.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

async fn open(dir: &Path, allowed: &[&str]) -> Runtime {
    let apps = allowed.iter().map(|it| it.parse().unwrap()).collect();
    let libraries = Libraries { apps, ..Libraries::default() };
    Runtime::open(dir, Registry::default(), Options { libraries, watch: true, ..Options::default() }).await
}

async fn told(runtime: &Runtime) -> String {
    let mut text = String::new();
    for (app, element) in [("acme.demo", "Good"), ("acme.shop", "Good"), ("acme.shop", "Mine"), ("acme.other", "Alien")] {
        let found = runtime.app(app).and_then(|it| it.get_element(element));
        let greeting = match found {
            Ok(it) => it.call("greet", json!({})).await.map_or_else(|e| e.to_string(), |it| it.to_string()),
            Err(e) => e.to_string(),
        };
        text.push_str(&format!("{app} {element}: {greeting}\n"));
    }
    for it in runtime.snapshot().diagnostics() {
        text.push_str(&format!("{it}\n"));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_may_brings_code_for_itself_and_those_that_build_on_it() {
    let dir = TempDir::new().unwrap();
    for (file, text) in APPS {
        write(dir.path(), file, text);
    }
    write(dir.path(), "demo/odd/GoodType/libodd.so", fs::read(odd(&[])).unwrap());
    let not_allowed = open(dir.path(), &[]).await;
    let mut text = format!("nobody may\n{}", told(&not_allowed).await);
    not_allowed.close().await;

    let runtime = open(dir.path(), &["acme.demo"]).await;
    text.push_str(&format!("it may\n{}", told(&runtime).await));
    let explained = runtime.explain("acme.demo", "Good").unwrap();
    assert!(serde_json::to_string(&explained).unwrap().contains("libodd.so"), "explain says where the code is from");

    // Nobody asks for a reload.
    write(dir.path(), "demo/odd/GoodType/.new", fs::read(odd(&["ODD_GREETING=\"two\""])).unwrap());
    fs::rename(dir.path().join("demo/odd/GoodType/.new"), dir.path().join("demo/odd/GoodType/libodd.so")).unwrap();
    let greets = |runtime: &Runtime, word: &'static str| {
        let it = runtime.app("acme.shop").unwrap().get_element("Mine").unwrap();
        async move { it.call("greet", json!({})).await.unwrap() == word }
    };
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while !greets(&runtime, "two").await {
        assert!(tokio::time::Instant::now() < deadline, "{}", told(&runtime).await);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for (what, file, bytes) in [
        ("half of it", "demo/odd/GoodType/libodd.so", fs::read(odd(&[])).unwrap()[..5_000].to_vec()),
        ("another Type", "demo/odd/GoodType/libodd.so", fs::read(odd(&["ODD_BREAKS_META"])).unwrap()),
        ("whole again", "demo/odd/GoodType/libodd.so", fs::read(odd(&["ODD_GREETING=\"three\""])).unwrap()),
        ("a name that leads away", "demo/odd/GoodType/e.json", br#"{"type": "odd.Meta", "library": "../x"}"#.to_vec()),
        ("a name of nothing", "demo/odd/GoodType/e.json", br#"{"type": "odd.Meta", "library": "even"}"#.to_vec()),
        ("no library", "demo/odd/GoodType/e.json", br#"{"type": "odd.Meta"}"#.to_vec()),
    ] {
        write(dir.path(), file, bytes);
        runtime.reload().await;
        text.push_str(&format!("{what}\n{}", told(&runtime).await));
    }
    runtime.close().await;
    expect![[r#"
        nobody may
        acme.demo Good: `Good` is not in service: its files have mistakes, and `element check` shows them
        acme.shop Good: `Good` is not in service: its files have mistakes, and `element check` shows them
        acme.shop Mine: `Mine` is not in service: its files have mistakes, and `element check` shows them
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        demo/odd/GoodType/e.json:1:33: error[library-not-allowed]: `acme.demo` may not bring code of its own
            help: whoever runs the host allows it with `--allow-app-libraries <app>`
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        it may
        acme.demo Good: "one"
        acme.shop Good: "one"
        acme.shop Mine: "one"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        half of it
        acme.demo Good: "two"
        acme.shop Good: "two"
        acme.shop Mine: "two"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        demo/odd/GoodType/libodd.so: error[library-damaged]: this library is damaged: it was cut off or changed (invalid elf section header offset/size/alignment)
            help: copy it again, to a file beside it, and rename that: nobody sees a half
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        another Type
        acme.demo Good: "two"
        acme.shop Good: "two"
        acme.shop Mine: "two"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        demo/odd/GoodType/libodd.so: error[library-empty]: this library has no Type `odd.GoodType`
            help: it has `odd.BadType`: give the folder that place
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        whole again
        acme.demo Good: "three"
        acme.shop Good: "three"
        acme.shop Mine: "three"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        a name that leads away
        acme.demo Good: "three"
        acme.shop Good: "three"
        acme.shop Mine: "three"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        demo/odd/GoodType/e.json:1:33: error[wrong-type]: `library` has to be the name of a library in this folder
            help: write `"library": "hello"` for `libhello.so` in this folder
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        a name of nothing
        acme.demo Good: "three"
        acme.shop Good: "three"
        acme.shop Mine: "three"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        demo/odd/GoodType/e.json:1:33: error[no-library]: there is no `libeven.so` in this folder
            help: build the library, and put it beside `e.json`
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        no library
        acme.demo Good: "three"
        acme.shop Good: "three"
        acme.shop Mine: "three"
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[no-code]: no code has the full name of its Type `odd.GoodType`
            help: link the crate that registers it, or name an existing Type in `type`
        demo/odd/GoodType/e.json:1:10: error[no-code]: `odd.Meta` is a Meta, so this is a Type, and no code has this full name
            help: link the crate that registers it, or name an existing Type in `type`
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[no-code]: no code has the full name of its Type `odd.GoodType`
            help: link the crate that registers it, or name an existing Type in `type`
    "#]].assert_eq(&text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_signed_is_refused_in_apps_too() {
    let dir = TempDir::new().unwrap();
    for (file, text) in APPS {
        write(dir.path(), file, text);
    }
    write(dir.path(), "demo/odd/GoodType/libodd.so", fs::read(odd(&[])).unwrap());
    let trust = Trust { mode: TrustMode::Require, keys: Vec::new() };
    let libraries = Libraries { apps: ["acme.demo".parse().unwrap()].into(), trust, ..Libraries::default() };
    let runtime = Runtime::open(dir.path(), Registry::default(), Options { libraries, ..Options::default() }).await;
    expect![[r#"
        acme.demo Good: `Good` is not in service: its files have mistakes, and `element check` shows them
        acme.shop Good: `Good` is not in service: its files have mistakes, and `element check` shows them
        acme.shop Mine: `Mine` is not in service: its files have mistakes, and `element check` shows them
        acme.other Alien: `Alien` is not in service: its files have mistakes, and `element check` shows them
        demo/Good/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
        demo/odd/GoodType/libodd.so: error[library-signature]: nobody signed this library
            help: `element library sign` makes a signature beside it
        other/Alien/e.json:1:10: error[unknown-type]: there is no Type `odd.GoodType`
            help: `element types` lists the Types there are
        shop/Mine/e.json:1:10: error[broken-type]: its Type `odd.GoodType` has mistakes itself
            help: mend that one first
    "#]]
    .assert_eq(&told(&runtime).await);
}

/// Whoever writes the id of an app that may into an `app.json` of his own gets nothing run.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_only_says_it_is_one_that_may_brings_nothing() {
    let dir = TempDir::new().unwrap();
    for (file, text) in APPS.iter().filter(|(file, _)| file.starts_with("demo/")) {
        write(dir.path(), file, text);
        write(dir.path(), &file.replacen("demo/", "evil/", 1), text);
    }
    for app in ["demo", "evil"] {
        write(dir.path(), &format!("{app}/odd/GoodType/libodd.so"), fs::read(odd(&[])).unwrap());
    }
    let runtime = open(dir.path(), &["acme.demo"]).await;
    assert_eq!(runtime.status().libraries.loaded, []);
    fs::remove_dir_all(dir.path().join("evil")).unwrap();
    runtime.reload().await;
    write(dir.path(), "evil/app.json", APPS[0].1);
    write(dir.path(), "evil/odd/GoodType/e.json", r#"{"type": "odd.Meta", "library": "odd"}"#);
    write(dir.path(), "evil/odd/GoodType/libodd.so", fs::read(odd(&["ODD_GREETING=\"evil\""])).unwrap());
    runtime.reload().await;
    let loaded = runtime.status().libraries.loaded;
    assert_eq!(loaded.iter().map(|it| &*it.path).collect::<Vec<_>>(), ["demo/odd/GoodType/libodd.so"]);
    let good = runtime.app("acme.demo").unwrap().get_element("Good").unwrap();
    assert_eq!(good.call("greet", json!({})).await.unwrap(), "one");
    runtime.close().await;
}
