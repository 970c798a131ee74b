//! Does a Type keep its Meta's promises? Runs in the compiler; what it says is the compiler's error.
use crate::{
    def::{MetaDef, MethodDef, MethodKind},
    nearest::{distance, tolerance},
};

/// Checks names, kinds and access. `None`: the contract is kept. Results are compared by the type system instead,
/// see `meta` in `element-macros`.
#[must_use]
pub const fn broken(full_name: &str, meta: &MetaDef, methods: &[MethodDef]) -> Option<Complaint> {
    let mut complaint = Complaint::new();
    let mut p = 0;
    while p < meta.promises.len() {
        let promise = &meta.promises[p];
        let mut kept = false;
        let mut near = "";
        let mut m = 0;
        while m < methods.len() {
            let method = &methods[m];
            if same(method.name, promise.name) {
                kept = true;
                if let Some(access) = method.access
                    && access as u8 != promise.access as u8
                {
                    complaint = complaint.add("`").add(promise.name).add("`: who may call it is for the Meta `");
                    complaint = complaint.add(meta.full_name).add("` to say; take `#[access(…)]` away. ");
                }
                if !matches!(method.kind, MethodKind::Method) {
                    complaint = complaint.add("`").add(promise.name).add("` must be a plain method: `");
                    complaint = complaint.add(promise.write).add("`. ");
                }
            } else if distance(method.name, promise.name) <= tolerance(promise.name) {
                near = method.name;
            }
            m += 1;
        }
        if !kept {
            complaint = complaint.add("`").add(full_name).add("` does not keep its Meta `").add(meta.full_name);
            complaint = complaint.add("`: add `").add(promise.write).add("`");
            if !near.is_empty() {
                complaint = complaint.add(" (is it `").add(near).add("`?)");
            }
            complaint = complaint.add(". ");
        }
        p += 1;
    }
    if complaint.len == 0 { None } else { Some(complaint) }
}

/// Text that can be put together while compiling.
#[derive(Debug, Clone, Copy)]
pub struct Complaint {
    bytes: [u8; 2048],
    len: usize,
}

impl Complaint {
    const fn new() -> Self {
        Self { bytes: [0; 2048], len: 0 }
    }

    /// The text.
    #[must_use]
    pub const fn text(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(text) {
            Ok(text) => text.trim_ascii_end(),
            Err(_) => "the Type does not keep its Meta",
        }
    }

    /// What does not fit any more is left out whole.
    const fn add(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.len + text.len() <= self.bytes.len() {
            let mut i = 0;
            while i < text.len() {
                self.bytes[self.len] = text[i];
                self.len += 1;
                i += 1;
            }
        }
        self
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
