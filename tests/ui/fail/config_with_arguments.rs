//! The attribute takes nothing.

/// How to greet.
#[element::config(strict)]
pub struct Polite {
    /// The word that comes first.
    pub greeting: String,
}

fn main() {}
