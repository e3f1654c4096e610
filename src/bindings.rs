//! The Python module: a list of what it exports, and nothing else.

mod empty;
mod error;
mod limits;

#[pyo3::pymodule]
mod _native {
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::empty::_empty;
    #[pymodule_export]
    use super::limits::{Decision, Limiter};
}
