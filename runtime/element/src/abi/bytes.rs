//! Bytes on their way across.
#![allow(unsafe_code, reason = "they are what somebody else says they are")]
use std::{fmt, mem::ManuallyDrop, ptr, slice};

/// Bytes that somebody else keeps, for as long as the function says that lends them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Lent {
    ptr: *const u8,
    len: usize,
}

impl Lent {
    /// Lends these.
    #[must_use]
    pub const fn new(it: &[u8]) -> Self {
        Self { ptr: it.as_ptr(), len: it.len() }
    }

    /// The bytes.
    ///
    /// # Safety
    /// Whoever lends them says how long they stay, and that is at least `'a`.
    #[must_use]
    pub const unsafe fn get<'a>(self) -> &'a [u8] {
        if self.ptr.is_null() {
            return &[];
        }
        // SAFETY: whoever lends bytes says the truth about where they are and how many.
        unsafe { slice::from_raw_parts(self.ptr, self.len) }
    }

    /// Where they begin, and how many they are.
    #[must_use]
    pub fn place(self) -> (usize, usize) {
        (self.ptr.addr(), self.len)
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lent({} bytes)", self.len)
    }
}

/// Bytes given away, freed by whoever made them.
#[repr(C)]
pub struct Given {
    ptr: *mut u8,
    len: usize,
    /// For whoever frees them.
    cap: usize,
    /// Null: there is nothing to free.
    free: Option<unsafe extern "C" fn(ptr: *mut u8, len: usize, cap: usize)>,
}

// SAFETY: nobody else has them, and `free` may be called on any thread.
unsafe impl Send for Given {}
// SAFETY: shared they are only read.
unsafe impl Sync for Given {}

unsafe extern "C" fn free_vec(ptr: *mut u8, len: usize, cap: usize) {
    // SAFETY: these are the parts of a vector that was made here and given away once.
    drop(unsafe { Vec::from_raw_parts(ptr, len, cap) });
}

impl Given {
    /// Nothing.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { ptr: ptr::null_mut(), len: 0, cap: 0, free: None }
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        // SAFETY: they are ours until they are dropped.
        unsafe { Lent { ptr: self.ptr, len: self.len }.get() }
    }
}

impl From<Vec<u8>> for Given {
    fn from(it: Vec<u8>) -> Self {
        if it.capacity() == 0 {
            return Self::nothing();
        }
        let mut it = ManuallyDrop::new(it);
        Self { ptr: it.as_mut_ptr(), len: it.len(), cap: it.capacity(), free: Some(free_vec) }
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: whoever made them gave them away, and said how to free them, once.
            unsafe { free(self.ptr, self.len, self.cap) }
        }
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given({} bytes)", self.len)
    }
}
