//! The C line as it was on its first day: the header says what the tables of `element` are, and neither changes.
use super::built::root;
use element::abi::{CallInfo, Done, Given, HostTable, Lent, LibraryTable, Root};
use expect_test::expect;
use std::{fs, mem::offset_of, process::Command};
use tempfile::TempDir;

macro_rules! layout {
    ($($name:literal $table:ty { $($field:ident)* })*) => {
        /// Every table with its size, and its fields with their places, as Rust has them.
        fn in_rust() -> String {
            let mut text = String::new();
            $(
                text.push_str(&format!("{} {}\n", $name, size_of::<$table>()));
                $(text.push_str(&format!("    {} {}\n", stringify!($field), offset_of!($table, $field)));)*
            )*
            text
        }

        /// The same, asked of a C compiler that reads the header.
        fn in_c() -> String {
            let mut source = String::from("#include <stddef.h>\n#include <stdio.h>\n#include \"element.h\"\nint main(void) {\n");
            $(
                source.push_str(&format!("printf(\"%s %zu\\n\", \"{0}\", sizeof({0}));\n", $name));
                $(source.push_str(&format!("printf(\"    %s %zu\\n\", \"{1}\", offsetof({0}, {1}));\n", $name, stringify!($field)));)*
            )*
            source.push_str("return 0; }\n");
            let dir = TempDir::new().unwrap();
            let (file, program) = (dir.path().join("layout.c"), dir.path().join("layout"));
            fs::write(&file, source).unwrap();
            let mut compile = Command::new("cc");
            compile.args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]).arg(root().join("runtime/element"));
            let output = compile.arg("-o").arg(&program).arg(file).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap()
        }
    };
}

layout! {
    "element_root" Root { magic size major minor panics reserved made_with target start }
    "element_host" HostTable { size minor release ask end caller now log }
    "element_call_info" CallInfo { size flags token deadline app element request_id browser }
    "element_library" LibraryTable { size minor describe build call end drop }
    "element_done" Done { user call }
}

#[test]
fn the_header_and_the_tables_are_what_they_were() {
    assert_eq!(in_c(), in_rust());
    // Frozen: a library that was built with it goes on to load. What is new goes to the end of a table, and its `minor` grows.
    expect![[r#"
        element_root 64
            magic 0
            size 8
            major 12
            minor 14
            panics 16
            reserved 17
            made_with 24
            target 40
            start 56
        element_host 56
            size 0
            minor 4
            release 8
            ask 16
            end 24
            caller 32
            now 40
            log 48
        element_call_info 88
            size 0
            flags 4
            token 8
            deadline 16
            app 24
            element 40
            request_id 56
            browser 72
        element_library 48
            size 0
            minor 4
            describe 8
            build 16
            call 24
            end 32
            drop 40
        element_done 16
            user 0
            call 8
    "#]]
    .assert_eq(&in_rust());
    assert_eq!((size_of::<Lent>(), size_of::<Given>()), (16, 32));
}

#[test]
fn the_header_has_every_operation_under_its_number() {
    let header = fs::read_to_string(root().join("runtime/element/element.h")).unwrap();
    for &op in element::host::Op::ALL {
        let mut name = String::from("ELEMENT_OP");
        for c in format!("{op:?}").chars() {
            if c.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
        }
        let line = format!("{name} = {}", op as u32);
        assert!(header.contains(&line), "the header has no `{line}`");
    }
}

#[test]
fn the_header_is_good_c_plus_plus() {
    let mut compile = Command::new("c++");
    compile.args(["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c++"]);
    let output = compile.arg(root().join("runtime/element/element.h")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
