//! Only a Type stands in the place of another one.
#[derive(Debug, Default)]
struct Bell;

#[element::service("greeters.services.Bell", overrides)]
impl Bell {
    async fn ring(&self) -> element::Result<()> {
        Ok(())
    }
}

fn main() {}
