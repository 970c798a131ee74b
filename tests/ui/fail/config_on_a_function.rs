//! The attribute belongs on a struct.

#[element::config]
fn polite() {}

fn main() {}
