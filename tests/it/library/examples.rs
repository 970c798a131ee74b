//! The examples are built as their pages say, put in place and called.
use super::built::{built, cargo, root};
use crate::cli::program::{Host, answer, ask, element, told};
use expect_test::expect;
use object::{Object as _, ObjectSymbol as _};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

fn library_type() -> PathBuf {
    cargo(&root().join("examples/library-type/Cargo.toml"), &["--release"]).join("libhello_type.so")
}

fn library_c(dir: &Path) -> PathBuf {
    let file = dir.join("libgreeter.so");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O2", "-I", "../../runtime/element", "-o"]).arg(&file).arg("greeter.c");
    assert!(compile.current_dir(root().join("examples/library-c")).status().unwrap().success());
    file
}

/// A call from the command line, with data of its own.
fn call(data: &Path, app: &str, args: &[&str]) -> String {
    let mut command = element(&["call", "acme.demo", "greeters.Hello"]);
    command.args(args).args(["--apps", &format!("examples/{app}/apps"), "--data"]).arg(data);
    told(&command.env_remove("ELEMENT_STORE").env_remove("ELEMENT_LIBRARIES").output().unwrap(), data)
}

#[test]
fn a_type_of_ones_own_is_built_put_in_place_and_called() {
    let data = TempDir::new().unwrap();
    fs::create_dir(data.path().join("libraries")).unwrap();
    fs::copy(library_type(), data.path().join("libraries/libhello_type.so")).unwrap();
    let libraries = data.path().join("libraries");
    let greet = |args| call(data.path(), "library-type", &["greet", args, "--libraries", libraries.to_str().unwrap()]);
    let mut text = greet(r#"{"name": "Ada"}"#);
    text.push_str(&greet(r#"{"name": "Grace"}"#));
    text.push_str(&greet(r#"{"nmae": "Ada"}"#));
    text.push_str(&call(data.path(), "library-type", &["greet", r#"{"name": "Ada"}"#]));
    expect![[r#"
        "Good day, Ada! I have greeted nobody."
        exit 0
        "Good day, Grace! I have greeted 1 before you."
        exit 0
        ! error: unknown argument `nmae`: did you mean `name`? There are `name` (20004)
        exit 1
        ! WARN examples/library-type/apps/demo/greeters/Hello/e.json:3:11: error[unknown-type]: there is no Type `greeters.HelloType`
        !     help: `element types` lists the Types there are
        ! error: `greeters.Hello` is not in service: its files have mistakes, and `element check` shows them (20009)
        exit 1
    "#]].assert_eq(&text);
}

#[test]
fn a_type_in_c_is_built_put_in_place_and_called() {
    let data = TempDir::new().unwrap();
    let library = library_c(data.path());
    let call = |method, args| call(data.path(), "library-c", &[method, args, "--library", library.to_str().unwrap()]);
    let mut text = call("greet", r#"{"name": "Ada"}"#);
    text.push_str(&call("greet", r#"{"name": "安妮 \"\\\n 🎉"}"#));
    text.push_str(&call("greet", r#"{"nmae": "Ada"}"#));
    text.push_str(&call("greet", r#"{"name": 5}"#));
    text.push_str(&call("count", "{}"));
    text.push_str(&call("count", "{}"));
    expect![[r#"
        "Good day, Ada! Yours, acme.demo."
        exit 0
        "Good day, 安妮 \"\\\n 🎉! Yours, acme.demo."
        exit 0
        ! error: `nmae` is not known here: there is `name` (20004)
        exit 1
        ! error: `name` has to be a string (20004)
        exit 1
        1
        exit 0
        2
        exit 0
    "#]]
    .assert_eq(&text);
}

#[test]
fn the_pages_say_the_same_three_commands() {
    let page = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let of_example = page("examples/library-type/README.md");
    let commands = of_example.split("```").find(|it| it.starts_with("sh\ncargo rustc")).unwrap();
    assert_eq!(commands.lines().count(), 4, "{commands}");
    assert!(page("README.md").contains(commands), "README.md says something else than {commands}");
}

/// A running host with both, over HTTP.
#[test]
fn both_are_served_beside_each_other() {
    let data = TempDir::new().unwrap();
    let library = library_c(data.path());
    let apps = data.path().join("apps");
    for (app, id) in [("library-type", "acme.rust"), ("library-c", "acme.c")] {
        let folder = apps.join(app).join("greeters/Hello");
        fs::create_dir_all(&folder).unwrap();
        fs::write(apps.join(app).join("app.json"), format!(r#"{{"appId": "{id}"}}"#)).unwrap();
        for file in ["e.json", "Hello.json"] {
            let from = root().join("examples").join(app).join("apps/demo/greeters/Hello").join(file);
            fs::copy(from, folder.join(file)).unwrap();
        }
    }
    let mut command = element(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(data.path()).arg(&apps).arg("--library").arg(&library).arg("--library").arg(library_type());
    let host = Host::without_simulator(&mut command);
    let mut text = String::new();
    for app in ["rust", "c"] {
        let reply =
            answer(ask(host.address, "POST", &format!("/api/acme/{app}/greeters/Hello/greet"), r#"{"name": "Ada"}"#));
        let reply: Value = serde_json::from_str(&reply).unwrap();
        text.push_str(&format!("{app}: {}\n", reply["data"]));
    }
    expect![[r#"
        rust: "Good day, Ada! I have greeted nobody."
        c: "Good day, Ada! Yours, acme.c."
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_library_exports_one_symbol_and_a_program_none_of_it() {
    let exports = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let names =
            file.dynamic_symbols().filter(|it| it.is_definition()).filter_map(|it| it.name().ok().map(ToOwned::to_owned));
        names.collect::<Vec<_>>()
    };
    for file in [built("wecom"), library_type()] {
        assert_eq!(exports(&file), [element::abi::SYMBOL], "{}", file.display());
    }
    let program = exports(Path::new(env!("CARGO_BIN_EXE_element-under-test")));
    assert!(!program.iter().any(|it| it.starts_with("element_")), "{program:?}");
}
