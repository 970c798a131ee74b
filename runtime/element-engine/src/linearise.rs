//! In which order an app sees what it is built on: C3, as Python orders base classes.
//!
//! Everyone stands before its parents, parents stand in the order in which they are named, and whoever builds on others
//! sees them in the order in which they see themselves.

/// Puts `of`, its parents and all that those are built on in one order. `lines` are the parents' own orders, each beginning
/// with the parent, in the order in which `of` names them.
///
/// # Errors
/// There is no such order: those that would each have to stand before another one.
pub(crate) fn linearise<T: Clone + PartialEq>(of: T, lines: &[&[T]]) -> Result<Vec<T>, Vec<T>> {
    let parents: Vec<T> = lines.iter().filter_map(|it| it.first().cloned()).collect();
    let mut rests: Vec<&[T]> = lines.iter().copied().chain([parents.as_slice()]).collect();
    let mut line = vec![of];
    loop {
        rests.retain(|it| !it.is_empty());
        if rests.is_empty() {
            return Ok(line);
        }
        let heads = || rests.iter().filter_map(|it| it.first());
        let is_free = |it: &T| !rests.iter().any(|rest| rest.iter().skip(1).any(|other| other == it));
        let Some(next) = heads().find(|it| is_free(it)).cloned() else {
            let mut blocked: Vec<T> = Vec::new();
            for head in heads() {
                if !blocked.contains(head) {
                    blocked.push(head.clone());
                }
            }
            return Err(blocked);
        };
        for rest in &mut rests {
            if rest.first() == Some(&next) {
                *rest = rest.get(1..).unwrap_or_default();
            }
        }
        line.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(of: &str, lines: &[&str], expected: Result<&str, &str>) {
        let lines: Vec<Vec<char>> = lines.iter().map(|it| it.chars().collect()).collect();
        let lines: Vec<&[char]> = lines.iter().map(Vec::as_slice).collect();
        let text = |it: Vec<char>| it.into_iter().collect::<String>();
        let it = linearise(of.chars().next().unwrap(), &lines).map(text).map_err(text);
        assert_eq!(it, expected.map(str::to_owned).map_err(str::to_owned), "{of} of {lines:?}");
    }

    #[test]
    fn orders_are_those_of_the_books() {
        check("a", &[], Ok("a"));
        check("a", &["b"], Ok("ab"));
        // A diamond: what both build on comes once, after both.
        check("d", &["bo", "co"], Ok("dbco"));
        check("z", &["kabco", "mdbeo", "nado"], Ok("zkmnadbceo"));
    }

    #[test]
    fn what_cannot_be_ordered_is_named() {
        check("d", &["bxy", "cyx"], Err("xy"));
        check("d", &["o", "bo"], Err("ob"));
    }
}
