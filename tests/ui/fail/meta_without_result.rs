//! A promise says what it gives.

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet(&self);
}

fn main() {}
