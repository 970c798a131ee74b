//! A Meta in one module, its Types in others, named by every kind of path.

mod meta {
    use element::Result;

    /// A way of greeting.
    #[element::meta("greeters.Meta")]
    pub(crate) trait Greeter {
        /// Greets somebody.
        async fn greet(&self) -> Result<String>;
    }
}

mod by_super {
    use super::meta;
    use element::Result;

    /// Greets everybody alike.
    #[element::config]
    pub(crate) struct Plain {}

    #[element::ty("greeters.PlainType", meta = meta::Greeter)]
    impl Plain {
        async fn greet(&self) -> Result<String> {
            Ok("Hello".into())
        }
    }
}

mod by_crate {
    /// Greets with a fixed word.
    #[element::config]
    pub(crate) struct Polite {
        greeting: String,
    }

    #[element::ty("greeters.PoliteType", meta = crate::modules::meta::Greeter)]
    impl Polite {
        async fn greet(&self, name: &str) -> element::Result<String> {
            Ok(format!("{}, {name}", self.greeting))
        }
    }
}

mod by_use {
    use super::meta::Greeter as Friendly;
    use element::Result;

    /// Greets and asks.
    #[element::config]
    pub(crate) struct Curious {}

    #[element::ty("greeters.CuriousType", meta = Friendly)]
    impl Curious {
        async fn greet(&self) -> std::result::Result<String, element::Error> {
            Result::Ok("How are you?".into())
        }
    }
}

#[test]
fn types_of_every_module_are_linked() {
    let names = [by_super::Plain::FULL_NAME, by_crate::Polite::FULL_NAME, by_use::Curious::FULL_NAME];
    let kept =
        element::def::linked().filter(|it| matches!(it, element::def::Linked::Type(it) if names.contains(&it.full_name)));
    assert_eq!(kept.count(), 3);
}
