//! The Python module: a list of what it exports, and nothing else.

mod error;

#[pyo3::pymodule]
mod _native {
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
