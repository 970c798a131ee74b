//! The rules of `ARCHITECTURE.md`, kept: who may depend on whom, and what may stand where.
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Each crate of the house, and the crates of the house that it may use. Arrows point down.
const MAY_USE: &[(&str, &[&str])] = &[
    ("element-macros", &[]),
    ("element", &["element-macros"]),
    ("element-store", &["element"]),
    ("element-engine", &["element", "element-store"]),
    ("auths", &["element"]),
    ("wecom", &["element", "auths"]),
    ("wecom-sim", &[]),
    ("element-host", &["element", "element-engine", "element-store", "auths", "wecom", "wecom-sim"]),
];

/// The roof may use everything below it.
const ROOF: &[&str] = &["examples", "greeters", "tests"];

/// Outside crates that only some of ours may use in the program itself.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("axum", &["element-host", "wecom-sim"]),
    ("askama", &["element-host", "wecom-sim"]),
    ("cookie", &["element-host"]),
    ("governor", &["element-host"]),
    ("hyper-util", &["element-host"]),
    ("reqwest", &["element-engine", "element-host", "wecom-sim"]),
    ("rustls", &["element-engine", "element-host", "wecom-sim"]),
    ("walkdir", &["element-engine"]),
    ("notify", &["element-engine"]),
    ("rpds", &["element-engine"]),
    ("indicatif", &["element-host"]),
    ("roxmltree", &["wecom"]),
    // What seals callbacks, and what signs: the simulator's own, so that it cannot agree with our mistakes.
    ("cbc", &["wecom", "wecom-sim"]),
    ("sha1", &["wecom", "wecom-sim"]),
    ("metrics-exporter-prometheus", &["element-host"]),
    ("anyhow", &["element-host", "wecom-sim"]),
    ("inventory", &["element"]),
    ("sqlx", &["element-store"]),
    ("redis", &["element-store"]),
    ("aes-gcm", &["element-store"]),
    ("ed25519-dalek", &["element-engine"]),
    ("libloading", &["element-engine"]),
    ("object", &["element-engine"]),
    ("rustix", &["element-engine"]),
    ("sharded-slab", &["element-engine"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

#[test]
fn arrows_point_down() {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata.packages.iter().filter(|it| !ROOF.contains(&it.name.as_str())) {
        let name = package.name.as_str();
        let Some(allowed) = may_use.get(name) else {
            wrong.push(format!("`{name}` has no place in the house: give it one"));
            continue;
        };
        for used in package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal) {
            let used = used.name.as_str();
            if may_use.contains_key(used) && !allowed.contains(&used) {
                wrong.push(format!("`{name}` may not use `{used}`"));
            }
            if let Some((_, only)) = ONLY_IN.iter().find(|(outside, _)| *outside == used)
                && !only.contains(&name)
            {
                wrong.push(format!("`{name}` may not use `{used}`: only {only:?} may"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every source file of the house, its path from the root, and its text.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["runtime", "types", "examples", "tests"].map(|it| root().join(it)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 50, "the house was found");
    found
}

/// The program itself: no tests, no benches, no examples, and no test modules in files.
fn program() -> Vec<(String, String)> {
    let in_src =
        |it: &(String, String)| it.0.contains("/src/") && !it.0.contains("/tests") && !it.0.ends_with("test_host.rs");
    let without_tests = |(name, text): (String, String)| {
        let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        (name, text[..end].to_owned())
    };
    sources().into_iter().filter(in_src).map(without_tests).collect()
}

#[track_caller]
fn nowhere(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Lines of the program that hold `word` as code, in files where it may not stand.
fn strays(word: &str, allowed: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, text) in program().iter().filter(|(name, _)| !allowed.iter().any(|it| name.ends_with(it))) {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains(word) {
                wrong.push(format!("{name}:{}: `{word}` may stand in {allowed:?} only", number + 1));
            }
        }
    }
    wrong
}

#[test]
fn what_has_one_place_stands_there_only() {
    nowhere(&strays(
        "reqwest::",
        &["element-engine/src/outbound.rs", "element-host/src/commands/remote.rs", "wecom-sim/src/push/send.rs"],
    ));
    nowhere(&strays("walkdir::", &["element-engine/src/files.rs"]));
    nowhere(&strays("notify::", &["element-engine/src/disk_watch.rs"]));
    nowhere(&strays("use rpds", &["element-engine/src/snapshot.rs"]));
    // The simulator has WeCom's statuses, which are another matter.
    let ours = strays("StatusCode::", &["element-host/src/reply.rs"]);
    nowhere(&ours.into_iter().filter(|it| !it.starts_with("types/wecom-sim")).collect::<Vec<_>>());
    nowhere(&strays(
        "fs::",
        &[
            "element-engine/src/files.rs",
            "element-engine/src/library/image.rs",
            "element-engine/src/library/mapped.rs",
            "element-engine/src/mounts.rs",
            "element-host/src/commands/library.rs",
            "element-host/src/libraries.rs",
            "element-host/src/open.rs",
            "element-store/src/secret_file.rs",
            "element-store/src/sqlite/mod.rs",
            "wecom-sim/src/main.rs",
        ],
    ));
    nowhere(&strays("stdout()", &["element-host/src/commands.rs"]));
    nowhere(&strays("libloading::", &["element-engine/src/library/image.rs"]));
    // Where our code meets that of libraries; each file says why.
    let at_the_line = ["bytes", "done", "library", "mod", "remote"].map(|it| format!("element/src/abi/{it}.rs"));
    let in_the_engine = ["calls", "far", "handshake", "image"].map(|it| format!("element-engine/src/library/{it}.rs"));
    let allowed: Vec<&str> = at_the_line.iter().chain(&in_the_engine).map(String::as_str).collect();
    nowhere(&strays("unsafe ", &allowed));
    nowhere(&strays("unsafe_code", &allowed));
    nowhere(&strays("todo!", &[]));
}

#[test]
fn every_file_says_what_it_is_and_is_one_room() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if text.strip_prefix("//!").is_none_or(|it| it.lines().next().unwrap_or_default().split_whitespace().count() < 2) {
            wrong.push(format!("{name}: does not begin by saying what it is (`//! …`)"));
        }
        let lines = text.lines().count();
        // A list of cases may be a little longer than code.
        if lines > if name.starts_with("tests/") { 350 } else { 300 } {
            wrong.push(format!("{name}: {lines} lines: is it one room?"));
        }
        let stem = Path::new(&name).file_stem().unwrap().to_string_lossy().to_lowercase();
        if ["manager", "helper", "util", "utils", "common", "base", "plugin", "misc"].iter().any(|it| stem == *it) {
            wrong.push(format!("{name}: a name that does not say what is in it"));
        }
    }
    nowhere(&wrong);
}

#[test]
fn a_full_name_is_written_once() {
    let program = program();
    let mut names = Vec::new();
    for (_, text) in &program {
        for word in ["meta", "ty", "service", "model"] {
            let start = format!("#[element::{word}(\"");
            names.extend(text.match_indices(&start).filter(|(at, _)| is_code(text, *at)).map(|(at, _)| {
                let rest = &text[at + start.len()..];
                rest[..rest.find('"').unwrap()].to_owned()
            }));
        }
    }
    assert!(names.len() >= 4, "{names:?}");
    let mut wrong = Vec::new();
    for name in names {
        let quoted = format!("\"{name}\"");
        let places: Vec<&str> = program
            .iter()
            .flat_map(|(file, text)| text.match_indices(&quoted).filter(|(at, _)| is_code(text, *at)).map(|_| file.as_str()))
            .collect();
        if places.len() != 1 {
            wrong.push(format!("`{name}` is written in {places:?}"));
        }
    }
    nowhere(&wrong);
}

fn is_code(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |it| it + 1)..at];
    !line.trim_start().starts_with("//")
}
