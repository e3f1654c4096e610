//! Copies of what came as arguments, which nobody else holds: what is checked is what is sent.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use super::input::limit;
use crate::primitives::sanitize::budget::Budget;
use crate::primitives::validate::codes;

/// Copies nested dicts and lists of texts, numbers, booleans and None; a tuple becomes a list, and nothing else is taken.
/// Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(super) struct PlainCopier {
    budget: Budget,
}

#[pymethods]
impl PlainCopier {
    #[new]
    #[pyo3(signature = (*, max_depth, max_items, max_text_bytes))]
    fn new(
        #[pyo3(from_py_with = limit)] max_depth: usize,
        #[pyo3(from_py_with = limit)] max_items: usize,
        #[pyo3(from_py_with = limit)] max_text_bytes: usize,
    ) -> PyResult<Self> {
        Ok(Self { budget: Budget::new(max_depth, max_items, max_text_bytes)? })
    }

    /// The copy. Raises `InvalidInput` and `InputTooLarge`.
    #[pyo3(signature = (value, /))]
    fn copy<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        copied(value, &mut { self.budget })
    }
}

fn copied<'py>(value: &Bound<'py, PyAny>, budget: &mut Budget) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        // Never more characters than bytes: a text that is too long is not even converted.
        let characters = text.len()?;
        budget.take_text(characters)?;
        let utf8 = text.to_str().map_err(|_| codes::ENCODING)?;
        budget.take_text(utf8.len().saturating_sub(characters))?;
        if memchr::memchr(0, utf8.as_bytes()).is_some() {
            // PostgreSQL has no such text.
            return Err(codes::CONTROL.into());
        }
        Ok(value.clone())
    } else if value.is_none() || value.is_exact_instance_of::<PyBool>() {
        Ok(value.clone())
    } else if value.is_exact_instance_of::<PyInt>() {
        value.extract::<i64>().map_err(|_| codes::OUT_OF_RANGE)?;
        Ok(value.clone())
    } else if let Ok(number) = value.cast_exact::<PyFloat>() {
        if number.value().is_finite() { Ok(value.clone()) } else { Err(codes::OUT_OF_RANGE.into()) }
    } else if let Ok(dict) = value.cast_exact::<PyDict>() {
        entries(dict, budget)
    } else if let Ok(list) = value.cast_exact::<PyList>() {
        items(&list.to_tuple(), budget)
    } else if let Ok(tuple) = value.cast_exact::<PyTuple>() {
        items(tuple, budget)
    } else {
        Err(codes::NOT_JSON.into())
    }
}

fn items<'py>(items: &Bound<'py, PyTuple>, budget: &mut Budget) -> PyResult<Bound<'py, PyAny>> {
    budget.enter(items.len())?;
    let new = items.iter().map(|item| copied(&item, budget)).collect::<PyResult<Vec<_>>>()?;
    budget.leave();
    Ok(PyList::new(items.py(), new)?.into_any())
}

fn entries<'py>(dict: &Bound<'py, PyDict>, budget: &mut Budget) -> PyResult<Bound<'py, PyAny>> {
    budget.enter(dict.len())?;
    let new = dict.copy()?;
    let mut changes = Vec::new();
    // Of the copy: nobody else can change it meanwhile.
    for (name, value) in &new {
        if !name.is_exact_instance_of::<PyString>() {
            return Err(codes::NOT_JSON.into());
        }
        copied(&name, budget)?;
        let copy = copied(&value, budget)?;
        if !copy.is(&value) {
            changes.push((name, copy));
        }
    }
    for (name, copy) in changes {
        new.set_item(name, copy)?;
    }
    budget.leave();
    Ok(new.into_any())
}
