//! Every error message of the crate, printed into `docs/errors.md` to be read by eye.
//!
//! Each module provokes the errors of one part of the crate through its public API. Messages of
//! the source that are missing then are printed as they stand there.

mod calls;
mod configuration;
mod credentials;
mod downloads;
mod journals;
mod literals;
mod plans;
mod values;
mod workflows;

use std::fmt::{Display, Write};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");

const INTRODUCTION: &str = "\
# Error messages

Every error of the crate is one line that says what failed, why, and what to do:
\"operation failed: why (code, HTTP status, request id, attempts); hint\". This page shows one message
per cause. `tests/it/messages/` provokes them; `UPDATE_DOCS=1 cargo test --test it messages` rewrites
the page.
";

/// Messages by section, in the order of the page.
#[derive(Default)]
struct Catalog {
    page: String,
}

impl Catalog {
    fn section(&mut self, title: &str, about: &str) {
        write!(self.page, "\n## {title}\n\n{about}\n\n| cause | message |\n| --- | --- |\n")
            .unwrap();
    }

    fn add(&mut self, cause: impl Display, message: impl Display) {
        let cell = |text: String| text.replace('|', "\\|");
        let (cause, message) = (cell(cause.to_string()), cell(message.to_string()));
        assert!(
            !message.contains('\n'),
            "the message of {cause} has more than one line: {message}"
        );
        writeln!(self.page, "| {cause} | {message} |").unwrap();
    }
}

async fn page() -> String {
    let mut catalog = Catalog { page: INTRODUCTION.to_owned() };
    values::print(&mut catalog);
    configuration::print(&mut catalog);
    credentials::print(&mut catalog).await;
    calls::print(&mut catalog).await;
    workflows::print(&mut catalog).await;
    downloads::print(&mut catalog).await;
    journals::print(&mut catalog).await;
    plans::print(&mut catalog);
    let rest = literals::missing(&catalog.page);
    catalog.page.push_str(
        "\n## Other messages\n\nThe messages and parts of messages in the source that no example \
         above shows, with their arguments\nin braces.\n\n| source | message |\n| --- | --- |\n",
    );
    for (file, message) in rest {
        catalog.add(format!("`{file}`"), message);
    }
    catalog.page
}

#[tokio::test(start_paused = true)]
async fn errors_page_is_current() {
    let page = page().await;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    for (now, before) in page.lines().zip(written.lines()) {
        assert_eq!(
            now, before,
            "docs/errors.md is stale: UPDATE_DOCS=1 cargo test --test it messages"
        );
    }
    assert_eq!(page.lines().count(), written.lines().count(), "docs/errors.md is stale");
}
