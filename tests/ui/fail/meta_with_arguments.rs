//! Arguments belong to each Type.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet(&self, name: &str) -> Result<String>;
}

fn main() {}
