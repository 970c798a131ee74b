//! A Type keeps a Meta.
use element::Result;

/// Greets with a fixed word.
#[element::config]
pub struct Polite {
    greeting: String,
}

#[element::ty("greeters.PoliteType")]
impl Polite {
    async fn greet(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }
}

fn main() {}
