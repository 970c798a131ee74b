//! Which language a person reads: what was chosen, else what the browser asks for, else Chinese.
use super::words::{EN, Words, ZH};

/// The word for a language in addresses and cookies.
pub(super) fn by_word(word: &str) -> Option<&'static Words> {
    [&ZH, &EN].into_iter().find(|it| it.lang == word)
}

/// What was chosen now, else what was chosen before, else what the browser asks for.
pub(super) fn of(chosen: Option<&str>, before: Option<&str>, asked: Option<&str>) -> &'static Words {
    let words = chosen.and_then(by_word).or_else(|| before.and_then(by_word)).or_else(|| asked.and_then(by_header));
    words.unwrap_or(&ZH)
}

/// The best of what `Accept-Language` asks for.
fn by_header(header: &str) -> Option<&'static Words> {
    let mut wishes: Vec<(f32, &Words)> = header
        .split(',')
        .filter_map(|wish| {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
            let words = by_word(tag.trim().split('-').next()?.to_ascii_lowercase().as_str())?;
            let weight = weight.trim().strip_prefix("q=")?.parse::<f32>().ok().filter(|it| *it > 0.0)?;
            Some((weight, words))
        })
        .collect();
    // Stable: of two that are wished for alike, the first one counts.
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.first().map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn nothing_that_a_browser_sends_is_too_odd(header in "[a-z;,=.q0-9 -]{0,60}|\\PC{0,60}") {
            by_header(&header);
        }
    }

    #[test]
    fn a_browser_gets_what_it_asks_for() {
        for (header, expected) in [
            ("en", Some("en")),
            ("en-GB,en;q=0.9,zh-CN;q=0.8", Some("en")),
            ("zh-TW", Some("zh")),
            ("ZH-cn", Some("zh")),
            ("fr,de;q=0.9", None),
            ("fr, en;q=0.2, zh;q=0.3", Some("zh")),
            ("zh;q=0, en;q=0.1", Some("en")),
            ("en;q=x,zh", Some("zh")),
            ("", None),
            (",;q=1;;-", None),
        ] {
            assert_eq!(by_header(header).map(|it| it.lang), expected, "{header}");
        }
    }
}
