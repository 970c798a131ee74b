//! One full name, one Meta.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter<T> {
    /// Greets somebody.
    async fn greet(&self) -> Result<String>;
}

fn main() {}
