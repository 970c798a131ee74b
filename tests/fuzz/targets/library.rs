//! Any bytes as a library's file, and as the signature beside one: looked at, and none of them runs.
#![no_main]
use element_engine::{Signature, inspect_library};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(why) = inspect_library("libany.so", data) {
        assert!(why.help.is_some(), "{why}");
    }
    let _ = serde_json::from_slice::<Signature>(data).map(|it| it.is_right());
});
