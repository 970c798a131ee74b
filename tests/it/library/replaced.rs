//! A library's file is replaced, overwritten, cut off and taken away while calls run.
use super::load::{Loaded, odd, put};
use expect_test::expect;
use std::fs;

impl Loaded {
    async fn greets(&self, word: &str) {
        let now = |it: &Self| {
            let status = it.runtime.status();
            (status.generation, status.libraries.loaded.len())
        };
        let greeting = format!("{word:?}");
        for _ in 0..2_000 {
            if self.call("Good", "greet", serde_json::json!({})).await == greeting {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it does not greet with {word}: {:?}\n{}", now(self), self.told());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_goes_live_and_a_bad_one_leaves_the_last_good() {
    let loaded = Loaded::start().await;
    let file = loaded.library("libodd.so");
    let retained = loaded.runtime.status().libraries.retained;
    let mut text = String::new();
    loaded.greets("one").await;

    // Renamed over, as it should be done; nobody asks for a reload.
    put(&odd(&["ODD_GREETING=\"and two\""]), &file);
    loaded.greets("and two").await;
    assert!(loaded.runtime.status().libraries.retained > retained, "the old one stays mapped, and is counted");

    // Written over the one that is in use.
    fs::write(&file, fs::read(odd(&["ODD_GREETING=\"and three\"", "ODD_VERSION=\"1.1.0\""])).unwrap()).unwrap();
    loaded.greets("and three").await;
    let version = |it: &Loaded| {
        let loaded = it.runtime.status().libraries.loaded;
        loaded.iter().find(|it| it.name == "odd").map(|it| it.version.clone())
    };
    assert_eq!(version(&loaded).as_deref(), Some("1.1.0"));
    loaded.is_as_fresh().await;

    // Cut off, and written over with nonsense: what was mapped is not this file any more.
    let whole = fs::read(&file).unwrap();
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(whole.len() as u64 / 2).unwrap();
    loaded.wait_for("it is told that the file is damaged", |it| it.told().contains("library-damaged")).await;
    text.push_str(&format!("cut off\n{}", loaded.told()));
    fs::write(&file, vec![0xff; whole.len()]).unwrap();
    loaded.wait_for("it is told that this is no library", |it| it.told().contains("not-a-library")).await;
    text.push_str(&format!("nonsense\n{}", loaded.told()));
    fs::remove_file(&file).unwrap();
    loaded.wait_for("it is told that the file is gone", |it| it.told().contains("library-gone")).await;
    text.push_str(&format!("gone\n{}", loaded.told()));
    loaded.greets("and three").await;
    fs::write(&file, &whole).unwrap();
    loaded.wait_for("it is well again", |it| it.told().is_empty()).await;

    // A version that wants another config: what its Instances were, they are.
    put(&odd(&["ODD_GREETING=\"and four\"", "ODD_KEY=\"phrase\""]), &file);
    loaded.wait_for("it is told that the config does not fit", |it| it.told().contains("unknown-key")).await;
    text.push_str(&format!("another config\n{}", loaded.told()));
    loaded.greets("and three").await;
    fs::write(loaded.dir.path().join("apps/demo/Good/Good.json"), r#"{"phrase": "x"}"#).unwrap();
    loaded.greets("and four").await;
    loaded.is_as_fresh().await;

    // A version that must not be loaded at all.
    put(&odd(&["ODD_NEWER"]), &file);
    loaded.wait_for("it is told that it is too new", |it| it.told().contains("library-version")).await;
    text.push_str(&format!("too new\n{}", loaded.told()));
    loaded.greets("and four").await;

    put(&odd(&["ODD_GREETING=\"and five\"", "ODD_KEY=\"phrase\"", "ODD_LONG_TABLE"]), &file);
    loaded.greets("and five").await;
    loaded.is_as_fresh().await;
    loaded.end().await;
    expect![[r#"
        cut off
        DIR/libraries/libodd.so: error[library-damaged]: this library is damaged: it was cut off or changed (invalid elf section header offset/size/alignment)
            help: copy it again, to a file beside it, and rename that: nobody sees a half
        nonsense
        DIR/libraries/libodd.so: error[not-a-library]: this is no dynamic library
            help: name the file that `cargo rustc --release --crate-type cdylib` makes, such as `target/release/libwecom.so`
        gone
        DIR/libraries/libodd.so: warning[library-gone]: the file is gone; what was loaded from it stays in service until the host ends
            help: put a file there
        another config
        demo/Good/Good.json:1:2: error[unknown-key]: unknown key `word`
            help: there are `phrase`
        too new
        DIR/libraries/libodd.so: error[library-version]: this library speaks version 2.0 of the line to its host, and this host version 1
            help: use a newer host, or build it with an older `element`
    "#]].assert_eq(&text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stood_in_anothers_way_and_is_gone_lets_it_in() {
    let loaded = Loaded::start().await;
    // The same names, from another package.
    put(&odd(&["ODD_TAKEN", "ODD_GREETING=\"taken\""]), &loaded.library("libother.so"));
    loaded.wait_for("it is told that the name is taken", |it| it.told().contains("library-name")).await;
    loaded.greets("one").await;
    // The first one makes room: it has that Type no more.
    put(&odd(&["ODD_BREAKS_META", "ODD_GREETING=\"gone\""]), &loaded.library("libodd.so"));
    loaded.wait_for("a bad one makes no room", |it| it.told().contains("library-contract")).await;
    loaded.greets("one").await;
    put(&odd(&["ODD_ELSE"]), &loaded.library("libodd.so"));
    loaded.greets("taken").await;
    loaded.is_as_fresh().await;
    loaded.end().await;
}
