//! Six mistakes, six messages.
use element::Result;

/// A way of greeting.
#[element::meta("greeters")]
pub trait Greeter {
    /// Greets somebody.
    #[access(everyone)]
    async fn greet(&self, name: &str) -> Result<String>;
    /// How long it is.
    fn size(&self) -> Result<u32> {
        Ok(1)
    }
    /// Rings.
    async fn ring(&self);
}

fn main() {}
