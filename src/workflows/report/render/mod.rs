//! Renderers of a report: a terminal table, SVG, HTML, and text for Prometheus.

/// Writes to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($arguments:tt)+) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($arguments)+);
    }};
}

mod alerts;
mod cells;
mod escape;
mod html;
mod html_row;
mod prometheus;
mod style;
mod svg;
mod table;
mod timeline;
mod words;

pub use self::alerts::{AlertOptions, alert_rules};
pub use self::table::ReportTable;
