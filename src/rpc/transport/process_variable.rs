//! `process_variable`: reads an environment variable of the process.

/// Returns a variable of the process.
///
/// A value that is not UTF-8 gets replacement characters, so that it is invalid instead of unset.
pub(crate) fn process_variable(name: &str) -> Option<String> {
    Some(std::env::var_os(name)?.to_string_lossy().into_owned())
}
