//! Python's door to search domains: JSON, or lists and tuples in, a list of operators and tuples out.

mod parser;
mod source;
mod to_python;

pub(super) use parser::DomainParser;

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::error::invalid;
use super::input::{limit, optional_text};
use crate::primitives::validate::domain::{Domain, Limits, Rules};

/// A search domain of Odoo 19 in prefix notation, with every `&` written out.
/// Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
#[pyfunction]
#[pyo3(signature = (value, *, max_depth = 16, max_leaves = 100, max_values = 10_000, max_path = 5, fields = None, field = None))]
pub(super) fn validate_domain<'py>(
    value: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = limit)] max_depth: usize,
    #[pyo3(from_py_with = limit)] max_leaves: usize,
    #[pyo3(from_py_with = limit)] max_values: usize,
    #[pyo3(from_py_with = limit)] max_path: usize,
    fields: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = optional_text)] field: Option<&str>,
) -> PyResult<Bound<'py, PyList>> {
    let limits = Limits { depth: max_depth, leaves: max_leaves, values: max_values, path: max_path };
    let rules = parser::with_fields(Rules::new(limits)?, fields)?;
    let domain = Domain::parse(value, &rules).map_err(|error| invalid(value.py(), error, field))?;
    to_python::list(value.py(), &domain)
}
