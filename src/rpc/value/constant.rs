//! Checked constants: what is out of range does not pass `cargo check`.

/// Evaluates a checked constructor as a constant item, or stops the compiler with its range.
///
/// A constant item is evaluated by `cargo check`, wherever it stands. An inline `const` block or
/// an assertion on a const generic is evaluated only when code is generated.
#[doc(hidden)]
#[macro_export]
macro_rules! __constant {
    ($type:ty, $checked:expr) => {{
        const CONSTANT: $type = $checked.expect(<$type>::RANGE);
        CONSTANT
    }};
}
