//! What an app is told of itself: `GET /cgi-bin/agent/get?access_token&agentid` (page 90227).

use serde_json::json;

use super::envelope::Fields;
use super::errors::{AGENT_MISSING, AGENT_WRONG, Failure, OTHER_AGENT};
use super::{Call, access};
use crate::company::{AppKind, ROOT, VisibleRange};

pub(crate) fn get(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let given = call.parameter("agentid").ok_or(AGENT_MISSING)?;
    let agent = given.parse().ok().and_then(|agent| access.company.app(agent)).ok_or(AGENT_WRONG)?;
    if agent.agent_id != access.app.agent_id {
        return Err(OTHER_AGENT.into());
    }
    let everyone = VisibleRange { departments: vec![ROOT], members: Vec::new() };
    let range = agent.range().unwrap_or(&everyone);
    let members: Vec<_> = range.members.iter().map(|id| json!({ "userid": access.userid(id) })).collect();
    let domain = agent.redirect_domains.iter().flatten().next();
    let mut fields = vec![
        ("agentid", agent.agent_id.into()),
        ("name", agent.name.clone().into()),
        ("square_logo_url", "".into()),
        ("description", "".into()),
        ("allow_userinfos", json!({ "user": members })),
        ("allow_partys", json!({ "partyid": range.departments })),
        ("allow_tags", json!({ "tagid": [] })),
        // One that is closed cannot ask.
        ("close", 0.into()),
        ("redirect_domain", domain.cloned().unwrap_or_default().into()),
        ("report_location_flag", 0.into()),
        ("isreportenter", 0.into()),
        ("home_url", "".into()),
    ];
    if agent.kind == AppKind::Customized {
        // Published: what is installed here is also there to be used.
        fields.push(("customized_publish_status", 2.into()));
    }
    Ok(fields)
}
