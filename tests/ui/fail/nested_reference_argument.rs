//! Only the outermost type may be a reference, and text in an `Option`.
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

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    async fn greet(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }

    async fn count(&self, names: &[&str], more: Option<&String>) -> Result<usize> {
        Ok(names.len() + more.map_or(0, String::len))
    }
}

fn main() {}
