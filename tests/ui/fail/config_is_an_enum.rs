//! A config file is an object with names.

/// How to greet.
#[element::config]
pub enum Polite {
    /// With a word.
    Word(String),
}

fn main() {}
