//! A call that does nothing: what crossing into this module costs. Benchmarks subtract it; nothing else uses it.

/// Does nothing with a text.
#[pyo3::pyfunction]
pub(super) fn _empty(text: &str) {
    let _ = text;
}
