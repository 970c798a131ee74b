//! Everything inside a function, as a doctest has it.

#[test]
fn everything_stands_in_a_function() {
    use element::{Ctx, Result, def::Linked};

    /// Who was greeted.
    #[element::data]
    struct Greeted {
        name: String,
    }

    /// A way of greeting.
    #[element::meta("inside.Meta")]
    trait Greeter {
        /// Greets somebody.
        async fn greet(&self) -> Result<Greeted>;
    }

    /// Greets with a fixed word.
    #[element::config]
    struct Polite {
        greeting: String,
    }

    #[element::ty("inside.PoliteType", meta = Greeter)]
    impl Polite {
        async fn greet(&self, ctx: &Ctx, name: &str) -> Result<Greeted> {
            ctx.metric("greeted", 1).await?;
            Ok(Greeted { name: format!("{} {name}", self.greeting) })
        }
    }

    #[derive(Debug, Default)]
    struct Bell;

    #[element::service("inside.services.Bell")]
    impl Bell {
        async fn ring(&self) -> Result<()> {
            Ok(())
        }
    }

    assert_eq!((Polite::FULL_NAME, Bell::FULL_NAME), ("inside.PoliteType", "inside.services.Bell"));
    let is_ours = |it: &&Linked| match it {
        Linked::Meta(it) => it.full_name.starts_with("inside."),
        Linked::Type(it) => it.full_name.starts_with("inside."),
        Linked::Settings(_) => false,
    };
    assert_eq!(element::def::linked().filter(is_ours).count(), 3);
}
