//! The attribute belongs on the block.

/// Greets with a fixed word.
#[element::ty("greeters.PoliteType", meta = Greeter)]
pub struct Polite {
    greeting: String,
}

fn main() {}
