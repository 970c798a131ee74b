//! What one folder says: its list and the files in it that are ours. Reading never fails, it collects.
use crate::{
    Diagnostic, Document, Entry, Stamp,
    declare::Declaration,
    library::{SIGNATURE, file_name},
    read::{FILE_LIMIT, app_id, is_json, unreadable},
    scan::Scan,
    tree::{Config, ElementFiles, Folder, LibraryFile, Says, Stamps, app_of},
};
use element::{FullName, check_label};
use std::{io, sync::Arc};

/// Names that hold no elements: build output, shared code, run-time data, and what other tools leave behind.
const NOT_ELEMENTS: [&str; 6] = ["dist", "commons", "test", "appData", "node_modules", "__pycache__"];
/// Nobody builds deeper on purpose.
const DEPTH_LIMIT: usize = 24;

impl Scan<'_> {
    /// Looks at one folder; `None`: there is none.
    pub(crate) fn folder(&self, folder: &Arc<str>) -> Option<Folder> {
        // The stamp is older than what is read, so a change in between shows later.
        let stamp = self.files.stamp(&self.path(folder)).ok();
        let labels: Vec<&str> = folder.split('/').skip(1).collect();
        let mut look = Look { scan: self, folder, labels, files: Vec::new(), diagnostics: Vec::new() };
        let (says, mut below) = if folder.is_empty() {
            look.root()
        } else if look.labels.is_empty() {
            look.app()?
        } else {
            look.element()?
        };
        below.sort();
        let Look { files, mut diagnostics, .. } = look;
        diagnostics.sort();
        let stamps = Stamps { folder: stamp, files };
        Some(Folder { says, below, diagnostics, stamps, missing: false, doubted: false, kept: None })
    }
}

type Found = (Says, Vec<Box<str>>);

struct Look<'a> {
    scan: &'a Scan<'a>,
    folder: &'a Arc<str>,
    /// Below the app's folder; empty for the app itself.
    labels: Vec<&'a str>,
    files: Vec<(Box<str>, Option<Stamp>)>,
    diagnostics: Vec<Diagnostic>,
}

impl Look<'_> {
    fn note(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn unseen(&mut self, why: Diagnostic) -> Found {
        self.note(why);
        (Says::Unseen, Vec::new())
    }

    fn list(&self) -> io::Result<Vec<Entry>> {
        self.scan.files.list(&self.scan.path(self.folder))
    }

    /// The folder of all apps.
    fn root(&mut self) -> Found {
        let entries = match self.list() {
            Ok(it) => it,
            Err(e) => return self.unseen(unreadable(self.folder, &e).help("give the folder that holds the apps")),
        };
        if entries.iter().any(|it| it.name == "app.json" && !it.is_dir) {
            let help = "give the folder that holds it, and every app in that folder is served";
            let message = "this folder is an app, not a folder of apps";
            // Whatever this is now, what was served before is not what it says.
            return self.unseen(Diagnostic::error("root-is-an-app", self.folder, message).help(help));
        }
        // A link that leads nowhere, even for a moment, is no app taken away.
        let is_app = |it: &Entry| !it.name.starts_with('.') && (it.is_dir || it.is_link && self.leads_nowhere(&it.name));
        (Says::Nothing, entries.into_iter().filter(is_app).map(|it| it.name.into()).collect())
    }

    fn leads_nowhere(&self, app: &str) -> bool {
        self.scan.files.real(&self.scan.path(app)).is_err()
    }

    fn app(&mut self) -> Option<Found> {
        let entries = match self.list() {
            Ok(it) => it,
            // Gone, or a link that leads nowhere: the list of the root knows.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let listed = self.scan.files.list(self.scan.root).unwrap_or_default();
                let link = listed.iter().any(|it| it.is_link && *it.name == **self.folder);
                return link.then(|| self.unseen(unreadable(self.folder, &e)));
            }
            Err(e) if e.kind() == io::ErrorKind::NotADirectory => return None,
            Err(e) => return Some(self.unseen(unreadable(self.folder, &e))),
        };
        let path: Arc<str> = format!("{}/app.json", self.folder).into();
        if !entries.iter().any(|it| it.name == "app.json") {
            let help = "write one, at least `{\"appId\": \"<org>.<app>\"}`, or move the folder elsewhere";
            let message = "no `app.json`: this folder is no app";
            self.note(Diagnostic::warning("no-app-json", self.folder, message).help(help));
            return Some((Says::Nothing, Vec::new()));
        }
        let manifest = self.read("app.json", true).and_then(|bytes| Document::parse(&path, &bytes));
        let app = manifest.and_then(|manifest| Ok((app_id(&manifest)?, manifest)));
        Some(match app {
            Ok((id, manifest)) => (Says::App { id, manifest }, self.below(entries)),
            Err(why) => self.unseen(why),
        })
    }

    fn element(&mut self) -> Option<Found> {
        let entries = match self.list() {
            Ok(it) => it,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return None,
            Err(e) => return Some(self.unseen(unreadable(self.folder, &e))),
        };
        let has = |name: &str| entries.iter().any(|it| !it.is_dir && it.name == name);
        let own = format!("{}.json", self.labels.last().copied().unwrap_or_default());
        let mut says = Says::Nothing;
        if has("e.json") {
            says = self.element_files(&entries).map_or(Says::Nothing, Says::Element);
        } else if has(&own) {
            let message = format!("`{own}` is here and no `e.json`, so this folder is no element");
            let help =
                "write `e.json`, at least `{\"title\": \"…\", \"type\": \"<full name of a Type>\"}`; names count by case";
            self.note(Diagnostic::warning("no-declaration", self.folder, message).help(help));
        }
        if self.labels.len() >= DEPTH_LIMIT {
            let message = format!("folders below {DEPTH_LIMIT} levels are not looked at");
            self.note(Diagnostic::warning("too-deep", self.folder, message));
            return Some((says, Vec::new()));
        }
        Some((says, self.below(entries)))
    }

    /// The folders in this one that may hold elements.
    fn below(&mut self, entries: Vec<Entry>) -> Vec<Box<str>> {
        let may = |it: &Entry| it.is_dir && !it.name.starts_with('.') && !NOT_ELEMENTS.contains(&it.name.as_str());
        let mut below = Vec::new();
        for entry in entries.into_iter().filter(may) {
            let path = format!("{}/{}", self.folder, entry.name).into();
            if entry.name.contains(char::REPLACEMENT_CHARACTER) {
                let message = "the folder's name is not UTF-8, so nothing in it is looked at";
                self.note(Diagnostic::error("bad-name", &path, message).help("rename the folder"));
            } else if entry.is_link {
                let message = "folders behind links are not looked at: an app is what stands in its own folder";
                self.note(Diagnostic::warning("link", &path, message).help("put the folder itself here"));
            } else {
                below.push(entry.name.into());
            }
        }
        below
    }

    fn element_files(&mut self, entries: &[Entry]) -> Option<ElementFiles> {
        if let Some(error) = self.labels.iter().find_map(|label| check_label(label).err()) {
            self.note(Diagnostic::error("bad-name", self.folder, error.to_string()).help("rename the folder"));
            return None;
        }
        let full_name = self.labels.join(".").parse::<FullName>().ok()?;
        let names: Vec<&str> = entries.iter().filter(|it| !it.is_dir).map(|it| it.name.as_str()).collect();
        let is_link = |name: &str| entries.iter().any(|it| it.is_link && it.name == name);
        let document = self.document("e.json", is_link("e.json"));
        let own = format!("{}.json", full_name.name());
        let named = document.as_ref().and_then(|it| it.value["frontBundleEntry"].as_str());
        // A name that leads out of the folder is not the element's own file.
        let named = named.map(|it| it.trim_start_matches("./")).filter(|it| is_json(it) && !it.contains('/'));
        // On some systems the two are one file, here they are two.
        if let Some(other) = names.iter().find(|it| **it != own && **it != "e.json" && it.eq_ignore_ascii_case(&own)) {
            let message = format!("`{other}` is no config of this element: names count by case");
            self.note(Diagnostic::warning("name-case", self.folder, message).help(format!("rename it to `{own}`")));
        }
        let config = [Some(own.as_str()), named, Some("config.json")].into_iter().flatten().find(|it| names.contains(it));
        let config = match config.map(|name| self.document(name, is_link(name))) {
            None => Config::Absent,
            Some(None) => Config::Broken,
            Some(Some(it)) => Config::Document(it),
        };
        let declaration = document.as_ref().and_then(|it| Declaration::read(it, &mut self.diagnostics));
        let library = declaration.as_ref().and_then(|it| self.library(it.library.as_ref()?, &names, &is_link));
        Some(ElementFiles { full_name, document, declaration, config, library })
    }

    /// The library that an `e.json` names, if it is there.
    fn library(&mut self, name: &str, names: &[&str], is_link: &impl Fn(&str) -> bool) -> Option<Box<LibraryFile>> {
        let file = file_name(name);
        let signature = format!("{file}{SIGNATURE}");
        let (mut stamps, mut foreign) = ([None, None], None);
        for (name, stamp) in [&file, &signature].into_iter().zip(&mut stamps).filter(|(it, _)| names.contains(&it.as_str()))
        {
            let path: Arc<str> = format!("{}/{name}", self.folder).into();
            if is_link(name) {
                foreign = foreign.or(self.refuse_foreign(&path).err());
            }
            let now = self.scan.files.stamp(&self.scan.path(&path)).ok();
            *stamp = now.as_ref().map(Stamp::hash);
            self.files.push((name.as_str().into(), now));
        }
        names.contains(&&*file).then(|| Box::new(LibraryFile { stamps, foreign }))
    }

    /// Reads a file whose value must be an object.
    fn document(&mut self, name: &str, is_link: bool) -> Option<Document> {
        let path: Arc<str> = format!("{}/{name}", self.folder).into();
        let read = self.read(name, is_link).and_then(|bytes| Document::parse(&path, &bytes));
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

    /// Reads a file of this folder, and keeps its stamp. If it is a link, it may not lead out of the app's folder.
    fn read(&mut self, name: &str, is_link: bool) -> Result<Vec<u8>, Diagnostic> {
        let path: Arc<str> = format!("{}/{name}", self.folder).into();
        let allowed = if is_link { self.refuse_foreign(&path) } else { Ok(()) };
        let full = self.scan.path(&path);
        let read = allowed.and_then(|()| self.scan.files.read(&full, FILE_LIMIT).map_err(|e| unreadable(&path, &e)));
        let (bytes, stamp) = match read {
            Ok((bytes, stamp)) => (Ok(bytes), Some(stamp)),
            Err(e) => (Err(e), self.scan.files.stamp(&full).ok()),
        };
        self.files.push((name.into(), stamp));
        bytes
    }

    /// A file may be a link, as in a config map; but what an app says stands in its own folder, or an app's developer could
    /// have anything read that the host may read.
    fn refuse_foreign(&self, path: &Arc<str>) -> Result<(), Diagnostic> {
        let real = |relative: &str| self.scan.files.real(&self.scan.path(relative)).map_err(|e| unreadable(path, &e));
        if real(path)?.starts_with(real(app_of(path))?) {
            return Ok(());
        }
        let message = "this link leads out of the app's folder, so it is not read";
        Err(Diagnostic::error("foreign-link", path, message).help("put the file itself here"))
    }
}
