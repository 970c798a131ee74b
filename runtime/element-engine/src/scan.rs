//! First room: folders and files become a [`Tree`]. The only reader of app files; it never fails, it collects.
use crate::{
    Diagnostic, Document, Entry, Files, Severity, queue,
    tree::{AppFolder, Config, ElementFolder, Tree},
};
use element::{AppId, FullName, check_label};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Names that hold no elements: build output, shared code, run-time data, and what other tools leave behind.
const NOT_ELEMENTS: [&str; 6] = ["dist", "commons", "test", "appData", "node_modules", "__pycache__"];
/// A declaration or a config is small; whatever is larger is something else.
const FILE_LIMIT: u64 = 1 << 20;
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
            tree.diagnostics.push(
                Diagnostic::error("root-is-an-app", &"".into(), "this folder is an app, not a folder of apps").help(help),
            );
        }
        Ok(entries) => {
            let folders = entries.into_iter().filter(|it| it.is_dir && !it.name.starts_with('.'));
            let units = folders.filter_map(|it| {
                let came = scan.follow("", &it, &[])?;
                Some(Unit { app: it.name.into(), labels: Vec::new(), came })
            });
            queue::each(units.collect(), THREADS, |unit| scan.look(&unit));
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
        tree.read_secrets(files, dir);
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
    /// The real folders of the links that led here.
    came: Vec<PathBuf>,
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

    /// How one comes to the folder `entry` in `folder`. `None`: its link leads back to where one came from, and following
    /// it would never end.
    fn follow(&self, folder: &str, entry: &Entry, came: &[PathBuf]) -> Option<Vec<PathBuf>> {
        let mut came = came.to_vec();
        if !entry.is_link {
            return Some(came);
        }
        let here = self.path(folder);
        let target = self.files.real(&here.join(&entry.name)).ok()?;
        came.push(self.files.real(&here).ok()?);
        if !came.iter().any(|it| it.starts_with(&target)) {
            return Some(came);
        }
        let path = if folder.is_empty() { entry.name.clone() } else { format!("{folder}/{}", entry.name) };
        let message = "this link leads back to a folder that it is in, so it is not followed";
        self.note(Diagnostic::warning("link-loop", &path.into(), message).help("take it away"));
        None
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
            Ok(bytes) => Document::parse(&path, &bytes).map_err(|e| self.unseen(folder, e)).ok()?,
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
            let names: Vec<&str> = entries.iter().filter(|it| !it.is_dir).map(|it| it.name.as_str()).collect();
            let own = format!("{name}.json");
            if names.contains(&"e.json") {
                self.element(&folder, unit, &names);
            } else if names.contains(&own.as_str()) {
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
            let came = self.follow(&folder, &it, &unit.came)?;
            Some(Unit { app: Arc::clone(&unit.app), labels: unit.labels.iter().cloned().chain([it.name]).collect(), came })
        });
        units.collect()
    }

    fn element(&self, folder: &Arc<str>, unit: &Unit, names: &[&str]) {
        if let Some(error) = unit.labels.iter().find_map(|label| check_label(label).err()) {
            self.note(Diagnostic::error("bad-name", folder, error.to_string()).help("rename the folder"));
            return;
        }
        let Ok(full_name) = unit.labels.join(".").parse::<FullName>() else { return };
        let declaration = self.document(folder, "e.json");
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
        let config = match config.map(|name| self.document(folder, name)) {
            None => Config::Absent,
            Some(None) => Config::Broken,
            Some(Some(it)) => Config::Document(it),
        };
        let element = ElementFolder { full_name, folder: Arc::clone(folder), declaration, config };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).elements.push((Arc::clone(&unit.app), element));
    }

    /// Reads a file whose value must be an object.
    fn document(&self, folder: &str, name: &str) -> Option<Document> {
        let path: Arc<str> = format!("{folder}/{name}").into();
        let read = match self.files.read(&self.path(&path), FILE_LIMIT) {
            Ok(bytes) => Document::parse(&path, &bytes),
            Err(e) => Err(unreadable(&path, &e)),
        };
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

impl Tree {
    fn read_secrets(&mut self, files: &dyn Files, dir: &Path) {
        let place: Arc<str> = "--secrets-dir".into();
        let entries = match files.list(dir) {
            Ok(it) => it,
            Err(e) => return self.diagnostics.push(unreadable(&place, &e)),
        };
        for entry in entries.into_iter().filter(|it| !it.is_dir && !it.name.starts_with('.')) {
            match files.read(&dir.join(&entry.name), FILE_LIMIT).map(String::from_utf8) {
                // Nearly every editor and `echo` end a file with a line break that is no part of the secret.
                Ok(Ok(text)) => drop(self.secrets.insert(entry.name, text.trim_end_matches(['\r', '\n']).to_owned())),
                Ok(Err(_)) => {
                    let message = format!("the secret file `{}` is not UTF-8", entry.name);
                    self.diagnostics
                        .push(Diagnostic { severity: Severity::Warning, ..Diagnostic::error("not-utf8", &place, message) });
                }
                Err(e) => self.diagnostics.push(unreadable(&format!("--secrets-dir/{}", entry.name).into(), &e)),
            }
        }
    }
}

fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case("json"))
}

fn app_id(manifest: &Document) -> Result<AppId, Diagnostic> {
    let mistake = |message: String| {
        let place = manifest.place("/appId", crate::Part::Value).or_else(|| manifest.place("", crate::Part::Value));
        Diagnostic::error("bad-app-id", &manifest.path, message)
            .at(place)
            .help("write `\"appId\": \"<org>.<app>\"`, such as `acme.demo`")
    };
    match manifest.value.get("appId") {
        Some(serde_json::Value::String(it)) => it.parse().map_err(|e| mistake(format!("{e}"))),
        Some(_) => Err(mistake("`appId` has to be a string".into())),
        None => Err(mistake("`appId` is missing".into())),
    }
}

/// The reason without the system's number, and without any path: `file` says where.
fn unreadable(file: &Arc<str>, e: &io::Error) -> Diagnostic {
    let reason = match e.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "it is no folder".to_owned(),
        io::ErrorKind::InvalidInput => "it is neither a file nor a folder".to_owned(),
        io::ErrorKind::FileTooLarge => format!("it is larger than {} KiB", FILE_LIMIT / 1024),
        kind => kind.to_string(),
    };
    Diagnostic::error("unreadable", file, format!("this cannot be read: {reason}"))
}
