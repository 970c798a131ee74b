//! Nobody gives a hook arguments.
use element::{Ctx, Result};

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

    #[start]
    async fn warm_up(&self, ctx: &Ctx, times: u32) -> Result<()> {
        let _ = (ctx, times);
        Ok(())
    }
}

fn main() {}
