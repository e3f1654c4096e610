//! The head of a request, read once.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use super::pairs;
use crate::primitives::web::{Facts, Header};

/// The headers of a request, and the facts about it.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(in crate::bindings) struct RequestHead {
    headers: Vec<(Py<PyBytes>, Py<PyBytes>)>,
    facts: Facts,
    size: usize,
}

#[pymethods]
impl RequestHead {
    #[new]
    fn new(
        is_websocket: bool,
        method: &Bound<'_, PyString>,
        query: &[u8],
        headers: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let pairs = pairs(headers)?;
        let read: Vec<Header<'_>> = pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let facts = Facts::of(is_websocket, &method.to_string_lossy(), query, &read);
        let size = read.iter().map(|(name, value)| name.len().saturating_add(value.len())).sum();
        let headers = pairs.into_iter().map(|(name, value)| (name.unbind(), value.unbind())).collect();
        Ok(Self { headers, facts, size })
    }

    /// The facts, as bits.
    #[getter]
    const fn facts(&self) -> u32 {
        self.facts.0
    }

    /// The bytes of all names and values.
    #[getter]
    const fn size(&self) -> usize {
        self.size
    }

    /// How many headers there are.
    const fn __len__(&self) -> usize {
        self.headers.len()
    }

    /// The value of a header that is there once, by its name in lower case; `None` when it is not there, or is twice.
    fn value<'py>(&self, py: Python<'py>, name: &[u8]) -> Option<Bound<'py, PyBytes>> {
        let mut named = self.named(py, name);
        named.next().filter(|_| named.next().is_none()).map(|value| value.bind(py).clone())
    }

    /// All values of a header, by its name in lower case.
    fn values<'py>(&self, py: Python<'py>, name: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.named(py, name).collect::<Vec<_>>())
    }

    /// All values of a header as one list: with commas between them, and empty where there is none.
    fn joined<'py>(&self, py: Python<'py>, name: &[u8]) -> Bound<'py, PyBytes> {
        let values: Vec<_> = self.named(py, name).map(|value| value.bind(py)).collect();
        match values.as_slice() {
            [only] => (*only).clone(),
            several => PyBytes::new(py, &several.iter().map(|value| value.as_bytes()).collect::<Vec<_>>().join(&b',')),
        }
    }
}

impl RequestHead {
    fn named<'a>(&'a self, py: Python<'a>, name: &'a [u8]) -> impl Iterator<Item = &'a Py<PyBytes>> {
        self.headers.iter().filter(move |(each, _)| each.as_bytes(py) == name).map(|(_, value)| value)
    }
}

/// The facts by which a method is known: those of all methods with one of their own, by name, and of any other as `""`.
#[pyfunction]
pub(in crate::bindings) fn method_facts() -> Vec<(&'static str, u32)> {
    let others = [("", Facts::OTHER_METHOD)];
    Facts::METHODS.iter().chain(&others).map(|(name, fact)| (*name, fact.0)).collect()
}
