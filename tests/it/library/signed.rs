//! Signatures: made and looked at from the command line, and what a host makes of them.
use super::load::odd;
use crate::cli::program::{element, told};
use expect_test::expect;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// A pair of keys, as anybody makes one.
fn keys(dir: &Path, name: &str) {
    let (private, public) = (dir.join(format!("{name}.pem")), dir.join(format!("{name}.pub")));
    let make = Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(&private).status().unwrap();
    assert!(make.success());
    let public = Command::new("openssl").arg("pkey").arg("-in").arg(&private).args(["-pubout", "-out"]).arg(public).status();
    assert!(public.unwrap().success());
}

/// What the command says, in `dir`, with hashes left out.
fn run(dir: &Path, args: &[&str]) -> String {
    let mut command = element(args);
    let text = told(&command.current_dir(dir).env_remove("ELEMENT_LIBRARIES").output().unwrap(), dir);
    let is_hash = |word: &&str| word.len() == 64 && word.bytes().all(|it| it.is_ascii_hexdigit());
    let hashes: Vec<&str> = text.split_whitespace().filter(is_hash).collect();
    hashes.iter().fold(text.clone(), |text, hash| text.replace(hash, "<hash>"))
}

#[test]
fn a_library_is_signed_verified_and_loaded_as_the_operator_wants_it() {
    let dir = TempDir::new().unwrap();
    let dir = dir.path();
    keys(dir, "acme");
    keys(dir, "stranger");
    fs::copy(odd(&[]), dir.join("libodd.so")).unwrap();
    let mut text = String::new();
    let mut step = |args: &[&str]| text.push_str(&format!("$ element {}\n{}", args.join(" "), run(dir, args)));
    let require = ["--library-trust", "require", "--library-key", "acme.pub"];
    let verify = |more: &[&'static str]| [&["library", "verify", "libodd.so"], more].concat();
    step(&verify(&[]));
    step(&verify(&["--library-trust", "warn"]));
    step(&verify(&require));
    step(&verify(&["--library-trust", "require"]));
    step(&["library", "sign", "libodd.so", "--key", "acme.pub"]);
    step(&["library", "sign", "libodd.so", "--key", "nothing.pem"]);
    step(&["library", "sign", "libodd.so", "--key", "acme.pem"]);
    step(&verify(&[]));
    step(&verify(&require));
    step(&verify(&["--library-trust", "require", "--library-key", "stranger.pub"]));
    step(&verify(&["--library-key", "acme.pem"]));
    let signature = fs::read_to_string(dir.join("libodd.so.sig")).unwrap();
    // Whatever is changed: it is wrong, and refused however little the operator asks for.
    for (from, to) in
        [("1.0.0", "9.9.9"), ("\"odd\"", "\"even\""), ("x86_64", "aarch64"), ("\"abi\": 1", "\"abi\": 2"), ("{", "[")]
    {
        fs::write(dir.join("libodd.so.sig"), signature.replacen(from, to, 1)).unwrap();
        step(&verify(&["--library-trust", "off"]));
    }
    fs::write(dir.join("libodd.so.sig"), &signature).unwrap();
    fs::copy(odd(&["ODD_GREETING=\"two\""]), dir.join("libodd.so")).unwrap();
    step(&verify(&["--library-trust", "off"]));
    step(&["types", "--library", "libodd.so"]);
    step(&["types", "--library", "nothing.so"]);
    fs::copy(odd(&[]), dir.join("libodd.so")).unwrap();
    step(&[&["types", "--library", "libodd.so"], &require[..]].concat());
    fs::remove_file(dir.join("libodd.so.sig")).unwrap();
    step(&[&["types", "--library", "libodd.so"], &require[..]].concat());
    step(&["types", "--library", "libodd.so", "--library-trust", "warn"]);
    // What is linked is not what this is about.
    let lines =
        text.lines().filter(|it| !it.starts_with("    ") || !it.contains("  ") || it.trim_start().starts_with("help"));
    let lines = lines.filter(|it| !it.starts_with("auths."));
    expect![[r#"
        $ element library verify libodd.so
        SHA-256 <hash>
        not signed: nobody says what it is
        exit 0
        $ element library verify libodd.so --library-trust warn
        SHA-256 <hash>
        not signed: nobody says what it is
        exit 0
        $ element library verify libodd.so --library-trust require --library-key acme.pub
        ! error: libodd.so: error[library-signature]: nobody signed this library
        !     help: `element library sign` makes a signature beside it
        exit 1
        $ element library verify libodd.so --library-trust require
        ! error: `--library-trust require` needs a key to trust: `--library-key FILE`
        exit 1
        $ element library sign libodd.so --key acme.pub
        ! error: `acme.pub`: this is no private Ed25519 key in PEM form: `openssl genpkey -algorithm ed25519` makes one
        exit 1
        $ element library sign libodd.so --key nothing.pem
        ! error: `nothing.pem` cannot be read: No such file or directory (os error 2)
        exit 1
        $ element library sign libodd.so --key acme.pem
        signed odd 1.0.0 for x86_64-unknown-linux-gnu in libodd.so.sig
        exit 0
        $ element library verify libodd.so
        SHA-256 <hash>
        odd 1.0.0 for x86_64-unknown-linux-gnu, signed by nobody who is trusted here
        exit 0
        $ element library verify libodd.so --library-trust require --library-key acme.pub
        SHA-256 <hash>
        odd 1.0.0 for x86_64-unknown-linux-gnu, signed by acme, who is trusted
        exit 0
        $ element library verify libodd.so --library-trust require --library-key stranger.pub
        ! error: libodd.so: error[library-signature]: whoever signed this library is nobody whom this host trusts
        !     help: `--library-key` names a key
        exit 1
        $ element library verify libodd.so --library-key acme.pem
        ! error: `acme.pem`: this is no public Ed25519 key in PEM form: `openssl pkey -in KEY -pubout` makes one of a private key
        exit 1
        $ element library verify libodd.so --library-trust off
        ! error: libodd.so: error[library-signature]: the signature beside this library is wrong: it was not made of what it says
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element library verify libodd.so --library-trust off
        ! error: libodd.so: error[library-signature]: the signature beside this library is wrong: it was not made of what it says
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element library verify libodd.so --library-trust off
        ! error: libodd.so: error[library-signature]: the signature beside this library is wrong: it was not made of what it says
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element library verify libodd.so --library-trust off
        ! error: libodd.so: error[library-signature]: the signature beside this library is wrong: it was not made of what it says
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element library verify libodd.so --library-trust off
        ! error: libodd.so: error[library-signature]: the signature beside this library is wrong: it cannot be read: expected `,` or `]` at line 2 column 9
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element library verify libodd.so --library-trust off
        ! error: libodd.so: error[library-signature]: the signature beside this library is wrong: it is of another file
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element types --library libodd.so
        ! DIR/libodd.so: error[library-signature]: the signature beside this library is wrong: it is of another file
        !     help: sign it again with `element library sign`, or take the signature away
        exit 1
        $ element types --library nothing.so
        ! error: there is no library `nothing.so`
        exit 1
        $ element types --library libodd.so --library-trust require --library-key acme.pub
        odd.Meta  Meta, from odd 1.0.0 in DIR/libodd.so, SHA-256 <hash>
        odd.GoodType  Type of odd.Meta, from odd 1.0.0 in DIR/libodd.so, SHA-256 <hash>
        exit 0
        $ element types --library libodd.so --library-trust require --library-key acme.pub
        ! DIR/libodd.so: error[library-signature]: nobody signed this library
        !     help: `element library sign` makes a signature beside it
        exit 1
        $ element types --library libodd.so --library-trust warn
        odd.Meta  Meta, from odd 1.0.0 in DIR/libodd.so, SHA-256 <hash>
        odd.GoodType  Type of odd.Meta, from odd 1.0.0 in DIR/libodd.so, SHA-256 <hash>
        ! DIR/libodd.so: warning[library-signature]: nobody signed this library
        !     help: `element library sign` makes a signature beside it
        exit 0
    "#]].assert_eq(&lines.map(|it| format!("{it}\n")).collect::<String>());
}
