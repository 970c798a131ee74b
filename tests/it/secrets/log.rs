//! Everything that this process logs, at the finest level.
use std::{
    io,
    sync::{Mutex, OnceLock, PoisonError},
};
use tracing_subscriber::EnvFilter;

/// What was logged since [`listen`] was first called, by all tests of this process.
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts to write everything down.
pub(super) fn listen() {
    static LISTENING: OnceLock<()> = OnceLock::new();
    LISTENING.get_or_init(|| {
        let filter = EnvFilter::new("element=trace,element_engine=trace,element_host=trace,auths=trace,wecom=trace");
        let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Lines);
        lines.try_init().unwrap();
    });
}

pub(super) fn log() -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
