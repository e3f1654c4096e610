//! Python's door to search domains: lists and tuples in, a list of operators and tuples out.

mod to_python;

use std::collections::HashSet;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString, PyTuple};

use super::error::invalid;
use super::input::{limit, number, optional_text};
use crate::primitives::validate::codes;
use crate::primitives::validate::domain::{Domain, Limits, Source, TEXT_MAX, View};
use crate::primitives::{Error, Result};

impl Source for Bound<'_, PyAny> {
    fn view(&self) -> Result<View<'_>> {
        if let Ok(text) = self.cast::<PyString>() {
            let short = text.len().is_ok_and(|length| length <= TEXT_MAX);
            return if short {
                text.to_str().map(View::Text).map_err(|_| codes::ENCODING)
            } else {
                Err(codes::TOO_LONG)
            };
        }
        if let Ok(list) = self.cast::<PyList>() {
            Ok(View::Sequence(list.len()))
        } else if let Ok(tuple) = self.cast::<PyTuple>() {
            Ok(View::Sequence(tuple.len()))
        } else if let Ok(value) = self.cast::<PyBool>() {
            Ok(View::Bool(value.is_true()))
        } else if self.is_instance_of::<PyInt>() {
            self.extract().map(View::Int).map_err(|_| codes::DOMAIN_VALUE)
        } else if let Ok(value) = self.cast::<PyFloat>() {
            Ok(View::Float(value.value()))
        } else if self.is_none() {
            Ok(View::Null)
        } else {
            Err(codes::DOMAIN_VALUE)
        }
    }

    fn item(&self, index: usize) -> Result<Self> {
        let item = match self.cast::<PyList>() {
            Ok(list) => list.get_item(index),
            Err(_) => self.cast::<PyTuple>().map_err(|_| codes::DOMAIN_ITEM)?.get_item(index),
        };
        item.map_err(|_| codes::DOMAIN_ITEM)
    }
}

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
    #[pyo3(from_py_with = optional_fields)] fields: Option<HashSet<String>>,
    #[pyo3(from_py_with = optional_text)] field: Option<&str>,
) -> PyResult<Bound<'py, PyList>> {
    if max_depth > 64 || max_leaves > 10_000 || max_values > 1_000_000 || max_path > 16 {
        return Err(Error::Parameter("at most: max_depth 64, max_leaves 10000, max_values 1000000, max_path 16").into());
    }
    let limits = Limits { depth: max_depth, leaves: max_leaves, values: max_values, path: max_path };
    let domain = Domain::parse(value, limits, fields.as_ref()).map_err(|error| invalid(value.py(), error, field))?;
    to_python::list(value.py(), &domain)
}

fn optional_fields(value: &Bound<'_, PyAny>) -> PyResult<Option<HashSet<String>>> {
    Ok(number(value, "fields must be a set of texts")?)
}
