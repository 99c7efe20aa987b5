//! Never built; `Cargo.toml` explains the package.
