//! Where in this process code and data are: so that an address that a library gives is looked at before it is followed.

/// Parts of the address space, as the system tells them.
#[derive(Debug)]
pub(super) struct Mapped(Option<Vec<Part>>);

#[derive(Debug)]
struct Part {
    from: usize,
    to: usize,
    readable: bool,
    executable: bool,
}

impl Mapped {
    /// As it is now. Where the system does not tell, every address is believed.
    pub(super) fn now() -> Self {
        let text = if cfg!(target_os = "linux") { std::fs::read_to_string("/proc/self/maps").ok() } else { None };
        Self(text.map(|it| it.lines().filter_map(Part::read).collect()))
    }

    /// Whether something can be read there, to its end.
    pub(super) fn is_readable(&self, address: usize, bytes: usize) -> bool {
        let Some(parts) = &self.0 else { return address != 0 };
        let Some(end) = address.checked_add(bytes) else { return false };
        // What goes on in the next part goes on there.
        let mut at = address;
        for it in parts.iter().filter(|it| it.readable) {
            if it.from <= at && at < it.to {
                at = it.to;
            }
        }
        address != 0 && at >= end
    }

    /// Whether there is code.
    pub(super) fn is_code(&self, address: usize) -> bool {
        let Some(parts) = &self.0 else { return address != 0 };
        parts.iter().any(|it| it.executable && it.from <= address && address < it.to)
    }
}

impl Part {
    /// A line such as `7f12-7f34 r-xp …`.
    fn read(line: &str) -> Option<Self> {
        let (range, rest) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let number = |it| usize::from_str_radix(it, 16).ok();
        let rights = rest.as_bytes();
        Some(Self {
            from: number(from)?,
            to: number(to)?,
            readable: rights.first() == Some(&b'r'),
            executable: rights.get(2) == Some(&b'x'),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_data_and_nothing_are_told_apart() {
        static DATA: [u8; 4] = [1; 4];
        let mapped = Mapped::now();
        let (code, data) = (Mapped::now as fn() -> Mapped as usize, DATA.as_ptr().addr());
        assert!(mapped.is_code(code) && mapped.is_readable(data, 4));
        assert!(!mapped.is_code(0) && !mapped.is_readable(0, 1) && !mapped.is_readable(data, usize::MAX));
        if cfg!(target_os = "linux") {
            assert!(!mapped.is_code(data) && !mapped.is_code(0x1000) && !mapped.is_readable(0x1000, 8));
        }
    }
}
