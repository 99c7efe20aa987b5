//! Tests that invalid constants and requests fail `cargo check` with a helpful message.

#[path = "ui/valid.rs"]
mod valid;

#[test]
fn valid_constants_and_requests_compile() {
    valid::main();
}

/// All cases must fail: if one had to run, trybuild would build instead of check, and an error that
/// only code generation reports would pass as one of `cargo check`.
#[test]
fn invalid_constants_and_requests_fail_cargo_check() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/constant_*.rs");
    cases.compile_fail("ui/format_*.rs");
    cases.compile_fail("ui/missing_*.rs");
    cases.compile_fail("ui/objects_*.rs");
    cases.compile_fail("ui/page_size_*.rs");
    cases.compile_fail("ui/pages_of_*.rs");
    cases.compile_fail("ui/period_*.rs");
    cases.compile_fail("ui/port_*.rs");
    cases.compile_fail("ui/retention_days_*.rs");
    cases.compile_fail("ui/send_*.rs");
    cases.compile_fail("ui/start_time_*.rs");
    cases.compile_fail("ui/wait_for_*.rs");
    cases.compile_fail("ui/storage_lifecycle_*.rs");
}
