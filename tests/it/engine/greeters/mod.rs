//! A family of Types that the engine's tests are made of: one well behaved, the others with one oddity each.
mod audit;
mod holder;
mod odd;
mod polite;
mod touchy;
mod tour;

pub(crate) use holder::journal;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub(crate) trait Greeter {
    /// Greets.
    #[access(public)]
    async fn greet(&self) -> element::Result<String>;
}
