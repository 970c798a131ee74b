//! What is in service, as the text that cases compare: diagnostics, then the elements, each with what it says.
use element_engine::{Element, Runtime, Snapshot};
use serde_json::{Value, json};

/// Diagnostics as everyone sees them.
pub(crate) fn diagnostics(snapshot: &Snapshot) -> String {
    snapshot.diagnostics().iter().map(|it| format!("{it}\n")).collect()
}

/// Diagnostics, an empty line, and every element that an app defines.
pub(crate) async fn everything(runtime: &Runtime) -> String {
    let snapshot = runtime.snapshot();
    let mut text = diagnostics(&snapshot);
    for app in snapshot.apps() {
        text.push_str(&format!("\n{} in {}\n", app.id, app.folder));
        for element in app.elements().into_iter().filter(|it| it.folder.is_some()) {
            let says = says(runtime, app.id.as_str(), element).await;
            let from = from(&snapshot, &app.folder, element);
            text.push_str(&format!("  {}: {}{from}{says}\n", element.full_name, what(element)));
        }
    }
    if snapshot.apps().is_empty() {
        text.push_str("\nno apps\n");
    }
    text
}

fn what(element: &Element) -> String {
    let kind = element.kind.word();
    let chain: String = element.chain().map(|it| format!(" < {it}")).collect();
    format!("{kind}{chain}, {}", element.state.word())
}

/// Where an inherited one comes from.
fn from(snapshot: &Snapshot, here: &str, element: &Element) -> String {
    let folder = element.folder.as_deref().and_then(|it| it.split('/').next()).filter(|it| *it != here);
    let app = folder.map(|folder| snapshot.apps().into_iter().find(|it| *it.folder == *folder));
    app.map_or_else(String::new, |app| format!(", from {}", app.map_or("an app that is gone", |it| it.id.as_str())))
}

/// In service is what answers.
async fn says(runtime: &Runtime, app: &str, element: &Element) -> String {
    if element.instance().is_none() {
        return String::new();
    }
    let handle = runtime.app(app).and_then(|it| it.get_element(element.full_name.as_str()));
    match handle.unwrap().call("greet", json!({})).await {
        Ok(Value::String(text)) => format!(", says {text:?}"),
        Ok(other) => format!(", says {other}"),
        Err(e) => format!(", fails: {e}"),
    }
}
