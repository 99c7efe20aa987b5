//! What is invalid does not compile, and the compiler says what would.

#[test]
fn invalid_requests_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/valid.rs");
    cases.compile_fail("tests/ui/period_*.rs");
    cases.compile_fail("tests/ui/missing_*.rs");
}
