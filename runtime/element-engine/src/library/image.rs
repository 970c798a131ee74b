//! A private copy of a library's bytes, mapped into this process for good: whatever becomes of the operator's file does not
//! matter any more. The only place where libloading is used.
#![allow(unsafe_code, reason = "a library's code is brought into the process")]
use super::{
    Refusal,
    calls::HOST,
    handshake::{Met, Table, meet},
};
use element::abi::{Description, Root, SYMBOL};
use std::{
    collections::BTreeMap,
    error::Error,
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A library's code, mapped. It stays.
#[derive(Debug)]
pub(crate) struct Image {
    /// Among all that this process has mapped, from 1.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) table: Table,
    pub(crate) description: Description,
    pub(super) target: String,
    pub(super) made_with: String,
}

type Images = BTreeMap<[u8; 32], Result<&'static Image, Refusal>>;

/// Everything that was ever mapped, by what it is: the same bytes are mapped once, whichever files they are in. Nothing of a
/// library runs while this is locked.
static IMAGES: Mutex<Images> = Mutex::new(BTreeMap::new());
/// One at a time: what a library does when it begins may be anything.
static ONE_LOADS: Mutex<()> = Mutex::new(());

fn images() -> MutexGuard<'static, Images> {
    IMAGES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many libraries are mapped, in service or not.
pub(crate) fn mapped() -> usize {
    images().len()
}

/// The library with this number.
pub(super) fn numbered(number: usize) -> Option<&'static Image> {
    images().values().filter_map(|it| it.as_ref().ok()).find(|it| it.number == number).copied()
}

/// Maps these bytes, unless that was done before.
pub(super) fn map(name: &str, bytes: &[u8], hash: [u8; 32]) -> Result<&'static Image, Refusal> {
    let _one = ONE_LOADS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = images().get(&hash) {
        return known.clone();
    }
    let library = load(name, bytes)?;
    let met = symbol(&library).and_then(|symbol| meet(symbol, &HOST));
    // From here on its code is in the process, whether it is used or not; nobody can say when none of it runs.
    std::mem::forget(library);
    let number = images().len() + 1;
    let image = met.map(|Met { table, description, target, made_with }| -> &'static Image {
        let name = name.to_owned();
        Box::leak(Box::new(Image { number, name, table, description, target, made_with }))
    });
    images().insert(hash, image.clone());
    image
}

fn symbol(library: &libloading::Library) -> Result<unsafe extern "C" fn() -> *const Root, Refusal> {
    // SAFETY: whatever has this name is such a function.
    let symbol = unsafe { library.get::<unsafe extern "C" fn() -> *const Root>(SYMBOL) };
    symbol.map(|it| *it).map_err(|e| cannot_load("".as_ref(), &e))
}

/// Brings the bytes into the process. Their file has no name that anybody else could open, write or take away.
fn load(name: &str, bytes: &[u8]) -> Result<libloading::Library, Refusal> {
    #[cfg(target_os = "linux")]
    if let Ok(file) = sealed(name, bytes) {
        use std::os::fd::AsRawFd as _;
        if let Ok(library) = open(format!("/proc/self/fd/{}", file.as_raw_fd()).as_ref()) {
            // The loader knows libraries by their paths: this one must not come again for another file.
            std::mem::forget(file);
            return Ok(library);
        }
    }
    let _ = name;
    // Some systems let nothing run that is in memory alone, or have no `/proc`.
    let file = written(bytes).map_err(|e| {
        Refusal::new(
            "library-load",
            format!("this library cannot be copied: {e}"),
            "make room in the folder for temporary files",
        )
    })?;
    open(file.path())
}

/// In memory, where nobody can change it.
#[cfg(target_os = "linux")]
fn sealed(name: &str, bytes: &[u8]) -> io::Result<std::fs::File> {
    use rustix::{
        fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
        io::Errno,
    };
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let made = match memfd_create(name, flags | MemfdFlags::EXEC) {
        // Kernels before 6.3 do not know that flag, and let it run.
        Err(Errno::INVAL) => memfd_create(name, flags),
        other => other,
    };
    let mut file = std::fs::File::from(made?);
    file.write_all(bytes)?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file)
}

/// In a file of this process's own. Its name goes when it is mapped.
fn written(bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let suffix = format!(".{}", std::env::consts::DLL_EXTENSION);
    let mut file = tempfile::Builder::new().prefix("element-library-").suffix(&suffix).tempfile()?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn open(path: &Path) -> Result<libloading::Library, Refusal> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // All of it is bound now: what it lacks is found out here and not in a call.
    // SAFETY: the operator wants its code to run.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Into::into).map_err(|e| cannot_load(path, &e))
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<libloading::Library, Refusal> {
    // SAFETY: the operator wants its code to run.
    unsafe { libloading::Library::new(path) }.map_err(|e| cannot_load(path, &e))
}

/// The system's own reason is behind libloading's. It begins with the name of our copy, which nobody knows.
fn cannot_load(path: &Path, e: &dyn Error) -> Refusal {
    let reason = e.source().map_or_else(|| e.to_string(), ToString::to_string);
    let reason = reason.strip_prefix(&*path.to_string_lossy()).map_or(&*reason, |it| it.trim_start_matches(": "));
    let help = "it needs something that is not on this machine, or is damaged";
    Refusal::new("library-load", format!("this library cannot be loaded: {reason}"), help)
}
