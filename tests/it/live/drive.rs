//! What a story does to files, on a disk of either kind.
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A disk that stories happen on. Paths begin with `apps/` or `secrets/`. What cannot be done is not done.
pub(crate) trait Drive {
    /// Writes a file in place; its folders come with it.
    fn write(&self, path: &str, text: &str);
    /// Moves a file or folder to where nothing is, or a file over a file.
    fn rename(&self, from: &str, to: &str);
    /// Takes a file or folder away, with all that is in it.
    fn remove(&self, path: &str);
    fn make_folder(&self, path: &str);
    /// Nobody may read it, or everybody may again.
    fn forbid(&self, path: &str, forbidden: bool);
}

/// The machine's own disk, in a folder that ends with the test.
#[derive(Debug)]
pub(crate) struct RealDrive(pub(crate) TempDir);

impl RealDrive {
    pub(crate) fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("apps")).unwrap();
        fs::create_dir(base.path().join("secrets")).unwrap();
        Self(base)
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }
}

impl Drive for RealDrive {
    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        if fs::create_dir_all(path.parent().unwrap()).is_ok() {
            let _ = fs::write(path, text);
        }
    }

    fn rename(&self, from: &str, to: &str) {
        let (from, to) = (self.path(from), self.path(to));
        if may_move(from.is_dir(), to.exists(), to.is_dir()) && to.parent().is_some_and(Path::is_dir) {
            let _ = fs::rename(from, to);
        }
    }

    fn remove(&self, path: &str) {
        let path = self.path(path);
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }

    fn make_folder(&self, path: &str) {
        let _ = fs::create_dir_all(self.path(path));
    }

    fn forbid(&self, path: &str, forbidden: bool) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(path);
        let open = if path.is_dir() { 0o700 } else { 0o600 };
        let mode = fs::Permissions::from_mode(if forbidden { 0 } else { open });
        let _ = fs::set_permissions(path, mode);
    }
}

/// A file goes over a file; everything else only where nothing is.
pub(crate) fn may_move(from_is_dir: bool, to_exists: bool, to_is_dir: bool) -> bool {
    !to_exists || !from_is_dir && !to_is_dir
}
