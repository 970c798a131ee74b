//! A Meta holds methods only.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// How often.
    const TIMES: u32;
    /// Greets somebody.
    async fn greet(&self) -> Result<String>;
}

fn main() {}
