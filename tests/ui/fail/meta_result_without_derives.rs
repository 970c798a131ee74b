//! A promised result is data.
use element::Result;

/// Something to give.
pub struct Gift {
    price: u32,
}

/// A way of greeting.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Gives something.
    async fn give(&self) -> Result<Gift>;
}

fn main() {}
