//! A Meta promises, its Types do.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet(&self) -> Result<String> {
        Ok(String::new())
    }
}

fn main() {}
