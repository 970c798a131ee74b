//! Tells the code what it is built for: a host takes no library that was built for something else.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=ELEMENT_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
