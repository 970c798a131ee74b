//! What is counted, and what elements tell of themselves, as Prometheus reads it.
use crate::vitals::Told;
use heck::ToSnakeCase;
use metrics::with_local_recorder;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use std::fmt;

/// Everything that this process counts, from when it was made.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Begins to count, for the whole process.
    ///
    /// # Errors
    /// Somebody else counts already.
    pub fn start() -> Result<Self, BuildError> {
        PrometheusBuilder::new().install_recorder().map(Self)
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

/// Vitals as gauges, beside the text that they are to stand under: a family for each name, told apart by app, element and
/// what it is of. One that never had a value has no sample.
///
/// They are written at every look from what was told just now, so that what is gone is not shown for ever.
pub(crate) fn gauges(vitals: &[Told], beside: &str) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        for Told { app, element, vital } in vitals {
            let name = format!("element_{}", vital.name.to_snake_case());
            // A second family of one name would make all of the text unreadable.
            if let Some(value) = vital.value
                && !beside.contains(&format!("# TYPE {name} "))
            {
                let mut labels = vec![("app", app.clone()), ("element", element.clone())];
                labels.extend(Some(("of", vital.of.clone())).filter(|(_, of)| !of.is_empty()));
                metrics::gauge!(name, &labels).set(value);
            }
        }
    });
    recorder.handle().render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use element::Vital;

    fn lines(vitals: &[(&str, &str, &str, Option<f64>)]) -> String {
        let told = |&(app, name, of, value): &(&str, &str, &str, Option<f64>)| Told {
            app: app.into(),
            element: "acme.Clock".into(),
            vital: Vital { name: name.into(), of: of.into(), value },
        };
        let text = gauges(&vitals.iter().map(told).collect::<Vec<_>>(), "# TYPE element_watch_mode gauge\n");
        let mut lines: Vec<_> = text.lines().filter(|it| !it.is_empty()).collect();
        lines.sort_unstable();
        lines.join("\n")
    }

    #[test]
    fn each_name_is_a_family_and_what_never_was_has_no_sample() {
        let vitals = [
            ("acme.a", "suiteTicketAgeSeconds", "dk1", Some(12.5)),
            ("acme.b", "suiteTicketAgeSeconds", "dk1", Some(3.0)),
            ("acme.b", "suiteTicketAgeSeconds", "dk2", None),
            ("acme.b", "waiting", "", Some(0.0)),
            ("acme.b", "never", "x", None),
            // Of another's name, and of names and values that somebody chose to harm.
            ("acme.b", "watchMode", "x", Some(1.0)),
            ("acme.b", "odd\n name{}", "a\"b\\c\nd", Some(1.0)),
        ];
        let expected = [
            "# TYPE element_odd_name gauge",
            "# TYPE element_suite_ticket_age_seconds gauge",
            "# TYPE element_waiting gauge",
            r#"element_odd_name{app="acme.b",element="acme.Clock",of="a\"b\\c\nd"} 1"#,
            r#"element_suite_ticket_age_seconds{app="acme.a",element="acme.Clock",of="dk1"} 12.5"#,
            r#"element_suite_ticket_age_seconds{app="acme.b",element="acme.Clock",of="dk1"} 3"#,
            r#"element_waiting{app="acme.b",element="acme.Clock"} 0"#,
        ];
        assert_eq!(lines(&vitals), expected.join("\n"));
        assert_eq!(lines(&[]), "");
    }
}
