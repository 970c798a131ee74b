//! Only a Type keeps a Meta.
use element::Result;

/// Counts.
#[derive(Debug, Default)]
pub struct Counter;

#[element::service("greeters.services.Counter", meta = Greeter)]
impl Counter {
    async fn count(&self) -> Result<u32> {
        Ok(1)
    }
}

fn main() {}
