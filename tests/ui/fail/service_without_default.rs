//! Nobody gives a service a config: it is made by `Default`.
use element::Result;

/// Counts.
pub struct Counter {
    from: u32,
}

#[element::service("greeters.services.Counter")]
impl Counter {
    async fn count(&self) -> Result<u32> {
        Ok(self.from)
    }
}

fn main() {}
