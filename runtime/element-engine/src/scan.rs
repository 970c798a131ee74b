//! First room: folders and files become a [`Tree`]. The only reader of app files; it never fails, it collects.
use crate::{
    Diagnostic, Document, Entry, Files, queue,
    read::{FILE_LIMIT, app_id, is_json, read_secrets, unreadable},
    tree::{AppFolder, Config, ElementFolder, Tree},
};
use element::{FullName, check_label};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Names that hold no elements: build output, shared code, run-time data, and what other tools leave behind.
const NOT_ELEMENTS: [&str; 6] = ["dist", "commons", "test", "appData", "node_modules", "__pycache__"];
/// Nobody builds deeper on purpose.
const DEPTH_LIMIT: usize = 24;
/// A cold disk answers slowly and many at once: far more threads than cores pay off there.
const THREADS: usize = 16;

/// Looks at everything under `root`, and at the secret files.
pub(crate) fn scan(files: &dyn Files, root: &Path, secrets: Option<&Path>) -> Tree {
    let scan = Scan { files, root, found: Mutex::default() };
    let mut tree = Tree::default();
    match files.list(root) {
        Ok(entries) if entries.iter().any(|it| it.name == "app.json" && !it.is_dir) => {
            let help = "give the folder that holds it, and every app in that folder is served";
            // Whatever this is now, what was served before is not what it says.
            tree.unseen.push("".into());
            tree.diagnostics.push(
                Diagnostic::error("root-is-an-app", &"".into(), "this folder is an app, not a folder of apps").help(help),
            );
        }
        Ok(entries) => {
            let seen = entries.into_iter().filter(|it| !it.name.starts_with('.'));
            let (folders, others): (Vec<_>, Vec<_>) = seen.partition(|it| it.is_dir);
            // An app may be a link, as deploys make them; one that leads nowhere, even for a moment, is no app taken away.
            for entry in others.iter().filter(|it| it.is_link) {
                if let Err(e) = files.real(&root.join(&entry.name)) {
                    let folder = entry.name.as_str().into();
                    scan.unseen(&folder, unreadable(&folder, &e));
                }
            }
            let units = folders.into_iter().map(|it| Unit { app: it.name.into(), labels: Vec::new() }).collect();
            queue::each(units, THREADS, |unit| scan.look(&unit));
        }
        Err(e) => {
            tree.unseen.push("".into());
            tree.diagnostics.push(unreadable(&"".into(), &e).help("give the folder that holds the apps"));
        }
    }
    let Found { diagnostics, apps, elements, unseen } = scan.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    tree.diagnostics.extend(diagnostics);
    tree.unseen.extend(unseen);
    // The threads come back in any order; what follows must not depend on it.
    let mut apps: BTreeMap<Arc<str>, AppFolder> = apps.into_iter().map(|it| (Arc::clone(&it.folder), it)).collect();
    for (app, element) in elements {
        apps.entry(app).and_modify(|it| it.elements.push(element));
    }
    tree.apps = apps.into_values().collect();
    for app in &mut tree.apps {
        app.elements.sort_by(|a, b| a.full_name.cmp(&b.full_name));
    }
    if let Some(dir) = secrets {
        read_secrets(&mut tree, files, dir);
    }
    tree.diagnostics.sort();
    tree
}

#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    apps: Vec<AppFolder>,
    elements: Vec<(Arc<str>, ElementFolder)>,
    unseen: Vec<Arc<str>>,
}

struct Scan<'a> {
    files: &'a dyn Files,
    root: &'a Path,
    found: Mutex<Found>,
}

/// One folder to look at.
struct Unit {
    /// The app's folder.
    app: Arc<str>,
    /// Labels below the app's folder; empty for the app itself.
    labels: Vec<String>,
}

impl Scan<'_> {
    fn note(&self, diagnostic: Diagnostic) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).diagnostics.push(diagnostic);
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Says what cannot be looked at.
    fn unseen(&self, folder: &Arc<str>, diagnostic: Diagnostic) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.unseen.push(Arc::clone(folder));
        found.diagnostics.push(diagnostic);
    }

    /// A file may be a link, as in a config map; but what an app says stands in its own folder, or an app's developer could
    /// have anything read that the host may read.
    fn refuse_foreign(&self, app: &str, path: &Arc<str>) -> Result<(), Diagnostic> {
        let real = |relative: &str| self.files.real(&self.path(relative)).map_err(|e| unreadable(path, &e));
        if real(path)?.starts_with(real(app)?) {
            return Ok(());
        }
        let message = "this link leads out of the app's folder, so it is not read";
        Err(Diagnostic::error("foreign-link", path, message).help("put the file itself here"))
    }

    /// Reads `app.json`; was it good?
    fn app(&self, folder: &Arc<str>) -> bool {
        let app = self.manifest(folder);
        let good = app.is_some();
        self.found.lock().unwrap_or_else(PoisonError::into_inner).apps.extend(app);
        good
    }

    fn manifest(&self, folder: &Arc<str>) -> Option<AppFolder> {
        let path: Arc<str> = format!("{folder}/app.json").into();
        let manifest = match self.files.read(&self.path(&path), FILE_LIMIT) {
            Ok(bytes) => {
                let document = self.refuse_foreign(folder, &path).and_then(|()| Document::parse(&path, &bytes));
                document.map_err(|e| self.unseen(folder, e)).ok()?
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let help = "write one, at least `{\"appId\": \"<org>.<app>\"}`, or move the folder elsewhere";
                self.note(Diagnostic::warning("no-app-json", folder, "no `app.json`: this folder is no app").help(help));
                return None;
            }
            Err(e) => {
                self.unseen(folder, unreadable(&path, &e));
                return None;
            }
        };
        let id = app_id(&manifest).map_err(|e| self.unseen(folder, e)).ok()?;
        Some(AppFolder { id, folder: Arc::clone(folder), manifest, elements: Vec::new() })
    }

    /// Looks at one folder; gives the folders below it.
    fn look(&self, unit: &Unit) -> Vec<Unit> {
        if unit.labels.is_empty() && !self.app(&unit.app) {
            return Vec::new();
        }
        let folder: Arc<str> =
            std::iter::once(&*unit.app).chain(unit.labels.iter().map(String::as_str)).collect::<Vec<_>>().join("/").into();
        let entries = match self.files.list(&self.path(&folder)) {
            Ok(it) => it,
            Err(e) => {
                self.unseen(&folder, unreadable(&folder, &e));
                return Vec::new();
            }
        };
        if let Some(name) = unit.labels.last() {
            let has = |name: &str| entries.iter().any(|it| !it.is_dir && it.name == name);
            let own = format!("{name}.json");
            if has("e.json") {
                self.element(&folder, unit, &entries);
            } else if has(&own) {
                let message = format!("`{own}` is here and no `e.json`, so this folder is no element");
                let help = "write `e.json`, at least `{\"title\": \"…\", \"type\": \"<full name of a Type>\"}`; names count by case";
                self.note(Diagnostic::warning("no-declaration", &folder, message).help(help));
            }
        }
        if unit.labels.len() >= DEPTH_LIMIT {
            self.note(Diagnostic::warning(
                "too-deep",
                &folder,
                format!("folders below {DEPTH_LIMIT} levels are not looked at"),
            ));
            return Vec::new();
        }
        let below = entries
            .into_iter()
            .filter(|it| it.is_dir && !it.name.starts_with('.') && !NOT_ELEMENTS.contains(&it.name.as_str()));
        let units = below.filter_map(|it| {
            if it.name.contains(char::REPLACEMENT_CHARACTER) {
                let path = format!("{folder}/{}", it.name).into();
                let message = "the folder's name is not UTF-8, so nothing in it is looked at";
                self.note(Diagnostic::error("bad-name", &path, message).help("rename the folder"));
                return None;
            }
            if it.is_link {
                let path = format!("{folder}/{}", it.name).into();
                let message = "folders behind links are not looked at: an app is what stands in its own folder";
                self.note(Diagnostic::warning("link", &path, message).help("put the folder itself here"));
                return None;
            }
            Some(Unit { app: Arc::clone(&unit.app), labels: unit.labels.iter().cloned().chain([it.name]).collect() })
        });
        units.collect()
    }

    fn element(&self, folder: &Arc<str>, unit: &Unit, entries: &[Entry]) {
        let names: Vec<&str> = entries.iter().filter(|it| !it.is_dir).map(|it| it.name.as_str()).collect();
        let document = |name: &str| {
            let is_link = entries.iter().any(|it| it.is_link && it.name == name);
            self.document(is_link.then_some(&*unit.app), folder, name)
        };
        if let Some(error) = unit.labels.iter().find_map(|label| check_label(label).err()) {
            self.note(Diagnostic::error("bad-name", folder, error.to_string()).help("rename the folder"));
            return;
        }
        let Ok(full_name) = unit.labels.join(".").parse::<FullName>() else { return };
        let declaration = document("e.json");
        let own = format!("{}.json", full_name.name());
        let named = declaration.as_ref().and_then(|it| it.value["frontBundleEntry"].as_str());
        // A name that leads out of the folder is not the element's own file.
        let named = named.map(|it| it.trim_start_matches("./")).filter(|it| is_json(it) && !it.contains('/'));
        // On some systems the two are one file, here they are two.
        if let Some(other) = names.iter().find(|it| **it != own && **it != "e.json" && it.eq_ignore_ascii_case(&own)) {
            let message = format!("`{other}` is no config of this element: names count by case");
            self.note(Diagnostic::warning("name-case", folder, message).help(format!("rename it to `{own}`")));
        }
        let config = [Some(own.as_str()), named, Some("config.json")].into_iter().flatten().find(|it| names.contains(it));
        let config = match config.map(document) {
            None => Config::Absent,
            Some(None) => Config::Broken,
            Some(Some(it)) => Config::Document(it),
        };
        let element = ElementFolder { full_name, folder: Arc::clone(folder), declaration, config };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).elements.push((Arc::clone(&unit.app), element));
    }

    /// Reads a file whose value must be an object. If it is a link, it may not lead out of the folder of `app`.
    fn document(&self, app: Option<&str>, folder: &str, name: &str) -> Option<Document> {
        let path: Arc<str> = format!("{folder}/{name}").into();
        let allowed = app.map_or(Ok(()), |app| self.refuse_foreign(app, &path));
        let read = allowed.and_then(|()| match self.files.read(&self.path(&path), FILE_LIMIT) {
            Ok(bytes) => Document::parse(&path, &bytes),
            Err(e) => Err(unreadable(&path, &e)),
        });
        let object = read.and_then(|it| {
            if it.value.is_object() {
                Ok(it)
            } else {
                let place = it.place("", crate::Part::Value);
                Err(Diagnostic::error("bad-json", &path, "the file holds one JSON object: `{ … }`").at(place))
            }
        });
        object.map_err(|e| self.note(e)).ok()
    }
}
