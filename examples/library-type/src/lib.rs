//! A family of greeters and its first Type. Nothing in here says that it is built as a library.
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
pub struct Hello {
    /// The word that comes first.
    greeting: String,
}

#[element::ty("greeters.HelloType", meta = Greeter)]
impl Hello {
    async fn greet(&self, ctx: &Ctx, name: &str) -> Result<String> {
        let times: u64 = ctx.records("greetings").count(&[].into()).await?;
        ctx.records("greetings").put(name, &ctx.now()).await?;
        let known = if times == 0 { "nobody".into() } else { format!("{times} before you") };
        Ok(format!("{}, {name}! I have greeted {known}.", self.greeting))
    }
}
