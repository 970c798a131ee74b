//! Both promises are broken: both are told.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    async fn greet(&self) -> Result<String>;
    /// Says goodbye.
    async fn say_goodbye(&self) -> Result<Option<u32>>;
}

/// Greets with a fixed word.
#[element::config]
pub struct Polite {
    greeting: String,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    async fn say_good_bye(&self) -> Result<Option<u32>> {
        Ok(None)
    }
}

fn main() {}
