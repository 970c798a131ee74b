//! The attribute knows two more words.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    #[access(public)]
    async fn greet(&self) -> Result<String>;
}

/// Greets with a fixed word.
#[element::config]
pub struct Polite {
    greeting: String,
}

#[element::ty("greeters.PoliteType", mata = Greeter)]
impl Polite {
    async fn greet(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }
}

fn main() {}
