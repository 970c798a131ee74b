//! Nearly our attribute.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    #[acess(public)]
    async fn greet(&self) -> Result<String>;
}

fn main() {}
