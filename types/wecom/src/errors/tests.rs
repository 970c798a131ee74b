//! The table is whole: every number has meaning, remedy and place, in both languages.
use super::*;
use ErrorKind::{RateLimited, Refused, Upstream};
use std::collections::BTreeSet;

const INSIDE: Told = Told { by_wecom: true, inside: true, made: Made::ByItself };

/// Each number once, and those that say something else of apps made for others.
fn rows() -> impl Iterator<Item = (Made, &'static Known)> {
    let of_others = made_for_others::TABLE.iter().map(|it| (Made::ForIt, it));
    TABLES.into_iter().flatten().map(|it| (Made::ByItself, it)).chain(of_others)
}

fn refusal(code: i64, errmsg: &str) -> Refusal {
    Refusal { code, errmsg: errmsg.into() }
}

fn chinese(error: &Error) -> &str {
    error.chinese.as_deref().expect("every refusal speaks Chinese")
}

/// Han, and the marks that go with it.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn every_number_stands_once_and_in_order() {
    for table in TABLES.into_iter().chain([made_for_others::TABLE]) {
        assert!(table.is_sorted_by(|a, b| a.code < b.code));
    }
    let mut seen = BTreeSet::new();
    for it in TABLES.into_iter().flatten() {
        assert!(seen.insert(it.code), "{} stands in two files", it.code);
    }
    for it in made_for_others::TABLE {
        assert!(seen.contains(&it.code), "{} is no variant of another row", it.code);
    }
}

/// What logins, and the making of apps for others, are known to meet (page 90313 and live servers).
const MET: &[i64] = &[
    -1, 40001, 40003, 40013, 40014, 40029, 40035, 40056, 40057, 40058, 40063, 40066, 40077, 40078, 40080, 40082, 40083,
    40084, 40085, 40091, 40093, 40125, 41001, 41002, 41004, 41008, 41009, 41011, 41021, 41022, 41023, 41024, 41025, 42001,
    42003, 42007, 42009, 42012, 42022, 43004, 45009, 45029, 45031, 45033, 46004, 48001, 48002, 48003, 48004, 48005, 48006,
    48009, 49004, 50001, 50002, 50003, 60003, 60011, 60020, 60021, 60031, 60111, 60123, 60221, 80001, 84014, 84015, 84019,
    84020, 84025, 84090, 85004, 85005, 301_002, 301_007, 301_042, 701_099,
];

#[test]
fn no_number_that_is_met_is_missing() {
    let missing: Vec<i64> = MET.iter().copied().filter(|code| known(*code, Made::ByItself).is_none()).collect();
    assert_eq!(missing, [0_i64; 0]);
}

#[test]
fn a_message_is_the_meaning_and_then_what_to_do() {
    for (made, it) in rows() {
        let error = explain(&refusal(it.code, "WeCom's words"), Told { made, ..INSIDE });
        let (en, zh) = it.remedy();
        assert_eq!((error.kind, error.code), (it.kind, it.code));
        assert_eq!(error.message, format!("{}; {en} (WeCom {})", it.meaning.en, it.code));
        assert_eq!(chinese(&error), format!("{}；{zh}", it.meaning.zh));
        assert!(!error.message.contains("WeCom's words") && error.internal.contains("WeCom's words"));
        assert!(en != it.meaning.en && zh != it.meaning.zh, "{} says twice what is wrong", it.code);
    }
}

/// What the consoles call things, beside their pages.
const CONSOLE_WORDS: &[&str] = &["账号", "IP白名单"];

#[test]
fn english_is_english_and_chinese_is_chinese() {
    let mut words = CONSOLE_WORDS.to_vec();
    words.extend(rows().flat_map(|(_, it)| it.place.path().en.split(" → ")));
    words.sort_by_key(|it| std::cmp::Reverse(it.len()));
    words.retain(|it| !it.is_empty());
    for (_, it) in rows() {
        let (en, zh) = it.remedy();
        for text in [it.meaning.en, &en, it.meaning.zh, &zh] {
            assert!(!text.trim().is_empty() && text.trim() == text, "{}: {text:?}", it.code);
            assert!(!text.ends_with(['.', '。', '；', ';', ':', '：']) && !text.contains("  "), "{}: {text}", it.code);
            assert!(!text.contains("{page}"), "{}: {text}", it.code);
        }
        for text in [it.meaning.zh, &zh] {
            assert!(text.chars().any(is_chinese), "{}: {text}", it.code);
            assert!(!text.contains([',', ';', '?', '!']), "{}: a mark of the other language: {text}", it.code);
        }
        for text in [it.meaning.en, &en] {
            let rest = words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
            assert!(!rest.chars().any(is_chinese), "{}: {text}", it.code);
        }
    }
}

/// Older sentences that leave the page to the link.
const LEFT_TO_THE_LINK: &[i64] = &[40014, 42001, 45009];

#[test]
fn whoever_has_to_mend_it_is_shown_the_page() {
    for (made, it) in rows() {
        let (page, (en, zh)) = (it.place.path(), it.remedy());
        assert_eq!(explain(&refusal(it.code, ""), Told { made, ..INSIDE }).console.as_deref(), it.place.url());
        let Some(url) = it.place.url() else {
            assert!(page.en.is_empty() && page.zh.is_empty());
            assert!(!it.remedy.en.contains("{page}") && !it.remedy.zh.contains("{page}"), "{} has no page", it.code);
            assert!(it.kind != Upstream || it.remedy == CALL, "{}: where is it mended?", it.code);
            continue;
        };
        assert_eq!(url::Url::parse(url).unwrap().scheme(), "https");
        let named = en.contains(page.en) && zh.contains(page.zh);
        assert_eq!(named, made == Made::ForIt || !LEFT_TO_THE_LINK.contains(&it.code), "{}: {en} / {zh}", it.code);
    }
    for (code, page) in [
        (60020, Some("https://work.weixin.qq.com/wework_admin/frame#apps")),
        (40080, Some("https://open.work.weixin.qq.com/wwopen/developer#/index")),
        (40029, None),
        (99_999, None),
    ] {
        assert_eq!(explain(&refusal(code, ""), INSIDE).console.as_deref(), page, "{code}");
    }
}

#[test]
fn an_untrusted_address_is_named_if_wecom_told_it() {
    for (errmsg, en, zh) in [
        (
            "not allow to access from your ip, hint: [1], from ip: 1.2.3.4, more info at https://x",
            ", 1.2.3.4; enter it at",
            "IP 地址（1.2.3.4）；请把它填入",
        ),
        ("from ip: 2001:db8::1", ", 2001:db8::1; enter it at", "IP 地址（2001:db8::1）；请把它填入"),
        ("from ip: <script>", "comes from; enter it at", "IP 地址；请把它填入"),
        ("", "comes from; enter it at", "IP 地址；请把它填入"),
    ] {
        let error = explain(&refusal(60020, errmsg), INSIDE);
        assert!(error.message.contains(en), "{error}");
        assert!(chinese(&error).contains(zh), "{error:?}");
        let outside = explain(&refusal(60020, errmsg), Told { inside: false, ..INSIDE });
        assert!(!format!("{} {}", outside.message, chinese(&outside)).contains("1.2.3.4"), "{outside:?}");
        assert_eq!(outside.internal, error.internal);
    }
}

#[test]
fn unknown_numbers_pass_through_with_a_link() {
    let error = explain(&refusal(99_999, "?"), INSIDE);
    assert_eq!((error.kind, error.code), (Upstream, 99_999));
    for text in [&error.message, chinese(&error)] {
        assert!(text.ends_with("https://open.work.weixin.qq.com/devtool/query?e=99999"), "{text}");
    }
}

#[test]
fn only_another_wecom_than_the_real_one_may_add_to_the_message() {
    for code in [40013, 99_999] {
        let it = refusal(code, "invalid corpid -- wecom-sim: add it with: curl …");
        let (simulated, real) = (explain(&it, Told { by_wecom: false, ..INSIDE }), explain(&it, INSIDE));
        assert!(simulated.message.ends_with(" -- wecom-sim: add it with: curl …"));
        assert!(chinese(&simulated).ends_with(" -- wecom-sim: add it with: curl …"));
        assert!(!real.message.contains("curl") && !chinese(&real).contains("curl"));
    }
}

#[test]
fn a_member_out_of_sight_is_refused_at_login_and_nothing_else_changes() {
    for (code, kind) in [(60111, Refused), (60011, Refused), (50002, Refused), (60020, Upstream), (45009, RateLimited)] {
        let error = for_a_login(explain(&refusal(code, "words"), INSIDE));
        assert_eq!((error.kind, error.code), (kind, code));
        assert!(error.internal.contains("words") && !chinese(&error).is_empty());
    }
}

/// What the pages of a login show somebody who reads Chinese.
#[test]
fn whoever_logs_in_is_told_in_plain_words() {
    let told = |code| chinese(&explain(&refusal(code, ""), INSIDE)).to_owned();
    assert_eq!(told(40029), "登录凭证无效、已过期或已被使用；它只能在五分钟内使用一次，请重新登录");
    assert_eq!(
        told(50001),
        "登录凭证属于另一个应用，或者回调域名没有登记；请从本登录页重新登录，仍然不行时请企业管理员在“应用管理 → 该应用 → \
         企业微信授权登录”和“网页授权及JS-SDK”中登记域名（含端口）"
    );
    assert_eq!(told(50003), "该应用已被停用；请在“应用管理 → 该应用”启用它");
}
