//! Random things that people and programs do to the files of apps.
use super::drive::Drive;
use proptest::{prelude::*, sample::select};

/// One thing that happens.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Write {
        path: String,
        text: String,
        how: How,
    },
    Remove(&'static str),
    Rename(&'static str, &'static str),
    Forbid(&'static str, bool),
    RootAway,
    RootBack,
    Wait(u64),
    /// Only a virtual disk can do these.
    LoseEvents(u32),
    Overflow,
    Blind(bool),
    Busy(String, bool),
}

/// How a program saves a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    /// Truncate, write.
    InPlace,
    /// The same, in two steps with a moment between.
    InTwo(u64),
    /// A new file, renamed over the old one.
    RenameOver,
    /// The old one moved away, a new one written, the old one removed.
    Vim(u64),
}

const FOLDERS: [&str; 19] = [
    "apps/a",
    "apps/b",
    "apps/c",
    "apps/d",
    "apps/a/Hi",
    "apps/a/hi",
    "apps/a/Hi/Sub",
    "apps/a/n",
    "apps/a/n/In",
    "apps/a/LoudType",
    "apps/a/LouderType",
    "apps/b/Hi",
    "apps/b/Other",
    "apps/b/LoudType",
    "apps/b/greeters/PoliteType",
    "apps/c/Hi",
    "apps/c/LoudType",
    "apps/c/greeters/HolderType",
    "apps/c/n",
];

/// The configs of holders carry the name of their story.
pub(crate) const STORY: &str = "STORY";

fn file() -> impl Strategy<Value = (String, String)> {
    let manifest = select(
        &[
            r#"{"appId": "acme.a"}"#,
            r#"{"appId": "acme.b"}"#,
            r#"{"appId": "acme.b", "title": "B"}"#,
            r#"{"appId": "acme.a", "extends": ["acme.b"]}"#,
            r#"{"appId": "acme.b", "extends": [{"appId": "acme.c", "version": "1"}]}"#,
            r#"{"appId": "acme.b", "extends": ["acme.a"]}"#,
            r#"{"appId": "acme.c", "extends": ["acme.b", "acme.a"]}"#,
            r#"{"appId": "acme.c", "version": "1"}"#,
            r#"{"appId": "acme.b", "extends": ["acme.a"], "title": "B"}"#,
            r#"{"appId": "acme.c", "extends": ["acme.a"]}"#,
            r#"{"appId": "acme.d", "extends": ["acme.b", "acme.c"]}"#,
            r#"{"appId": 5}"#,
            "{",
        ][..],
    );
    let declaration = select(
        &[
            r#"{"type": "greeters.HolderType"}"#,
            r#"{"type": "greeters.PoliteType"}"#,
            r#"{"title": "Hi", "type": "greeters.PoliteType"}"#,
            r#"{"type": "LoudType"}"#,
            r#"{"type": "LouderType"}"#,
            r#"{"type": "LoudType", "abstract": true}"#,
            r#"{"type": "greeters.PoliteType", "abstract": true}"#,
            r#"{"type": "LoudTipe"}"#,
            r#"{"type": "greeters.AuditType", "abstract": true}"#,
            r#"{"type": "greeters.PoliteType", "accessModifier": "protected"}"#,
            r#"{"type": "LoudType", "accessModifier": "private"}"#,
            r#"{"type": "LoudType", "abstract": true, "accessModifier": "private"}"#,
            r#"{"type": "greeters.HolderType", "functionList": [{"name": "work", "access": "public"}]}"#,
            "{}",
            "{",
            "",
        ][..],
    );
    let config = select(
        &[
            r#"{"id": "STORY", "label": "1"}"#,
            r#"{"id": "STORY", "label": "2"}"#,
            r#"{"id": "STORY", "label": "3"}"#,
            r#"{"greeting": "Hi"}"#,
            r#"{"greeting": "Ho", "key": "{{file:key}}"}"#,
            r#"{"greeting": "Ho", "key": "{{file:kez}}"}"#,
            r#"{"loud": true}"#,
            r#"{"note": "seen"}"#,
            r#"{"greting": "Hi"}"#,
            r#"{"greeting": "H"#,
            "{}",
            "",
        ][..],
    );
    prop_oneof![
        1 => (select(&FOLDERS[..4]), manifest)
            .prop_map(|(folder, text)| (format!("{folder}/app.json"), text.to_owned())),
        3 => (select(&FOLDERS[4..]), declaration).prop_map(|(folder, text)| (format!("{folder}/e.json"), text.to_owned())),
        4 => (select(&FOLDERS[4..]), config).prop_map(|(folder, text)| {
            let name = folder.rsplit('/').next().unwrap();
            (format!("{folder}/{name}.json"), text.to_owned())
        }),
        1 => (select(&["key", "kez", "other"][..]), select(&["hunter2", "hunter3"][..]))
            .prop_map(|(name, text)| (format!("secrets/{name}"), text.to_owned())),
    ]
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        Just(How::InPlace),
        (0_u64..150).prop_map(How::InTwo),
        Just(How::RenameOver),
        (0_u64..150).prop_map(How::Vim),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let place = || {
        select(&["apps/a/Hi/e.json", "apps/a/Hi/Hi.json", "apps/a/app.json", "secrets/key"][..])
            .prop_union(select(&FOLDERS[..]))
    };
    prop_oneof![
        10 => (file(), how()).prop_map(|((path, text), how)| Event::Write { path, text, how }),
        2 => place().prop_map(Event::Remove),
        3 => (select(&FOLDERS[..]), select(&FOLDERS[..])).prop_map(|(from, to)| Event::Rename(from, to)),
        2 => (place(), any::<bool>()).prop_map(|(path, it)| Event::Forbid(path, it)),
        1 => Just(Event::RootAway),
        2 => Just(Event::RootBack),
        4 => (0_u64..900).prop_map(Event::Wait),
        1 => (1_u32..6).prop_map(Event::LoseEvents),
        1 => Just(Event::Overflow),
        1 => any::<bool>().prop_map(Event::Blind),
        1 => (file(), any::<bool>()).prop_map(|((path, _), it)| Event::Busy(path, it)),
    ]
}

/// What happens in one story.
pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 1..16)
}

/// What stands on the disk when a story begins.
pub(crate) fn begin(drive: &dyn Drive, id: &str) {
    for (path, text) in [
        ("apps/a/app.json", r#"{"appId": "acme.a"}"#),
        ("apps/a/Hi/e.json", r#"{"type": "greeters.HolderType"}"#),
        ("apps/a/Hi/Hi.json", r#"{"id": "STORY", "label": "0"}"#),
        ("apps/a/LoudType/e.json", r#"{"type": "greeters.PoliteType", "abstract": true}"#),
        ("apps/a/LoudType/LoudType.json", r#"{"greeting": "Hey", "loud": true}"#),
        ("apps/a/n/In/e.json", r#"{"type": "LoudType"}"#),
        ("apps/b/app.json", r#"{"appId": "acme.b"}"#),
        ("apps/b/Hi/e.json", r#"{"type": "greeters.PoliteType"}"#),
        ("apps/b/Hi/Hi.json", r#"{"greeting": "Hi", "key": "{{file:key}}"}"#),
        ("secrets/key", "hunter1"),
    ] {
        drive.write(path, &text.replace(STORY, id));
    }
}

/// Saves as programs do; `wait` passes the time between their steps.
pub(crate) async fn save(drive: &dyn Drive, path: &str, text: &str, how: How, wait: impl AsyncFn(u64)) {
    match how {
        How::InPlace => drive.write(path, text),
        How::InTwo(ms) => {
            drive.write(path, "");
            drive.write(path, &text[..text.floor_char_boundary(text.len() / 2)]);
            wait(ms).await;
            drive.write(path, text);
        }
        How::RenameOver => {
            drive.write(&format!("{path}.tmp"), text);
            drive.rename(&format!("{path}.tmp"), path);
        }
        How::Vim(ms) => {
            let backup = format!("{path}~");
            drive.remove(&backup);
            drive.rename(path, &backup);
            wait(ms).await;
            drive.write(path, text);
            drive.remove(&backup);
        }
    }
}
