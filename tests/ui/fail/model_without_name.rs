//! The attribute without its name.

/// Who was greeted.
#[element::model]
pub struct Greeted {
    /// Who.
    pub name: String,
}

fn main() {}
