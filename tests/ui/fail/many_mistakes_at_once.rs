//! Twelve mistakes, twelve messages.
use element::{Ctx, Response, Result};

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

#[element::ty("PoliteType", meta = Greeter)]
impl Polite {
    #[access(pubic)]
    async fn greet(&mut self) -> Result<String> {
        Ok(self.greeting.clone())
    }

    async fn sign_in(&self, ctx: Ctx, (a, b): (String, String)) -> Result<String> {
        Ok(format!("{}{a}{b}", ctx.app()))
    }

    async fn echo<T>(&self, it: T) -> Result<T> {
        Ok(it)
    }

    async fn ring(&self) {}

    fn double(it: u32) -> u32 {
        it * 2
    }

    #[property]
    fn add(&self, it: u32) -> u32 {
        it + 1
    }

    #[raw]
    async fn notify(&self, ctx: &Ctx) -> Result<Response> {
        Ok(Response::text(ctx.app()))
    }

    #[serde(alias = "greet")]
    #[propery]
    async fn hello(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }
}

fn main() {}
