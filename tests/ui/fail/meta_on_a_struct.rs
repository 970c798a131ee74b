//! The attribute belongs on a trait.

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub struct Greeter;

fn main() {}
