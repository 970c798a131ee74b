//! Two promises of one name.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet_all(&self) -> Result<String>;
    /// Greets somebody.
    async fn greet__all(&self) -> Result<String>;
}

fn main() {}
