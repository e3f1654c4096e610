//! The Python module: a list of what it exports, and nothing else.

mod error;
mod hashing;
mod input;
mod passwords;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use super::hashing::HashingBudget;

    #[pymodule_export]
    use super::passwords::{
        hash_password, password_needs_rehash, password_scheme, unmatchable_password_hash, verify_password,
    };

    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
