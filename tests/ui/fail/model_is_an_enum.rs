//! A model is a struct.

/// Who was greeted.
#[element::model("greeters.PoliteType.Greeted")]
pub enum Greeted {
    /// Somebody.
    Somebody,
}

fn main() {}
