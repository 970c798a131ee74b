//! The file system as a trait: a real disk, or a virtual one for tests.
use crate::{
    disk_watch::DiskWatch,
    watch::{Marks, Watch},
};
use std::{
    collections::BTreeMap,
    fmt, fs,
    hash::{BuildHasher, Hash},
    io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};
use walkdir::WalkDir;

/// What is in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name; bytes that are not UTF-8 are replaced, so such a name is never a legal label.
    pub name: String,
    /// A folder, or a link to one.
    pub is_dir: bool,
    /// A link to whatever it is.
    pub is_link: bool,
}

/// What tells, without reading it, that a file or folder is still what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    hash: u64,
    settled: bool,
}

impl Stamp {
    /// Of all that changes when the file does. `settled`: another change from now on would show. Clocks of file systems
    /// tick slowly, so what changed just now may change once more and look the same.
    #[must_use]
    pub fn new(of: impl Hash, settled: bool) -> Self {
        Self { hash: foldhash::fast::FixedState::default().hash_one(of), settled }
    }

    /// The same for the same; whether it may change unseen is left out.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    /// Whether this, which was seen before, and what is seen now prove that nothing happened in between.
    #[must_use]
    pub const fn proves_the_same(&self, now: &Self) -> bool {
        self.settled && self.hash == now.hash
    }
}

/// Reads folders and files.
pub trait Files: Send + Sync + fmt::Debug + 'static {
    /// What is directly in `dir`, in the order of names.
    ///
    /// # Errors
    /// It cannot be read.
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>>;

    /// The bytes of `file`, all of one time, and its stamp of then.
    ///
    /// # Errors
    /// It cannot be read, has more than `limit` bytes (`FileTooLarge`), or changes faster than it can be read
    /// (`ResourceBusy`).
    fn read(&self, file: &Path, limit: u64) -> io::Result<(Vec<u8>, Stamp)>;

    /// The stamp of a file or folder, links followed.
    ///
    /// # Errors
    /// It cannot be reached.
    fn stamp(&self, path: &Path) -> io::Result<Stamp>;

    /// Where `dir` is without any link on the way.
    ///
    /// # Errors
    /// It does not exist.
    fn real(&self, dir: &Path) -> io::Result<PathBuf> {
        Ok(dir.to_owned())
    }

    /// Begins to tell what changes below `root`, in every folder that is then given to [`Watch::add`].
    ///
    /// # Errors
    /// Nothing is told here: whoever wants to know has to look.
    fn watch(&self, _root: &Path, _marks: &Marks) -> io::Result<Box<dyn Watch>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Where it is, whatever the working folder becomes.
pub(crate) fn absolute(it: &Path) -> PathBuf {
    std::path::absolute(it).unwrap_or_else(|_| it.to_owned())
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {} KiB", limit / 1024))
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

/// How often a file is read that changes meanwhile.
const READS: usize = 3;
/// The slowest clock of a file system in use ticks every two seconds.
const TICK: u64 = 2;

impl Files for Disk {
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        // One shallow walk. Links are followed: that is how config maps and some deploys look.
        let walk = WalkDir::new(dir).min_depth(1).max_depth(1).follow_links(true).sort_by_file_name();
        let mut entries = Vec::new();
        for entry in walk {
            match entry {
                Ok(it) => {
                    let name = it.file_name().to_string_lossy().into_owned();
                    entries.push(Entry { name, is_dir: it.file_type().is_dir(), is_link: it.path_is_symlink() });
                }
                // A link that leads nowhere, or to the folder it is in, is an entry all the same: whoever reads it says
                // what is wrong.
                Err(e) if e.depth() == 1 => {
                    let name = e.path().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
                    entries.push(Entry { name, is_dir: e.loop_ancestor().is_some(), is_link: true });
                }
                Err(e) => return Err(e.into()),
            }
        }
        Ok(entries)
    }

    fn read(&self, file: &Path, limit: u64) -> io::Result<(Vec<u8>, Stamp)> {
        use io::Read;
        // To open a pipe waits until somebody writes into it, perhaps for ever. A device such as `/dev/zero` never ends.
        let kind = fs::metadata(file)?.file_type();
        if kind.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !kind.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        for _ in 0..READS {
            // One that is replaced meanwhile stays whole: it is the open file that is read and asked.
            let open = fs::File::open(file)?;
            let before = stamp(&open.metadata()?);
            let mut bytes = Vec::new();
            // A file may grow while it is read: the limit is on what is read.
            (&open).take(limit + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > limit {
                return Err(too_large(limit));
            }
            if stamp(&open.metadata()?).hash == before.hash {
                return Ok((bytes, before));
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        fs::metadata(path).map(|it| stamp(&it))
    }

    fn real(&self, dir: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(dir)
    }

    fn watch(&self, root: &Path, marks: &Marks) -> io::Result<Box<dyn Watch>> {
        Ok(Box::new(DiskWatch::start(root, marks.clone())?))
    }
}

/// The time of the last change alone tells nothing: some keep it when they copy, and a config map is another file.
#[cfg(unix)]
fn stamp(it: &fs::Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
    let newest = u64::try_from(it.mtime().max(it.ctime())).unwrap_or(0);
    let of = (it.dev(), it.ino(), it.size(), it.mode(), it.mtime(), it.mtime_nsec(), it.ctime(), it.ctime_nsec());
    Stamp::new(of, newest.saturating_add(TICK) <= now)
}

#[cfg(not(unix))]
fn stamp(it: &fs::Metadata) -> Stamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
    let modified = it.modified().ok().and_then(|it| it.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let created = it.created().ok();
    Stamp::new((it.len(), modified, created, it.is_dir()), modified.as_secs().saturating_add(TICK) <= now)
}

/// A file system in memory, for tests and for apps that a program carries in itself.
///
/// ```
/// use element_engine::{Files, MemoryFiles};
/// let files = MemoryFiles::parse("//- /demo/app.json\n{\"appId\": \"acme.demo\"}\n");
/// assert_eq!(files.read("/demo/app.json".as_ref(), 100)?.0, b"{\"appId\": \"acme.demo\"}\n");
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles(BTreeMap<PathBuf, Vec<u8>>);

impl MemoryFiles {
    /// Many files in one text, each under a line `//- /its/path`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut files = Self::default();
        // The mark counts at the beginning of a line only: a comment or an address may hold it as well.
        for part in format!("\n{text}").split("\n//- ").skip(1) {
            let (path, content) = part.split_once('\n').unwrap_or((part, ""));
            files.put(
                path.trim(),
                if content.is_empty() || content.ends_with('\n') { content.into() } else { format!("{content}\n") },
            );
        }
        files
    }

    /// Writes a file; its folders come with it.
    pub fn put(&mut self, path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), content.into());
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: impl AsRef<Path>) {
        self.0.remove(path.as_ref());
    }
}

impl Files for MemoryFiles {
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = BTreeMap::new();
        // Paths are in the order of their parts, so what is below a folder stands together.
        for path in self.0.range(dir.to_owned()..).map(|(path, _)| path) {
            let Ok(rest) = path.strip_prefix(dir) else { break };
            let mut parts = rest.components();
            if let Some(first) = parts.next() {
                let name = first.as_os_str().to_string_lossy().into_owned();
                entries.insert(name, parts.next().is_some());
            }
        }
        if entries.is_empty() && !dir.parent().is_none_or(|it| it.as_os_str().is_empty()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(entries.into_iter().map(|(name, is_dir)| Entry { name, is_dir, is_link: false }).collect())
    }

    fn read(&self, file: &Path, limit: u64) -> io::Result<(Vec<u8>, Stamp)> {
        let bytes = self.0.get(file).ok_or(io::ErrorKind::NotFound)?;
        if bytes.len() as u64 > limit {
            return Err(too_large(limit));
        }
        Ok((bytes.clone(), Stamp::new(bytes, true)))
    }

    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        match self.0.get(path) {
            Some(bytes) => Ok(Stamp::new(bytes, true)),
            None => {
                let names: Vec<_> = self.list(path)?.into_iter().map(|it| (it.name, it.is_dir)).collect();
                Ok(Stamp::new(names, true))
            }
        }
    }
}
