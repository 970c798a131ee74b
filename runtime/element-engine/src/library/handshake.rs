//! Meeting a library that is mapped: who it is, and what it can do. What it says is looked at before it is followed.
#![allow(unsafe_code, reason = "a library's tables are read, and its first functions are called")]
use super::{Refusal, inspect::other_version, mapped::Mapped};
use element::abi::{
    CallInfo, Description, Done, Given, HostTable, Lent, LibraryTable, MAGIC, MAJOR, NEVER, Root, TARGET, UNWINDS,
};
use std::{ffi::c_void, mem::offset_of, ptr};

/// What a library can do, all of it there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) describe: unsafe extern "C" fn() -> Given,
    pub(super) build: unsafe extern "C" fn(u32, Lent, *mut *mut c_void) -> Given,
    pub(super) call: unsafe extern "C" fn(*mut c_void, u32, *const CallInfo, Given, Given, Done) -> *mut c_void,
    pub(super) end: unsafe extern "C" fn(*mut c_void),
    pub(super) drop: unsafe extern "C" fn(*mut c_void),
}

/// Who a library is.
pub(super) struct Met {
    pub(super) table: Table,
    pub(super) description: Description,
    pub(super) target: String,
    pub(super) made_with: String,
}

/// Meets the library whose symbol this is.
pub(super) fn meet(symbol: unsafe extern "C" fn() -> *const Root, host: &'static HostTable) -> Result<Met, Refusal> {
    // SAFETY: the symbol has this name for being such a function.
    let root = unsafe { symbol() };
    let mapped = Mapped::now();
    let root: &Root = read(&mapped, root, "what the symbol gives", |it| it.size)?;
    if root.magic != MAGIC {
        return Err(broken("what the symbol gives does not begin as it has to"));
    }
    // SAFETY: of the size that it has to have, as was just looked at.
    let text = |it: Lent| {
        let (address, length) = it.place();
        let known = length < 1024 && (length == 0 || mapped.is_readable(address, length));
        // SAFETY: it can be read, and what a library says of itself stays.
        if known { String::from_utf8_lossy(unsafe { it.get() }).into_owned() } else { String::new() }
    };
    let (made_with, target) = (text(root.made_with), text(root.target));
    if root.major != MAJOR {
        return Err(other_version(&format!("{}.{}", root.major, root.minor)));
    }
    if target != TARGET {
        let message = format!("this library is for `{target}` (made with {made_with}), and this host for `{TARGET}`");
        return Err(Refusal::new("library-target", message, format!("build it with `--target {TARGET}`")));
    }
    if ![UNWINDS, NEVER].contains(&root.panics) {
        let message = format!(
            "this library was built with `panic = \"abort\"` (made with {made_with}): one panic in it would end the host"
        );
        return Err(Refusal::new(
            "library-panics",
            message,
            "build it with `panic = \"unwind\"`, which is what Cargo does unless told otherwise; a language without panics says so",
        ));
    }
    let start = code(&mapped, root.start, |it| it as usize, "start")?;
    // SAFETY: the host's table stays for ever, and this is the library's own code.
    let table = unsafe { start(host) };
    if table.is_null() {
        let message =
            format!("this library (made with {made_with}) does not start with this host ({})", element::abi::MADE_WITH);
        return Err(Refusal::new("library-version", message, "it may need a newer host"));
    }
    let mapped = Mapped::now();
    let table: &LibraryTable = read(&mapped, table, "its table", |it| it.size)?;
    let table = Table {
        describe: code(&mapped, table.describe, |it| it as usize, "describe")?,
        build: code(&mapped, table.build, |it| it as usize, "build")?,
        call: code(&mapped, table.call, |it| it as usize, "call")?,
        end: code(&mapped, table.end, |it| it as usize, "end")?,
        drop: code(&mapped, table.drop, |it| it as usize, "drop")?,
    };
    // SAFETY: the library's own code.
    let description = unsafe { (table.describe)() };
    let description = match description.bytes() {
        [] => Err(no_description("it says nothing")),
        json => serde_json::from_slice(json).map_err(|e| no_description(&e.to_string())),
    }?;
    Ok(Met { table, description, target, made_with })
}

/// A table that somebody else keeps, if all of it that we know is there. Tables begin with a `u32` size, or after a `u64`.
fn read<'a, T>(mapped: &Mapped, table: *const T, what: &str, size: impl Fn(&T) -> u32) -> Result<&'a T, Refusal> {
    if !mapped.is_readable(table.addr(), size_of::<T>()) || !table.is_aligned() {
        // Perhaps it is only short: its beginning says so.
        let begins = mapped.is_readable(table.addr(), offset_of!(Root, major));
        return Err(broken(if begins { format!("{what} ends before its end") } else { format!("{what} is not in memory") }));
    }
    // SAFETY: it can be read to the end of what we know of it, it lies as it should, and any bytes are one.
    let it: &'a T = unsafe { &*ptr::from_ref(&*table) };
    let (its, least) = (size(it) as usize, size_of::<T>());
    if its < least {
        return Err(broken(format!("{what} has {its} bytes, and version {MAJOR} of the line has {least}")));
    }
    if !mapped.is_readable(table.addr(), its) {
        return Err(broken(format!("{what} says that it has {its} bytes, and is shorter than that")));
    }
    Ok(it)
}

/// A function of a table, if there is one, and code where it points to.
fn code<F: Copy>(mapped: &Mapped, it: Option<F>, address: impl Fn(F) -> usize, what: &str) -> Result<F, Refusal> {
    match it {
        None => Err(broken(format!("its table has no `{what}`"))),
        Some(it) if !mapped.is_code(address(it)) => Err(broken(format!("`{what}` in its table leads to no code"))),
        Some(it) => Ok(it),
    }
}

fn no_description(why: &str) -> Refusal {
    let message = format!("what this library says of its Types cannot be read: {why}");
    Refusal::new("library-description", message, "`describe` gives JSON with `types` and `metas`: element.h says which")
}

fn broken(how: impl std::fmt::Display) -> Refusal {
    let message = format!("this library does not keep to the line: {how}");
    Refusal::new("library-table", message, "element.h says what each table has")
}
