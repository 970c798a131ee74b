//! Vitals: what an element tells of itself to those who watch over a host.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value by which somebody who watches over a host sees in time that something is about to fail: how old a thing is that
/// others keep sending, how much waits.
///
/// An element that has such values, a service mostly, has the method `async fn vitals(&self, ctx: &Ctx) ->
/// Result<Vec<Vital>>`: internal, without arguments, and quick, since it is asked at every look, once for each app that sees
/// the element, and answers within two seconds or not at all. A host shows them to administrators and to Prometheus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Vital {
    /// What is told, with its unit at the end, in camelCase: `suiteTicketAgeSeconds`. Prometheus knows it as
    /// `element_suite_ticket_age_seconds`.
    pub name: String,
    /// Of what it is told, where there may be several: an id, such as a suite's. Never a secret.
    pub of: String,
    /// The value; `None`: there never was one.
    pub value: Option<f64>,
}
