//! A config file is an object with names.

/// How to greet.
#[element::config]
pub struct Polite(String, String);

fn main() {}
