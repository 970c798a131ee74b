//! A promise may be broken by the outside.

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet(&self) -> String;
}

fn main() {}
