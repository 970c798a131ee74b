//! "Did you mean …?": compares words. It runs in the compiler as well, for the contract check, which no library's does.

/// Longest word that is compared, in bytes.
const LONGEST: usize = 63;

/// How many letters must change to make `a` into `b`, whatever their case; `usize::MAX` for words over 63 bytes.
#[must_use]
pub(crate) const fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    // One row of the usual table; `while`, since a `const fn` has no `for`.
    let mut row = [0; LONGEST + 1];
    let mut j = 0;
    while j <= b.len() {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < a.len() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut j = 0;
        while j < b.len() {
            let above = row[j + 1];
            row[j + 1] = if a[i].eq_ignore_ascii_case(&b[j]) { diagonal } else { 1 + min(diagonal, min(above, row[j])) };
            diagonal = above;
            j += 1;
        }
        i += 1;
    }
    row[b.len()]
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// How many letters may differ before a word is another word.
#[must_use]
pub(crate) const fn tolerance(word: &str) -> usize {
    min(1 + word.len() / 4, 6)
}

/// The candidate that `word` was probably meant to be.
///
/// ```
/// assert_eq!(element::nearest("corpID", ["agentId", "corpId"]), Some("corpId"));
/// assert_eq!(element::nearest("banana", ["agentId", "corpId"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let best = candidates.into_iter().map(|it| (distance(word, it), it)).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= tolerance(word)).then_some(best.1)
}

/// The end of a sentence about a word that nobody knows: `; did you mean …?`, or nothing.
///
/// ```
/// assert_eq!(element::did_you_mean("corpID", ["agentId", "corpId"]), "; did you mean `corpId`?");
/// assert_eq!(element::did_you_mean("banana", ["agentId", "corpId"]), "");
/// ```
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|it| format!("; did you mean `{it}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distance_is_a_distance(a in "[a-z]{0,12}", b in "[a-z]{0,12}", c in "[a-z]{0,12}") {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }
}
