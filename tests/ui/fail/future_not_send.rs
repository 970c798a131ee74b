//! Calls move between threads.
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

    async fn share(&self, ctx: &Ctx, name: String) -> Result<u64> {
        let name = std::rc::Rc::new(name);
        ctx.metric(&name, 1).await?;
        Ok(name.len() as u64)
    }
}

fn main() {}
