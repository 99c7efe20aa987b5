//! Checked constants: a value out of range fails `cargo check`.

/// Evaluates a checked constructor at compile time, or fails to compile with the expected range.
///
/// `cargo check` evaluates every constant item. It does not evaluate inline `const` blocks and
/// assertions on const generics, which are evaluated only when code is generated.
#[doc(hidden)]
#[macro_export]
macro_rules! __constant {
    ($type:ty, $checked:expr) => {{
        const CONSTANT: $type = $checked.expect(<$type>::RANGE);
        CONSTANT
    }};
}
