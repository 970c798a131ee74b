//! Builds libraries for tests, each once, in a place where nobody else builds.
use element_engine::Libraries;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Makes something once in this process.
fn once(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        // A file is put in its place as a whole: other processes may do the same.
        let folder = root().join("target/libraries/ready").join(name);
        fs::create_dir_all(&folder).unwrap();
        let (new, file) = (folder.join(format!(".new-{}", std::process::id())), folder.join(format!("lib{name}.so")));
        make(&new);
        fs::rename(&new, &file).unwrap();
        file
    };
    built.entry(name.to_owned()).or_insert_with(make).clone()
}

/// A crate of this workspace as a library, as its README says it is built. In a folder of its own.
pub(crate) fn built(package: &str) -> PathBuf {
    once(package, |file| {
        let manifest = root().join("Cargo.toml");
        let made = cargo(&manifest, &["-p", package, "--lib", "--locked"]);
        fs::copy(made.join(format!("lib{}.so", package.replace('-', "_"))), file).unwrap();
    })
}

/// Runs Cargo as an author does who builds a library; gives where that is then.
pub(crate) fn cargo(manifest: &Path, args: &[&str]) -> PathBuf {
    let target = root().join("target/libraries");
    let mut command = Command::new(env!("CARGO"));
    command.arg("rustc").arg("--manifest-path").arg(manifest).args(args).args(["--crate-type", "cdylib", "--quiet"]);
    command.arg("--target-dir").arg(&target).args(["--", "-Cstrip=debuginfo"]);
    // What Cargo tells the tests is about the tests.
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_for_tests(name)) {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join(if args.contains(&"--release") { "release" } else { "debug" })
}

fn is_for_tests(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_CRATE_NAME"
}

/// A library in C, from one source and some definitions.
pub(crate) fn compiled(name: &str, source: &Path, defined: &[&str]) -> PathBuf {
    once(name, |file| {
        let mut command = Command::new("cc");
        command.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", "-pthread", "-I"]);
        command.arg(root().join("runtime/element")).args(defined.iter().map(|it| format!("-D{it}")));
        let output = command.arg("-o").arg(file).arg(source).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    })
}

/// What a command says of Types, as it would say it if those of WeCom were linked.
pub(crate) fn as_if_linked(text: &str) -> String {
    if cfg!(feature = "linked-wecom") {
        return text.to_owned();
    }
    let wecom = built("wecom");
    let found_in = format!(" in {}, SHA-256 ", wecom.display());
    let line = |line: &str| match line.split_once(&found_in) {
        // A list of libraries, where there would be none.
        Some((before, _)) if before.split(' ').count() == 2 => String::new(),
        Some((before, after)) => before.replace(", from ", ", linked from ") + &after[64..],
        None => line.to_owned(),
    };
    let text: String = text.split_inclusive('\n').map(line).collect();
    let (mut out, mut rest) = (String::new(), &*text);
    // As JSON.
    while let Some((before, after)) = rest.split_once("\"library\": {") {
        out.push_str(before.trim_end().trim_end_matches(','));
        rest = after.split_once('}').unwrap_or_default().1;
    }
    out + rest
}

/// Where the WeCom Types are, if they are not linked into the host that is tested.
pub(crate) fn wecom() -> Libraries {
    let files = if cfg!(feature = "linked-wecom") { Vec::new() } else { vec![built("wecom")] };
    Libraries { files, ..Libraries::default() }
}
