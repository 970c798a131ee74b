//! A promise is a method.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet() -> Result<String>;
    /// Greets somebody loudly.
    async fn shout(&mut self) -> Result<String>;
}

fn main() {}
