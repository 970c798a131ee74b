//! A Meta stands alone.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter: Send + Sync {
    /// Greets somebody.
    async fn greet(&self) -> Result<String>;
}

fn main() {}
