//! Answers as text to compare: what differs from run to run stands as `<name>`. The only place that knows what does.
use super::Reply;
use serde_json::Value;

/// Members whose values are new every time.
const CHANCE: [&str; 12] = [
    "requestId",
    "sysTime",
    "duration",
    "state",
    "stateExpiresAt",
    "loginCode",
    "token",
    "expiresAt",
    "createdAt",
    "updatedAt",
    "nonceStr",
    "timestamp",
];

/// One line: the status, the number and the text of a failure; or the result.
pub(crate) fn shown(reply: &Reply) -> String {
    let text = match reply.json() {
        Some(it) if it["errcode"] == 0 => without_chance(&it["data"]),
        Some(it) if it["errcode"].is_number() => {
            assert_eq!(it["data"], Value::Object(Default::default()), "a failure has no result");
            let message = it["errmsg"].as_str().unwrap_or_default();
            format!("{} {}", it["errcode"], message.replace(char::is_control, "�"))
        }
        Some(it) => without_chance(&it),
        None => format!("{:?}", String::from_utf8_lossy(&reply.body)),
    };
    let status = reply.status;
    without_hashes(&without_ports(&format!("{status} {text}")))
}

/// 64 hex digits in a row → `<hash>`.
pub(crate) fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let run = rest[start..].find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len() - start);
        out.push_str(&rest[..start]);
        out.push_str(if run == 64 { "<hash>" } else { &rest[start..start + run] });
        rest = &rest[start + run..];
    }
    out + rest
}

/// The value as text. Where the text of such a member stands inside another one, as in an address, it goes there too.
pub(crate) fn without_chance(it: &Value) -> String {
    let mut it = it.clone();
    let mut found = Vec::new();
    mask(&mut it, &mut found);
    let text = serde_json::to_string(&it).unwrap();
    found.iter().fold(text, |text, (name, value)| text.replace(value, &format!("<{name}>")))
}

fn mask(it: &mut Value, found: &mut Vec<(String, String)>) {
    match it {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "loaded" && value.is_array() {
                    // Every story is told with the Types linked and from a library.
                    *value = "<libraries>".into();
                } else if CHANCE.contains(&name.as_str()) && (value.is_string() || value.is_number()) {
                    if let Value::String(text) = &value
                        && text.len() >= 16
                    {
                        found.push((name.clone(), text.clone()));
                    }
                    *value = format!("<{name}>").into();
                } else {
                    mask(value, found);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| mask(it, found)),
        _ => {}
    }
}

/// `127.0.0.1:40123` → `127.0.0.1:<port>`.
pub(crate) fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        out.push_str("127.0.0.1:");
        out.push_str(if rest.len() < part.len() { "<port>" } else { "" });
        out.push_str(rest);
    }
    out
}

/// The same in a line of the log: `request_id="…"`.
pub(crate) fn without_request_id(line: &str) -> String {
    const BEFORE: &str = "request_id=\"";
    match line.split_once(BEFORE).and_then(|(start, rest)| Some((start, rest.split_once('"')?.1))) {
        Some((start, end)) => format!("{start}{BEFORE}<requestId>\"{end}"),
        None => line.to_owned(),
    }
}
