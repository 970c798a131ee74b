//! A promise may have to wait.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    fn greet(&self) -> Result<String>;
}

fn main() {}
