//! A parsed search domain as Python objects.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyList, PyNone, PyString};

use crate::primitives::validate::domain::{Domain, Scalar, Token, Value};

/// A list of operators and tuples, as Odoo writes domains.
pub(super) fn list<'py>(py: Python<'py>, domain: &Domain) -> PyResult<Bound<'py, PyList>> {
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
