//! Heads of requests and responses for Python. A header is a tuple or a list of two `bytes`, as ASGI has it.

mod minded;
mod request_head;
mod wsgi;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};

pub(super) use minded::{Minded, lowered, splits};
pub(super) use request_head::{RequestHead, method_facts};
pub(super) use wsgi::{wsgi_lowered, wsgi_request, wsgi_titled};

/// A name and a value.
pub(super) type Pair<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// Name and value of a header. What is no `bytes` is made so, as Python's `bytes(...)` does.
fn pair<'py>(header: &Bound<'py, PyAny>) -> PyResult<Pair<'py>> {
    Ok((part(header, 0)?, part(header, 1)?))
}

fn part<'py>(header: &Bound<'py, PyAny>, index: usize) -> PyResult<Bound<'py, PyBytes>> {
    let part = match header.cast_exact::<PyTuple>() {
        Ok(tuple) => tuple.get_item(index)?,
        Err(_) => header.get_item(index)?,
    };
    match part.cast_into_exact::<PyBytes>() {
        Ok(bytes) => Ok(bytes),
        Err(other) => Ok(header.py().get_type::<PyBytes>().call1((other.into_inner(),))?.cast_into()?),
    }
}

/// All of them.
fn pairs<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Vec<Pair<'py>>> {
    match headers.cast::<PyList>() {
        Ok(list) => list.iter().map(|header| pair(&header)).collect(),
        Err(_) => headers.try_iter()?.map(|header| pair(&header?)).collect(),
    }
}
