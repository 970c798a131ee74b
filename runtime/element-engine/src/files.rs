//! The file system as a trait: a real disk, or a virtual one for tests.
use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
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

/// Reads folders and files.
pub trait Files: Send + Sync + fmt::Debug + 'static {
    /// What is directly in `dir`, in the order of names.
    ///
    /// # Errors
    /// It cannot be read.
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>>;

    /// The bytes of `file`.
    ///
    /// # Errors
    /// It cannot be read, or has more than `limit` bytes (`FileTooLarge`).
    fn read(&self, file: &Path, limit: u64) -> io::Result<Vec<u8>>;

    /// Where `dir` is without any link on the way.
    ///
    /// # Errors
    /// It does not exist.
    fn real(&self, dir: &Path) -> io::Result<PathBuf> {
        Ok(dir.to_owned())
    }
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes"))
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

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

    fn read(&self, file: &Path, limit: u64) -> io::Result<Vec<u8>> {
        use io::Read;
        let mut bytes = Vec::new();
        // To open a pipe waits until somebody writes into it, perhaps for ever. A device such as `/dev/zero` never ends.
        let kind = fs::metadata(file)?.file_type();
        if kind.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !kind.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // A file may grow while it is read: the limit is on what is read.
        fs::File::open(file)?.take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
    }

    fn real(&self, dir: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(dir)
    }
}

/// A file system in memory, for tests and for apps that a program carries in itself.
///
/// ```
/// use element_engine::{Files, MemoryFiles};
/// let files = MemoryFiles::parse("//- /demo/app.json\n{\"appId\": \"acme.demo\"}\n");
/// assert_eq!(files.read("/demo/app.json".as_ref(), 100)?, b"{\"appId\": \"acme.demo\"}\n");
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

    fn read(&self, file: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self.0.get(file).ok_or(io::ErrorKind::NotFound)?;
        if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes.clone()) }
    }
}
