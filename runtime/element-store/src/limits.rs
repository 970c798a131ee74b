//! How large things may be. Every engine checks here, before it does anything, so that all refuse the same.
use element::{Error, NewJob, Result, host::SetKey};
use serde_json::Value;
use std::{collections::BTreeMap, io};

/// The longest key, name of an ephemeral key or name of a lease, in bytes.
pub const KEY_BYTES: usize = 512;
/// The longest name of a collection, in bytes.
pub const COLLECTION_BYTES: usize = 128;
/// The largest document, value, job argument or job result, in bytes of JSON without spaces: 1 MiB.
pub const DOCUMENT_BYTES: usize = 1 << 20;
/// How deep a document may be nested. Below what JSON parsers refuse, so that what was stored can be read.
pub const DOCUMENT_DEPTH: usize = 100;
/// The most fields that records are looked up by at once.
pub const FILTER: usize = 16;
/// The most fields of a collection that a database keeps an index of.
pub const INDEXED: usize = 8;
/// How an encrypted value stands in what is stored: an object with this key. Nobody else may write it.
pub const SEALED_MARK: &str = "$sealed";
/// The most records on a page.
pub const PAGE: u32 = 1000;

/// Checks a record's key, or the name of an ephemeral key or lease.
///
/// # Errors
/// `InvalidArgs`: it is empty, too long, or contains a NUL, which not every engine can store.
pub fn key(key: &str) -> Result<()> {
    name("the key", key, KEY_BYTES)
}

/// Checks the name of a collection.
///
/// # Errors
/// `InvalidArgs`, as for [`key`].
pub fn collection(collection: &str) -> Result<()> {
    name("the collection's name", collection, COLLECTION_BYTES)
}

fn name(what: &str, name: &str, most: usize) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid_args(format!("{what} is empty")));
    }
    if name.len() > most {
        let len = name.len();
        return Err(Error::invalid_args(format!("{what} has {len} bytes; at most {most} are possible")));
    }
    if name.contains('\0') {
        return Err(Error::invalid_args(format!("{what} contains a NUL character; leave it out")));
    }
    Ok(())
}

/// Checks a document, or any other value that is stored.
///
/// # Errors
/// `InvalidArgs`: it is too large, nested too deeply, contains a NUL, which not every engine can store, or a field with
/// the name of [`SEALED_MARK`].
pub fn document(value: &Value) -> Result<()> {
    // Depth first: measuring the size walks down to the ground.
    nesting(value, DOCUMENT_DEPTH)?;
    // The only thing that can go wrong in writing is that the room is over; nothing is kept of what is written.
    serde_json::to_writer(Room(DOCUMENT_BYTES), value).map_err(|_| {
        Error::invalid_args(format!("the document is too large: at most {DOCUMENT_BYTES} bytes of JSON are possible"))
    })
}

fn nesting(value: &Value, left: usize) -> Result<()> {
    let Some(deeper) = left.checked_sub(1) else {
        return Err(Error::invalid_args(format!(
            "the document is nested too deeply: at most {DOCUMENT_DEPTH} levels are possible"
        )));
    };
    let text = |text: &str| match text.contains('\0') {
        true => Err(Error::invalid_args("the document contains a NUL character; leave it out")),
        false => Ok(()),
    };
    match value {
        Value::String(it) => text(it),
        Value::Array(items) => items.iter().try_for_each(|item| nesting(item, deeper)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            if name == SEALED_MARK {
                let message = format!("a field cannot be named `{SEALED_MARK}`: so encrypted values are marked");
                return Err(Error::invalid_args(message));
            }
            text(name).and_then(|()| nesting(value, deeper))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Counts what is written and keeps nothing of it.
struct Room(usize);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Checks what records are looked up by. Text, whole numbers, true, false and null can be indexed everywhere and mean the
/// same everywhere; fractions, lists and objects do not.
///
/// # Errors
/// `InvalidArgs`: a field's name contains a NUL, or its value is none of these or is larger than a key; or there are more
/// than [`FILTER`].
pub fn filter(filter: &BTreeMap<String, Value>) -> Result<()> {
    if filter.len() > FILTER {
        let len = filter.len();
        return Err(Error::invalid_args(format!("records are looked up by {len} fields; at most {FILTER} are possible")));
    }
    filter.iter().try_for_each(|(field, value)| {
        let fits = match value {
            Value::Null | Value::Bool(_) => true,
            Value::Number(number) => number.is_i64() || number.is_u64(),
            Value::String(text) => text.len() <= KEY_BYTES && !text.contains('\0'),
            Value::Array(_) | Value::Object(_) => false,
        };
        if fits && field.len() <= KEY_BYTES && !field.contains('\0') {
            return Ok(());
        }
        Err(Error::invalid_args(format!(
            "records can be looked up by text of at most {KEY_BYTES} bytes, whole numbers, true, false and null; the field {field:.80?} asks for something else"
        )))
    })
}

/// Checks the fields that an index is kept of.
///
/// # Errors
/// `InvalidArgs`: they are more than [`INDEXED`], or one has a name that no engine can look up.
pub fn indexed(fields: &[String]) -> Result<()> {
    if fields.len() > INDEXED {
        let len = fields.len();
        return Err(Error::invalid_args(format!("{len} fields are indexed; at most {INDEXED} are possible")));
    }
    fields.iter().try_for_each(|it| name("the name of an indexed field", it, KEY_BYTES))
}

/// Brings the number of records on a page into 1 to [`PAGE`].
#[must_use]
pub fn page(limit: u32) -> usize {
    limit.clamp(1, PAGE) as usize
}

/// Checks how long something is to stay or to be held, in milliseconds.
///
/// # Errors
/// `InvalidArgs`: no time at all. Engines disagree on what that would mean.
pub fn ttl(ttl_ms: u64) -> Result<()> {
    if ttl_ms == 0 {
        return Err(Error::invalid_args("a time of 0 ms is no time; give at least 1"));
    }
    Ok(())
}

/// Checks how an ephemeral key is set.
///
/// # Errors
/// `InvalidArgs`: its name, its value, its time, or the name of the lease.
pub fn set(name: &str, set: &SetKey) -> Result<()> {
    key(name)?;
    ttl(set.ttl_ms)?;
    document(&set.value)?;
    set.under.as_ref().map_or(Ok(()), |held| key(&held.name))
}

/// When something ends that begins `now` (milliseconds since 1970) and stays for `ttl_ms`; the end of time if that is later.
#[must_use]
pub fn ends_at(now: i64, ttl_ms: u64) -> i64 {
    now.saturating_add_unsigned(ttl_ms)
}

/// Checks a job before it is added.
///
/// # Errors
/// `InvalidArgs`: names or arguments are too large, or no attempt is allowed.
pub fn job(job: &NewJob) -> Result<()> {
    name("the element's name", &job.element, KEY_BYTES)?;
    name("the method's name", &job.method, KEY_BYTES)?;
    document(&job.args)?;
    if job.max_attempts == 0 {
        return Err(Error::invalid_args("a job with 0 attempts would never run; give at least 1"));
    }
    Ok(())
}
