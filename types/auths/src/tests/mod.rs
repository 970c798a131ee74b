//! Login as a Type and its callers meet it, on a host of a few lines.
mod bindings;
mod sessions;
mod states;

use crate::{Corp, Identity, Recognised, User, recognise};
use element::Ctx;

fn zhangsan(corps: &[(&str, &str)]) -> Identity {
    let corp_list = corps.iter().map(|(id, name)| Corp { corp_id: (*id).into(), corp_name: (*name).into() }).collect();
    let user = User { user_id: "zhangsan".into(), name: Some("张三".into()), ..User::default() };
    Identity { auth_type: "x.Type".into(), user, corp_list, known_only: false }
}

/// A login code, as `getLoginCode` of a Type gives it.
async fn login_code(ctx: &Ctx, corps: &[(&str, &str)]) -> String {
    let state = crate::state::issue(ctx).await.unwrap();
    let who = async |()| Ok(Recognised::Member(zhangsan(corps).into()));
    let result = recognise(ctx, Some(&state.text), "code", async { Ok(()) }, who).await.unwrap();
    result.login_code.unwrap().0
}
