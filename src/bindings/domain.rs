//! Python's door to search domains: lists and tuples in, a list of operators and tuples out.

use std::collections::HashSet;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyNone, PyString, PyTuple};

use super::error::invalid;
use crate::primitives::validate::codes;
use crate::primitives::validate::domain::{Domain, Limits, Scalar, Source, TEXT_MAX, Token, Value, View};
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
#[pyfunction]
#[pyo3(signature = (value, *, max_depth = 16, max_leaves = 100, max_values = 10_000, max_path = 5, fields = None, field = None))]
pub(super) fn validate_domain<'py>(
    value: &Bound<'py, PyAny>,
    max_depth: usize,
    max_leaves: usize,
    max_values: usize,
    max_path: usize,
    fields: Option<HashSet<String>>,
    field: Option<&str>,
) -> PyResult<Bound<'py, PyList>> {
    if max_depth > 64 || max_leaves > 10_000 || max_values > 1_000_000 || max_path > 16 {
        return Err(Error::Parameter("at most: max_depth 64, max_leaves 10000, max_values 1000000, max_path 16").into());
    }
    let limits = Limits { depth: max_depth, leaves: max_leaves, values: max_values, path: max_path };
    let domain = Domain::parse(value, limits, fields.as_ref()).map_err(|error| invalid(value.py(), error, field))?;
    list(value.py(), &domain)
}

fn list<'py>(py: Python<'py>, domain: &Domain) -> PyResult<Bound<'py, PyList>> {
    let tokens = domain.tokens().iter().map(|token| match token {
        Token::Operator(operator) => Ok(PyString::intern(py, (*operator).into()).into_any()),
        Token::Constant(truth) => (i64::from(*truth), "=", 1).into_pyobject(py).map(Bound::into_any),
        Token::Condition(path, operator, Value::One(one)) => triple(path, operator, scalar(py, one)?),
        Token::Condition(path, operator, Value::Domain(domain)) => triple(path, operator, list(py, domain)?.into_any()),
        Token::Condition(path, operator, Value::List(many)) => {
            let many = many.iter().map(|one| scalar(py, one)).collect::<PyResult<Vec<_>>>()?;
            triple(path, operator, PyList::new(py, many)?.into_any())
        }
    });
    PyList::new(py, tokens.collect::<PyResult<Vec<_>>>()?)
}

fn triple<'py>(path: &str, operator: &str, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok((path, operator, &value).into_pyobject(value.py())?.into_any())
}

fn scalar<'py>(py: Python<'py>, value: &Scalar) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Scalar::Null => PyNone::get(py).to_owned().into_any(),
        Scalar::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Scalar::Int(value) => value.into_pyobject(py)?.into_any(),
        Scalar::Float(value) => PyFloat::new(py, *value).into_any(),
        Scalar::Text(text) => PyString::new(py, text).into_any(),
    })
}
