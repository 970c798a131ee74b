//! Bindings: which user of the app itself a person of a provider is.
//!
//! The app decides who its users are and what their ids look like; here is only the tie. A login works without one,
//! unless its Instance says that only known people come in.
use crate::{Corp, Identity, hash};
use element::{Ctx, Error, ErrorKind, Expect, Record, Result, code};
use serde_json::Value;
use std::collections::BTreeMap;

const COLLECTION: &str = "auths.bindings";
/// The longest id, in bytes.
const LONGEST: usize = 256;

/// One tie.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct Binding {
    /// The id of the app's own user.
    pub user_id: String,
    /// The full name of the Type that recognises the person.
    pub auth_type: String,
    /// The company's id.
    pub corp_id: String,
    /// The person's id in that company, as the provider writes it (WeCom's `userid`).
    pub auth_user_id: String,
}

impl Binding {
    /// # Errors
    /// `InvalidArgs`: a part is empty or too long.
    fn check(&self) -> Result<()> {
        let parts = [
            ("userId", &self.user_id),
            ("authType", &self.auth_type),
            ("corpId", &self.corp_id),
            ("authUserId", &self.auth_user_id),
        ];
        let fits = |it: &str| !it.trim().is_empty() && it.len() <= LONGEST && !it.contains(char::is_control);
        match parts.iter().find(|(_, it)| !fits(it)) {
            Some((name, _)) => {
                let message = format!("`{name}`: expected 1 to {LONGEST} bytes without control characters");
                Err(Error::invalid_args(message))
            }
            None => Ok(()),
        }
    }
}

/// One record for each person of a provider: nobody is two users.
fn key(auth_type: &str, corp_id: &str, auth_user_id: &str) -> String {
    hash::of(&[auth_type, corp_id, auth_user_id].join("\n"))
}

/// Ties a person to a user of the app. A second time is no mistake.
///
/// # Errors
/// `InvalidArgs`; `Conflict` if the person is somebody else already.
pub(crate) async fn bind(ctx: &Ctx, binding: &Binding) -> Result<()> {
    binding.check()?;
    let (records, key) =
        (ctx.records(COLLECTION).indexed(&["userId"]), key(&binding.auth_type, &binding.corp_id, &binding.auth_user_id));
    match records.write(&key, binding, Expect::Absent, None).await {
        Err(e) if e.kind == ErrorKind::Conflict => {}
        other => return other.map(drop),
    }
    let there: Option<Record<Binding>> = records.get(&key).await?;
    if there.is_some_and(|it| it.value.user_id == binding.user_id) {
        return Ok(());
    }
    let message = "this person is bound to another user of the app: `unbind` that user first";
    Err(Error::new(ErrorKind::Conflict, code::CONFLICT, message))
}

/// Unties a user from all persons, or from those of one Type. Gives how many.
pub(crate) async fn unbind(ctx: &Ctx, user_id: &str, auth_type: Option<&str>) -> Result<u64> {
    let mut filter: BTreeMap<String, Value> = [("userId".to_owned(), user_id.into())].into();
    filter.extend(auth_type.map(|it| ("authType".to_owned(), it.into())));
    ctx.records(COLLECTION).delete_all(filter).await
}

/// The user of the app that a person is.
pub(crate) async fn user_of(ctx: &Ctx, identity: &Identity, corp: &Corp) -> Result<Option<String>> {
    let key = key(&identity.auth_type, &corp.corp_id, &identity.user.user_id);
    let record: Option<Record<Binding>> = ctx.records(COLLECTION).get(&key).await?;
    Ok(record.map(|it| it.value.user_id))
}

impl Identity {
    /// The same person with only the companies in which the app knows them, for Instances that let in nobody else. It is
    /// asked once more when the person enters.
    ///
    /// # Errors
    /// `Refused` ([`code::NOT_KNOWN`]) if there is none; or the store cannot be reached.
    pub async fn known_only(self, ctx: &Ctx) -> Result<Self> {
        let mut known = Vec::new();
        for corp in &self.corp_list {
            if user_of(ctx, &self, corp).await?.is_some() {
                known.push(corp.clone());
            }
        }
        if known.is_empty() {
            return Err(not_known());
        }
        Ok(Self { known_only: true, corp_list: known, ..self })
    }
}

pub(crate) fn not_known() -> Error {
    let message = "only people whom this app knows may log in here; an administrator of the app ties you to a user of it \
                   with `AuthSvc.bind`";
    Error::new(ErrorKind::Refused, code::NOT_KNOWN, message)
}
