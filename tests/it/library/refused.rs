//! Libraries that cannot be used: each is refused with the file and the reason, and hurts nobody.
use super::load::{Loaded, odd};
use expect_test::expect;
use std::{fs, process::Command};

/// A good library with other bytes at these places.
fn patched(places: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = fs::read(odd(&[])).unwrap();
    for (at, byte) in places {
        bytes[*at] = *byte;
    }
    bytes
}

fn object_file() -> Vec<u8> {
    let dir = tempfile::TempDir::new().unwrap();
    let (source, object) = (dir.path().join("it.c"), dir.path().join("it.o"));
    fs::write(&source, "int it;\n").unwrap();
    assert!(Command::new("cc").arg("-c").arg(source).arg("-o").arg(&object).status().unwrap().success());
    fs::read(object).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_good_library_is_refused_with_the_reason_while_calls_go_on() {
    let loaded = Loaded::start().await;
    let good = patched(&[]);
    let mut bad = vec![
        ("empty", Vec::new()),
        ("text", b"#!/bin/sh\n".to_vec()),
        ("object file", object_file()),
        ("cut off in its header", good[..40].to_vec()),
        ("cut off in the middle", good[..good.len() / 2].to_vec()),
        ("cut off at its end", good[..good.len() - 64].to_vec()),
        ("for another machine", patched(&[(18, 183), (19, 0)])),
    ];
    for name in [
        "NO_SYMBOL",
        "SYMBOL_V2",
        "NULL_ROOT",
        "MAGIC",
        "OLDER",
        "NEWER",
        "TARGET",
        "ABORTS",
        "SHORT_ROOT",
        "START_NULL",
        "SHORT_TABLE",
        "LIES_LONG",
        "NULL",
        "NOWHERE",
        "DATA",
        "DESCRIBE_NONE",
        "DESCRIBE_JSON",
        "BREAKS_META",
        "NAME",
        "TAKEN",
    ] {
        bad.push((name, fs::read(odd(&[&format!("ODD_{name}")])).unwrap()));
    }
    bad.push(("the same with another config", fs::read(odd(&["ODD_KEY=\"phrase\""])).unwrap()));
    bad.push(("the same once more", good));
    let mut text = String::new();
    for (name, bytes) in bad {
        fs::write(loaded.library("libbad.so"), bytes).unwrap();
        loaded.runtime.reload().await;
        text.push_str(&format!("{name}\n{}", loaded.told()));
        fs::remove_file(loaded.library("libbad.so")).unwrap();
        loaded.runtime.reload().await;
        assert_eq!(loaded.told(), "", "{name}");
    }
    loaded.end().await;
    let root = super::built::root().to_string_lossy().into_owned();
    expect![[r#"
        empty
        DIR/libraries/libbad.so: error[library-damaged]: this library is damaged: it is empty
            help: copy it again, to a file beside it, and rename that: nobody sees a half
        text
        DIR/libraries/libbad.so: error[not-a-library]: this is no dynamic library
            help: name the file that `cargo rustc --release --crate-type cdylib` makes, such as `target/release/libwecom.so`
        object file
        DIR/libraries/libbad.so: error[not-a-library]: this is no dynamic library but an object file that was not linked yet
            help: name the file that `cargo rustc --release --crate-type cdylib` makes, such as `target/release/libwecom.so`
        cut off in its header
        DIR/libraries/libbad.so: error[library-damaged]: this library is damaged: it was cut off or changed (invalid elf header size or alignment)
            help: copy it again, to a file beside it, and rename that: nobody sees a half
        cut off in the middle
        DIR/libraries/libbad.so: error[library-damaged]: this library is damaged: it was cut off or changed (invalid elf section header offset/size/alignment)
            help: copy it again, to a file beside it, and rename that: nobody sees a half
        cut off at its end
        DIR/libraries/libbad.so: error[library-damaged]: this library is damaged: it was cut off or changed (invalid elf section header offset/size/alignment)
            help: copy it again, to a file beside it, and rename that: nobody sees a half
        for another machine
        DIR/libraries/libbad.so: error[library-target]: this library is for Linux on aarch64, and this host runs on Linux on x86_64
            help: build it for x86_64-unknown-linux-gnu
        NO_SYMBOL
        DIR/libraries/libbad.so: error[library-symbol]: this is no library of Types: it exports no `element_library_v1`
            help: a crate of Types exports it when it is built with `cargo rustc --release --crate-type cdylib`; element.h is for other languages
        SYMBOL_V2
        DIR/libraries/libbad.so: error[library-version]: this library speaks version 2 of the line to its host, and this host version 1
            help: use a newer host, or build it with an older `element`
        NULL_ROOT
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: what the symbol gives is not in memory
            help: element.h says what each table has
        MAGIC
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: what the symbol gives does not begin as it has to
            help: element.h says what each table has
        OLDER
        DIR/libraries/libbad.so: error[library-version]: this library speaks version 0.0 of the line to its host, and this host version 1
            help: build it with a newer `element`
        NEWER
        DIR/libraries/libbad.so: error[library-version]: this library speaks version 2.0 of the line to its host, and this host version 1
            help: use a newer host, or build it with an older `element`
        TARGET
        DIR/libraries/libbad.so: error[library-target]: this library is for `riscv64gc-unknown-linux-gnu` (made with C, odd.c 1.0.0), and this host for `x86_64-unknown-linux-gnu`
            help: build it with `--target x86_64-unknown-linux-gnu`
        ABORTS
        DIR/libraries/libbad.so: error[library-panics]: this library was built with `panic = "abort"` (made with C, odd.c 1.0.0): one panic in it would end the host
            help: build it with `panic = "unwind"`, which is what Cargo does unless told otherwise; a language without panics says so
        SHORT_ROOT
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: what the symbol gives has 16 bytes, and version 1 of the line has 64
            help: element.h says what each table has
        START_NULL
        DIR/libraries/libbad.so: error[library-version]: this library (made with C, odd.c 1.0.0) does not start with this host (element 0.1.0)
            help: it may need a newer host
        SHORT_TABLE
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: its table has 24 bytes, and version 1 of the line has 48
            help: element.h says what each table has
        LIES_LONG
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: its table ends before its end
            help: element.h says what each table has
        NULL
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: its table has no `call`
            help: element.h says what each table has
        NOWHERE
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: `call` in its table leads to no code
            help: element.h says what each table has
        DATA
        DIR/libraries/libbad.so: error[library-table]: this library does not keep to the line: `call` in its table leads to no code
            help: element.h says what each table has
        DESCRIBE_NONE
        DIR/libraries/libbad.so: error[library-description]: what this library says of its Types cannot be read: it says nothing
            help: `describe` gives JSON with `types` and `metas`: element.h says which
        DESCRIBE_JSON
        DIR/libraries/libbad.so: error[library-description]: what this library says of its Types cannot be read: EOF while parsing a list at line 1 column 11
            help: `describe` gives JSON with `types` and `metas`: element.h says which
        BREAKS_META
        DIR/libraries/libbad.so: error[library-contract]: `odd.BadType` does not keep its Meta `greeters.CMeta`: there is no `greet`
            help: build the library against the crates that this host was built with
        NAME
        DIR/libraries/libbad.so: error[library-name]: `no name!` in this library is no full name: `no name!` is no name: write a letter or `_`, then letters, digits or `_`, 64 at most
            help: rename it
        TAKEN
        DIR/libraries/libbad.so: error[library-name]: two have the full name `odd.GoodType`: another 1.0.0 of DIR/libraries/libbad.so (odd.c:1) and odd 1.0.0 of DIR/libraries/libodd.so (odd.c:1); rename one
            help: an app may have one of its own under a name that is taken; a library may not
        the same with another config
        DIR/libraries/libbad.so: error[library-contract]: it brings `odd.GoodType` of odd 1.0.0, and the one here is of odd 1.0.0: they have other configs or records
            help: build the library against the crates that this host was built with
        the same once more
        DIR/libraries/libbad.so: warning[library-empty]: nothing in this library is new: all of it is here already
            help: take it away, or use a host that has less linked into it
    "#]].assert_eq(&text.replace(&root, "ROOT"));
}
