//! What a file is, found out before any of its code runs.
use super::Refusal;
use element::abi::{MAJOR, SYMBOL, SYMBOL_OF_ANY_VERSION, TARGET};
use object::{Architecture, BinaryFormat, File, Object as _, ObjectKind, ObjectSegment as _, ObjectSymbol as _};
use std::collections::BTreeSet;

/// Looks at a library's bytes.
///
/// # Errors
/// It is none, it is damaged, it is for another machine, or it does not speak our version.
pub(crate) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    let file = File::parse(bytes).map_err(|e| none(bytes, &e))?;
    if file.kind() != ObjectKind::Dynamic {
        let what = match file.kind() {
            ObjectKind::Executable => "a program",
            ObjectKind::Relocatable => "an object file that was not linked yet",
            _ => "something else",
        };
        return Err(not_a_library(format!("this is no dynamic library but {what}")));
    }
    let (is_for, here) = (described(file.format(), file.architecture()), described(BinaryFormat::native_object(), HERE));
    if is_for != here || file.is_64() != cfg!(target_pointer_width = "64") {
        return Err(Refusal::new(
            "library-target",
            format!("this library is for {is_for}, and this host runs on {here}"),
            format!("build it for {TARGET}"),
        ));
    }
    for segment in file.segments() {
        let (from, size) = segment.file_range();
        if from.checked_add(size).is_none_or(|end| end > bytes.len() as u64) {
            return Err(damaged("it was cut off (a part of it lies behind its end)"));
        }
    }
    let symbols = file.dynamic_symbols().chain(file.symbols()).filter(|it| it.is_definition());
    let ours: BTreeSet<&str> = symbols.filter_map(|it| it.name().ok()).filter_map(exported_as_ours).collect();
    if ours.contains(SYMBOL) {
        return Ok(());
    }
    let speaks: Vec<&str> = ours.iter().filter_map(|it| it.strip_prefix(SYMBOL_OF_ANY_VERSION)).collect();
    if speaks.is_empty() {
        return Err(Refusal::new(
            "library-symbol",
            format!("this is no library of Types: it exports no `{SYMBOL}`"),
            "a crate of Types exports it when it is built with `cargo rustc --release --crate-type cdylib`; element.h is for other languages",
        ));
    }
    Err(other_version(&speaks.join(", ")))
}

/// It speaks another version of the line than this host.
pub(super) fn other_version(its: &str) -> Refusal {
    let newer = its.split(", ").filter_map(|it| it.split('.').next()?.parse::<u16>().ok()).any(|it| it > MAJOR);
    let help =
        if newer { "use a newer host, or build it with an older `element`" } else { "build it with a newer `element`" };
    Refusal::new(
        "library-version",
        format!("this library speaks version {its} of the line to its host, and this host version {MAJOR}"),
        help,
    )
}

fn exported_as_ours(name: &str) -> Option<&str> {
    // Some systems put an underscore before names of C.
    let name = name.strip_prefix('_').filter(|it| it.starts_with(SYMBOL_OF_ANY_VERSION)).unwrap_or(name);
    name.starts_with(SYMBOL_OF_ANY_VERSION).then_some(name)
}

fn none(bytes: &[u8], e: &object::Error) -> Refusal {
    if bytes.is_empty() {
        return damaged("it is empty");
    }
    if bytes.starts_with(&object::elf::ELFMAG) {
        return damaged(&format!("it was cut off or changed ({})", e.to_string().to_lowercase()));
    }
    not_a_library("this is no dynamic library".into())
}

fn not_a_library(message: String) -> Refusal {
    Refusal::new(
        "not-a-library",
        message,
        "name the file that `cargo rustc --release --crate-type cdylib` makes, such as `target/release/libwecom.so`",
    )
}

fn damaged(how: &str) -> Refusal {
    let message = format!("this library is damaged: {how}");
    Refusal::new("library-damaged", message, "copy it again, to a file beside it, and rename that: nobody sees a half")
}

const HERE: Architecture = if cfg!(target_arch = "x86_64") {
    Architecture::X86_64
} else if cfg!(target_arch = "aarch64") {
    Architecture::Aarch64
} else if cfg!(target_arch = "x86") {
    Architecture::I386
} else if cfg!(target_arch = "riscv64") {
    Architecture::Riscv64
} else {
    Architecture::Unknown
};

fn described(format: BinaryFormat, architecture: Architecture) -> String {
    let format = match format {
        BinaryFormat::Elf => "Linux",
        BinaryFormat::MachO => "macOS",
        BinaryFormat::Pe | BinaryFormat::Coff => "Windows",
        _ => "another system",
    };
    format!("{format} on {}", format!("{architecture:?}").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// A program that is on every machine; it begins like a library.
    static PROGRAM: LazyLock<Vec<u8>> = LazyLock::new(|| std::fs::read("/bin/true").unwrap_or_default());

    proptest! {
        #[test]
        fn any_bytes_are_looked_at_without_harm(bytes: Vec<u8>) {
            prop_assert!(inspect(&bytes).is_err());
        }

        #[test]
        fn so_are_those_of_a_program_that_was_changed_and_cut_off(
            changes in prop::collection::vec((0_usize..4096, any::<u8>()), 0..16),
            keep in 0.0..=1.0,
        ) {
            let mut bytes = PROGRAM.clone();
            bytes.truncate((bytes.len() as f64 * keep) as usize);
            for (at, byte) in changes {
                if let Some(it) = bytes.get_mut(at) {
                    *it = byte;
                }
            }
            prop_assert!(inspect(&bytes).is_err());
        }
    }
}
