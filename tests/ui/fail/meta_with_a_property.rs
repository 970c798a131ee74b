//! A promise is a plain method.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    #[property]
    async fn greet(&self) -> Result<String>;
}

fn main() {}
