//! What is invalid does not pass `cargo check`, and the compiler says what would.

#[path = "../ui/valid.rs"]
mod valid;

#[test]
fn valid_constants_and_requests_compile() {
    valid::main();
}

/// With a case that has to run among them, trybuild would build instead of check, and an error
/// that appears only when code is generated would pass for one of the check.
#[test]
fn invalid_constants_and_requests_do_not_pass_cargo_check() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/constant_*.rs");
    cases.compile_fail("tests/ui/missing_*.rs");
    cases.compile_fail("tests/ui/page_size_*.rs");
    cases.compile_fail("tests/ui/period_*.rs");
    cases.compile_fail("tests/ui/port_*.rs");
    cases.compile_fail("tests/ui/retention_days_*.rs");
    cases.compile_fail("tests/ui/start_time_*.rs");
    cases.compile_fail("tests/ui/storage_lifecycle_*.rs");
}
