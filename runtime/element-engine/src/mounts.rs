//! File systems that do not tell when something changes. They give no error either, so they have to be known.
use std::{fs, path::Path};

/// Kinds of file systems whose other users change files without this machine hearing of it.
const SILENT: [&str; 12] =
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "ceph", "glusterfs", "lustre", "vboxsf"];

/// Why not everything below `root` is told; `None`: it is.
pub(crate) fn silent(root: &Path) -> Option<String> {
    let root = fs::canonicalize(root).ok()?;
    // Where there is no such list, the system's own word is taken.
    silent_in(&fs::read_to_string("/proc/self/mountinfo").ok()?, &root, |it| it.is_file())
}

fn silent_in(mounts: &str, root: &Path, is_file: impl Fn(&Path) -> bool) -> Option<String> {
    let mut nearest: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let (mount, kind) = line.split_once(" - ")?;
        let kind = kind.split(' ').next().unwrap_or_default();
        let place = unescape(mount.split(' ').nth(4)?);
        let place = Path::new(&place);
        if root.starts_with(place) {
            // A later line covers an earlier one.
            let depth = place.components().count();
            if nearest.is_none_or(|(deepest, _)| depth >= deepest) {
                nearest = Some((depth, kind));
            }
        } else if place.starts_with(root) {
            if is_silent(kind) {
                return Some(format!("`{}` is a mount of {kind}, which does not tell what changes", place.display()));
            }
            // The folder that the file was mounted from is elsewhere, and hears of it.
            if is_file(place) {
                return Some(format!("`{}` is a file that is mounted there by itself", place.display()));
            }
        }
    }
    let (_, kind) = nearest?;
    is_silent(kind).then(|| format!("the apps are on {kind}, which does not tell what changes"))
}

fn is_silent(kind: &str) -> bool {
    SILENT.contains(&kind) || kind.starts_with("fuse")
}

/// Blanks and the like stand as `\040`.
fn unescape(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..3).and_then(|it| u8::from_str_radix(it, 8).ok()) {
            Some(byte) => {
                out.push(char::from(byte));
                out.push_str(&part[3..]);
            }
            None => {
                out.push('\\');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
        23 22 0:21 / /proc rw - proc proc rw\n\
        24 22 0:40 / /srv/with\\040blank rw - nfs4 server:/export rw\n\
        25 22 0:41 / /srv/fuse rw - fuse.sshfs x rw\n\
        26 22 254:0 /etc/one.json /srv/apps/demo/Hi/Hi.json rw - ext4 /dev/vda rw\n";

    fn check(root: &str, expected: Option<&str>) {
        let found = silent_in(LOCAL, Path::new(root), |it| it.ends_with("Hi.json"));
        assert_eq!(found.as_deref(), expected, "{root}");
    }

    #[test]
    fn a_file_system_that_does_not_tell_is_known() {
        check("/home/apps", None);
        check("/srv/with blank/apps", Some("the apps are on nfs4, which does not tell what changes"));
        check("/srv/with", None);
        check("/srv/fuse/x", Some("the apps are on fuse.sshfs, which does not tell what changes"));
        check("/srv/apps", Some("`/srv/apps/demo/Hi/Hi.json` is a file that is mounted there by itself"));
        check("/srv/apps/other", None);
        check("/srv", Some("`/srv/with blank` is a mount of nfs4, which does not tell what changes"));
    }

    #[test]
    fn what_is_no_list_of_mounts_says_nothing() {
        for text in ["", "x", "a - b", "1 2 3 4 - nfs", "\\", "1 2 3 4 \\9 - nfs x"] {
            assert_eq!(silent_in(text, Path::new("/srv"), |_| true), None, "{text}");
        }
    }
}
