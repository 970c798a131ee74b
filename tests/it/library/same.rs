//! The same Types, linked and from a library: the same answers, byte for byte.
use super::built;
use crate::engine::{apps::registry, same_through_bytes::answers};
use element_engine::{Libraries, Registry};

#[tokio::test(flavor = "multi_thread")]
async fn linked_and_from_a_library_every_answer_is_the_same() {
    let libraries = Libraries { files: vec![built("greeters")], ..Libraries::default() };
    let (library, wrong) = Registry::default().with(&libraries);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(library.types().count(), registry(|it| it).types().count());
    let (linked, from_library) = tokio::join!(answers(registry(|it| it)), answers(library));
    assert_eq!(linked.len(), from_library.len());
    for (linked, from_library) in linked.iter().zip(&from_library) {
        assert_eq!(without_times(linked), without_times(from_library));
    }
}

/// Real time does not stand still for the second one.
fn without_times(text: &str) -> String {
    let is_time = |it: &&str| it.len() == 13 && it.bytes().all(|it| it.is_ascii_digit());
    let parts: Vec<_> = text.split_inclusive(|c: char| !c.is_ascii_digit()).collect();
    let masked = parts.iter().map(|it| if it.get(..13).as_ref().is_some_and(is_time) { "TIME" } else { it });
    masked.collect()
}
