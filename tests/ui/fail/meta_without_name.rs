//! The attribute without its name.
use element::Result;

/// A way of greeting.
#[element::meta]
pub trait Greeter {
    /// Greets somebody.
    async fn greet(&self) -> Result<String>;
}

fn main() {}
