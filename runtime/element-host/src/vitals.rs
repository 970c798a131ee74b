//! What elements tell of themselves to whoever watches over the host: asked anew at every look.
use crate::{
    reply::{self, Started},
    site::Site,
};
use element::{
    Access, Caller, Vital,
    def::MethodKind,
    host::{Form, Input},
};
use element_engine::{ElementHandle, Invocation, Status};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// The method that an element has which has something to tell.
const METHOD: &str = "vitals";
/// Whoever looks does not wait longer for an element.
const DEADLINE: Duration = Duration::from_secs(2);

/// A vital, and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) app: String,
    pub(crate) element: String,
    #[serde(flatten)]
    pub(crate) vital: Vital,
}

/// How a host is, with what its elements tell.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Condition {
    #[serde(flatten)]
    pub(crate) status: Status,
    /// In the order of apps and full names.
    #[serde(default)]
    pub(crate) vitals: Vec<Told>,
}

/// What the elements of all apps tell, in the order of apps and full names. All are asked at once, and one that does not
/// answer in time is left out.
pub(crate) async fn ask(site: &Site) -> Vec<Told> {
    let request_id = Started::now().request_id;
    let mut asked = Vec::new();
    for app in site.runtime.snapshot().apps() {
        for element in app.offering(METHOD) {
            let handle = site.runtime.app(app.id.as_str()).and_then(|it| it.get_element(element.full_name.as_str()));
            // What has gone meanwhile has nothing to tell.
            if let Ok(handle) = handle
                && is_meant(&handle)
            {
                asked.push(ask_one(app.id.to_string(), element.full_name.to_string(), handle, request_id.clone()));
            }
        }
    }
    // Each on a task of its own: whoever goes away does not cancel a call.
    join_all(asked.into_iter().map(tokio::spawn)).await.into_iter().filter_map(Result::ok).flatten().collect()
}

/// A method of this name that is something else is left alone.
fn is_meant(element: &ElementHandle) -> bool {
    let Ok(method) = element.method(METHOD, &Caller::Operator) else { return false };
    let plain = matches!(method.kind, MethodKind::Method | MethodKind::Property) && !method.long;
    let args = &element.instance().ty.info.methods[method.number as usize].args;
    let needs_none = args["required"].as_array().is_none_or(Vec::is_empty);
    plain && needs_none && element.element().access(method) == Access::Internal
}

async fn ask_one(app: String, element: String, handle: ElementHandle, request_id: String) -> Vec<Told> {
    let id = request_id.as_str().into();
    let invocation = Invocation { request_id: id, timeout: Some(DEADLINE), ..Invocation::default() };
    let told = handle.invoke(METHOD, Input::Value(&json!({})), Form::Value, invocation).await;
    let told = told.and_then(|it| it.into_value()).and_then(|it| reply::read::<Vec<Vital>>(&request_id, METHOD, it));
    // Why not has been reported where it happened.
    let with_owner = |vital| Told { app: app.clone(), element: element.clone(), vital };
    told.map(|it| it.into_iter().map(with_owner).collect()).unwrap_or_default()
}
