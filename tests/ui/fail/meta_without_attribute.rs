//! A trait of its own that lacks the attribute.
use element::Result;

/// A way of greeting.
pub trait Greeter {}

/// Greets with a fixed word.
#[element::config]
pub struct Polite {
    greeting: String,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    async fn greet(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }
}

fn main() {}
