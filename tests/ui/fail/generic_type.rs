//! One full name, one Type.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    #[access(public)]
    async fn greet(&self) -> Result<String>;
}

/// Greets with something.
pub struct Polite<T> {
    greeting: T,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl<T> Polite<T> {
    async fn greet(&self) -> Result<String> {
        Ok(String::new())
    }
}

fn main() {}
