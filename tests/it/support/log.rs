//! Collects the output of `tracing`.
//!
//! A test that reads it runs in its own process ([`is_alone`](super::process::is_alone)): if a
//! thread without a subscriber reaches a span or event first, `tracing` may disable it for all
//! threads.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects everything that this process logs from now on, at all levels.
    pub(crate) fn of_the_process() -> Self {
        Self::collect(FmtSpan::NONE)
    }

    /// Also collects when spans begin and end, with their fields.
    pub(crate) fn with_spans() -> Self {
        Self::collect(FmtSpan::FULL)
    }

    fn collect(spans: FmtSpan) -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(spans)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
