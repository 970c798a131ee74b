//! The same inside an `Option`.
use element::Result;

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

/// Something to give.
pub struct Gift {
    price: usize,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    async fn greet(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }

    async fn give(&self, it: Option<Gift>, names: &[Gift]) -> Result<usize> {
        Ok(names.len() + it.map_or(0, |it| it.price))
    }
}

fn main() {}
