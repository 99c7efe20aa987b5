//! Five programs that a user of the crate would write, each in small.
//!
//! They compile with the documented dependencies and assert on what they print. A program that becomes
//! longer or needs another dependency shows that the API became harder to use.

#![expect(clippy::unwrap_used, reason = "a poisoned lock has failed the test")]

mod cli;
mod inventory;
mod plans;
mod service;
mod transport;

/// The most lines that a program may have.
const MAX_LINES: usize = 80;

const PROGRAMS: [(&str, &str); 5] = [
    ("cli.rs", include_str!("cli.rs")),
    ("inventory.rs", include_str!("inventory.rs")),
    ("plans.rs", include_str!("plans.rs")),
    ("service.rs", include_str!("service.rs")),
    ("transport.rs", include_str!("transport.rs")),
];

#[test]
fn programs_are_short() {
    for (name, source) in PROGRAMS {
        let lines = source.lines().count();
        assert!(lines <= MAX_LINES, "{name} has {lines} lines: expected at most {MAX_LINES}");
    }
}

#[test]
fn programs_use_no_crate_of_a_signature() {
    for (name, source) in PROGRAMS {
        for krate in ["async_trait", "bytes", "futures_core", "http", "time", "url"] {
            let import = format!("use {krate}::");
            let found = source.lines().find(|line| line.trim_start().starts_with(&import));
            assert_eq!(found, None, "{name}: expected `aliyun_dbs::reexport::{krate}`");
        }
    }
}
