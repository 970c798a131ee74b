//! Organisation codes (组织代号): a short word by which the people of a company find its login.
use super::alone::alone;
use element::{Ctx, Error, ErrorKind, Expect, Query, Record, Records, Result, code};

/// Whose code it is.
#[element::data]
struct OrgCode {
    /// The company, as the provider sees its id.
    corp_id: String,
    /// The code as it was set; case does not count when it is looked up.
    code: String,
}

const CODES: &str = "wecom.orgCodes";
/// A code is typed by people.
const LONGEST: usize = 64;

fn codes(ctx: &Ctx) -> Records<'_> {
    ctx.records(CODES).indexed(&["corpId"])
}

fn key(code: &str) -> Option<String> {
    let code = code.trim();
    let fits = !code.is_empty() && code.chars().count() <= LONGEST && !code.chars().any(char::is_control);
    fits.then(|| code.to_lowercase())
}

/// The company that has this code.
///
/// # Errors
/// The store cannot be reached.
pub(super) async fn find(ctx: &Ctx, code: &str) -> Result<Option<String>> {
    let Some(key) = key(code) else { return Ok(None) };
    let record: Option<Record<OrgCode>> = codes(ctx).get(&key).await?;
    Ok(record.map(|it| it.value.corp_id))
}

/// Gives a company a code; the one that it had before is free then.
///
/// # Errors
/// `InvalidArgs`: it is no code. `Conflict`: another company has it.
pub(super) async fn set(ctx: &Ctx, corp_id: &str, code: &str) -> Result<()> {
    // Of two codes at once, each would take the other away.
    alone(ctx, &format!("wecom/org-code|{corp_id}"), async || set_alone(ctx, corp_id, code).await).await
}

async fn set_alone(ctx: &Ctx, corp_id: &str, code: &str) -> Result<()> {
    let Some(key) = key(code) else {
        return Err(Error::invalid_args(format!("`code`: expected 1 to {LONGEST} characters in one line")));
    };
    let value = OrgCode { corp_id: corp_id.to_owned(), code: code.trim().to_owned() };
    match codes(ctx).write(&key, &value, Expect::Absent, None).await {
        Err(e) if e.kind == ErrorKind::Conflict => match find(ctx, &key).await? {
            Some(other) if other == corp_id => {
                codes(ctx).put(&key, &value).await?;
            }
            _ => {
                let message = "`code`: another company has this organisation code; choose another one";
                return Err(Error::new(ErrorKind::Conflict, code::CONFLICT, message));
            }
        },
        other => {
            other?;
        }
    }
    // Only now: a company is not left without one if somebody stops in between.
    let query = Query { filter: [("corpId".to_owned(), corp_id.into())].into(), ..Query::default() };
    for old in codes(ctx).query::<OrgCode>(&query).await?.records {
        if old.key != key {
            codes(ctx).delete(&old.key).await?;
        }
    }
    Ok(())
}

/// Nobody has this code.
pub(super) fn unknown() -> Error {
    let message = "no company has this organisation code; ask whoever runs this app for the right one";
    Error::new(ErrorKind::NotFound, code::ORG_UNKNOWN, message).in_chinese("没有这个组织代号；请向应用的管理员确认")
}
