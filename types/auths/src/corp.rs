//! Companies that a person may enter, and which of them is meant.
use element::{Error, ErrorKind, Result, code};

/// A company that a person may enter.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct Corp {
    /// Its id, as the provider writes it.
    pub corp_id: String,
    /// Its name; the id where nobody told the name.
    pub corp_name: String,
}

/// The company that `wanted` names by id, or by a name that only one of them has. Nothing wanted is enough when there
/// is only one.
///
/// # Errors
/// `Refused` ([`code::CORP_UNKNOWN`]) with the companies to choose from. They are no secret here: whoever holds the
/// login code was given the same list with it.
pub(crate) fn choose<'a>(corps: &'a [Corp], wanted: Option<&str>) -> Result<&'a Corp> {
    let Some(wanted) = wanted.map(str::trim).filter(|it| !it.is_empty()) else {
        return match corps {
            [only] => Ok(only),
            _ => Err(refused("`corp` is missing, and there are several companies", corps)),
        };
    };
    // An id goes first: a company that took another one's id for its name does not catch its people.
    if let Some(by_id) = corps.iter().find(|corp| corp.corp_id == wanted) {
        return Ok(by_id);
    }
    let mut by_name = corps.iter().filter(|corp| corp.corp_name == wanted);
    match (by_name.next(), by_name.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(refused("several companies have this name; give `corp` as an id", corps)),
        (None, _) => Err(refused("this person is in no such company", corps)),
    }
}

fn refused(why: &str, corps: &[Corp]) -> Error {
    let choices = corps.iter().map(|it| format!("`{}` ({})", it.corp_id, it.corp_name)).collect::<Vec<_>>().join(", ");
    Error::new(ErrorKind::Refused, code::CORP_UNKNOWN, format!("{why}: there are {choices}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corps(all: &[(&str, &str)]) -> Vec<Corp> {
        all.iter().map(|(id, name)| Corp { corp_id: (*id).into(), corp_name: (*name).into() }).collect()
    }

    #[track_caller]
    fn check(all: &[(&str, &str)], wanted: Option<&str>, expected: &str) {
        let all = corps(all);
        let chosen = choose(&all, wanted);
        if let Err(e) = &chosen {
            assert_eq!((e.kind, e.code), (ErrorKind::Refused, code::CORP_UNKNOWN));
        }
        assert_eq!(chosen.map_or_else(|e| e.message.clone(), |it| it.corp_id.clone()), expected);
    }

    #[test]
    fn a_company_is_named_by_its_id_or_by_a_name_of_its_own() {
        let two = &[("ww1", "Acme"), ("ww2", "Beta")][..];
        let twins = &[("ww1", "Acme"), ("ww2", "Acme")][..];
        let thief = &[("ww1", "ww2"), ("ww2", "Beta")][..];
        check(&two[..1], None, "ww1");
        check(&two[..1], Some(""), "ww1");
        check(two, Some("ww2"), "ww2");
        check(two, Some(" Beta "), "ww2");
        check(twins, Some("ww2"), "ww2");
        check(thief, Some("ww2"), "ww2");
        check(&two[..1], Some("ww9"), "this person is in no such company: there are `ww1` (Acme)");
        check(two, None, "`corp` is missing, and there are several companies: there are `ww1` (Acme), `ww2` (Beta)");
        check(
            twins,
            Some("Acme"),
            "several companies have this name; give `corp` as an id: there are `ww1` (Acme), `ww2` (Acme)",
        );
    }
}
