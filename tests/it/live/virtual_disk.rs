//! A disk in memory that tells of changes as notify does on Linux, and can be told to do that badly.
use super::drive::{Drive, may_move};
use element_engine::{Entry, Files, Marks, Stamp, Watch};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

#[derive(Debug, Clone, Default)]
pub(crate) struct VirtualDisk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    nodes: BTreeMap<PathBuf, Node>,
    /// Every change is another one.
    count: u64,
    watched: BTreeSet<PathBuf>,
    marks: Option<Marks>,
    /// So many events get lost.
    lose: u32,
    blind: bool,
}

#[derive(Debug)]
struct Node {
    /// `None`: a folder.
    bytes: Option<Vec<u8>>,
    id: u64,
    version: u64,
    forbidden: bool,
    busy: bool,
}

impl State {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn node(&mut self, bytes: Option<Vec<u8>>) -> Node {
        let id = self.next();
        Node { bytes, id, version: id, forbidden: false, busy: false }
    }

    /// What is at a path, for somebody who may go there.
    fn reach(&self, path: &Path) -> io::Result<&Node> {
        for parent in path.ancestors().skip(1) {
            match self.nodes.get(parent) {
                Some(it) if it.forbidden => return Err(io::ErrorKind::PermissionDenied.into()),
                Some(it) if it.bytes.is_some() => return Err(io::ErrorKind::NotADirectory.into()),
                _ => {}
            }
        }
        self.nodes.get(path).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn below(&self, path: &Path) -> Vec<PathBuf> {
        self.nodes.range(path.to_owned()..).map(|(it, _)| it.clone()).take_while(|it| it.starts_with(path)).collect()
    }

    fn tell(&mut self, path: &Path, replaced: bool) {
        let heard = [path.parent(), Some(path)].into_iter().flatten().any(|it| self.watched.contains(it));
        if !heard {
            return;
        }
        if replaced {
            self.watched.retain(|it| !it.starts_with(path));
        }
        if self.lose > 0 {
            self.lose -= 1;
            return;
        }
        match &self.marks {
            Some(marks) if replaced => marks.replaced(path),
            Some(marks) => marks.changed(path),
            None => {}
        }
    }

    /// The folder of this path has another list now.
    fn touch_parent(&mut self, path: &Path) {
        let version = self.next();
        if let Some(it) = path.parent().and_then(|it| self.nodes.get_mut(it)) {
            it.version = version;
        }
    }

    fn make_folders(&mut self, path: &Path) {
        let missing: Vec<PathBuf> =
            path.ancestors().take_while(|it| !self.nodes.contains_key(*it)).map(Path::to_owned).collect();
        for dir in missing.into_iter().rev() {
            let node = self.node(None);
            self.nodes.insert(dir.clone(), node);
            self.touch_parent(&dir);
            self.tell(&dir, true);
        }
    }
}

fn at(path: &str) -> PathBuf {
    Path::new("/").join(path)
}

impl VirtualDisk {
    pub(crate) fn new() -> Self {
        let disk = Self::default();
        disk.make_folder("apps");
        disk.make_folder("secrets");
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The next events are not told.
    pub(crate) fn lose_events(&self, count: u32) {
        self.state().lose = count;
    }

    /// It tells that something was not told.
    pub(crate) fn overflow(&self) {
        self.state().marks.iter().for_each(Marks::overflowed);
    }

    /// It says itself that it tells nothing, and then tells nothing.
    pub(crate) fn blind(&self, blind: bool) {
        let mut state = self.state();
        state.blind = blind;
        if blind {
            state.lose = u32::MAX;
        }
    }

    /// A file changes faster than it can be read, or no longer.
    pub(crate) fn busy(&self, path: &str, busy: bool) {
        let (path, mut state) = (at(path), self.state());
        let version = state.next();
        if let Some(it) = state.nodes.get_mut(&path).filter(|it| it.bytes.is_some()) {
            (it.busy, it.version) = (busy, version);
            state.tell(&path, false);
        }
    }
}

impl Drive for VirtualDisk {
    fn write(&self, path: &str, text: &str) {
        let (path, mut state) = (at(path), self.state());
        let in_file = path.ancestors().skip(1).any(|it| state.nodes.get(it).is_some_and(|it| it.bytes.is_some()));
        if in_file || state.nodes.get(&path).is_some_and(|it| it.bytes.is_none()) {
            return;
        }
        state.make_folders(path.parent().unwrap());
        let version = state.next();
        if let Some(it) = state.nodes.get_mut(&path) {
            (it.bytes, it.version) = (Some(text.into()), version);
            state.tell(&path, false);
        } else {
            let node = state.node(Some(text.into()));
            state.nodes.insert(path.clone(), node);
            state.touch_parent(&path);
            state.tell(&path, true);
        }
    }

    fn rename(&self, from: &str, to: &str) {
        let (from, to, mut state) = (at(from), at(to), self.state());
        let is_dir = |state: &State, path: &Path| state.nodes.get(path).is_some_and(|it| it.bytes.is_none());
        let into_itself = to.starts_with(&from);
        if !state.nodes.contains_key(&from) || into_itself || !is_dir(&state, to.parent().unwrap()) {
            return;
        }
        if !may_move(is_dir(&state, &from), state.nodes.contains_key(&to), is_dir(&state, &to)) {
            return;
        }
        for path in state.below(&from) {
            let node = state.nodes.remove(&path).unwrap();
            let rest = path.strip_prefix(&from).unwrap();
            let path = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) };
            state.nodes.insert(path, node);
        }
        let version = state.next();
        if let Some(it) = state.nodes.get_mut(&to) {
            it.version = version;
        }
        for path in [&from, &to] {
            state.touch_parent(path);
            state.tell(path, true);
        }
    }

    fn remove(&self, path: &str) {
        let (path, mut state) = (at(path), self.state());
        for path in state.below(&path).into_iter().rev() {
            state.nodes.remove(&path);
            state.touch_parent(&path);
            state.tell(&path, true);
        }
    }

    fn make_folder(&self, path: &str) {
        self.state().make_folders(&at(path));
    }

    fn forbid(&self, path: &str, forbidden: bool) {
        let (path, mut state) = (at(path), self.state());
        let version = state.next();
        if let Some(it) = state.nodes.get_mut(&path) {
            (it.forbidden, it.version) = (forbidden, version);
            state.tell(&path, false);
        }
    }
}

impl Files for VirtualDisk {
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let state = self.state();
        let node = state.reach(dir)?;
        if node.bytes.is_some() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        if node.forbidden {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let inside = state.below(dir).into_iter().filter(|it| it.parent() == Some(dir));
        let entry = |path: PathBuf| Entry {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            is_dir: state.nodes[&path].bytes.is_none(),
            is_link: false,
        };
        Ok(inside.map(entry).collect())
    }

    fn read(&self, file: &Path, limit: u64) -> io::Result<(Vec<u8>, Stamp)> {
        let state = self.state();
        let node = state.reach(file)?;
        let Some(bytes) = &node.bytes else { return Err(io::ErrorKind::IsADirectory.into()) };
        match (node.forbidden, node.busy, bytes.len() as u64 > limit) {
            (true, ..) => Err(io::ErrorKind::PermissionDenied.into()),
            (_, true, _) => Err(io::ErrorKind::ResourceBusy.into()),
            (_, _, true) => Err(io::ErrorKind::FileTooLarge.into()),
            _ => Ok((bytes.clone(), Stamp::new((node.id, node.version), true))),
        }
    }

    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        let state = self.state();
        let node = state.reach(path)?;
        Ok(Stamp::new((node.id, node.version), !node.busy))
    }

    fn watch(&self, root: &Path, marks: &Marks) -> io::Result<Box<dyn Watch>> {
        let mut state = self.state();
        state.marks = Some(marks.clone());
        state.watched.extend(root.parent().map(Path::to_owned));
        Ok(Box::new(self.clone()))
    }
}

impl Watch for VirtualDisk {
    fn add(&self, dir: &Path, _again: bool) {
        let mut state = self.state();
        if state.nodes.get(dir).is_some_and(|it| it.bytes.is_none()) {
            state.watched.insert(dir.to_owned());
        }
    }

    fn blind(&self) -> Option<String> {
        self.state().blind.then(|| "this disk is silent".into())
    }
}
