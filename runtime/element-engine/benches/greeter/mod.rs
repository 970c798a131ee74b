//! The Type that the benchmarks make Instances of.
use element::Result;

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub(crate) trait Greeter {
    /// Greets.
    #[access(public)]
    async fn greet(&self) -> Result<String>;
}

/// Greets politely.
#[element::config]
pub(crate) struct Polite {
    /// The word that comes first.
    pub(crate) greeting: String,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    pub(crate) async fn greet(&self, who: Option<&str>) -> Result<String> {
        Ok(match who {
            Some(who) => format!("{}, {who}", self.greeting),
            None => self.greeting.clone(),
        })
    }
}
