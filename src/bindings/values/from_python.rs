//! Python values to typed plaintexts.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDate, PyDateTime, PyFloat, PyInt, PyString};

use super::{decimal, invalid, signed};
use crate::primitives::Error;
use crate::primitives::fields::{MAX_INT_BYTES, Value, shortest_int};

/// A Python value in a form that Rust can borrow from while the GIL is released: a str, bytes, float, bool or None.
pub(crate) struct Carried<'py> {
    kind: Kind,
    object: Bound<'py, PyAny>,
}

#[derive(Clone, Copy)]
enum Kind {
    Null,
    Bool,
    Int,
    Float,
    Text,
    Bytes,
    Date,
    DateTime,
    Decimal,
}

impl<'py> Carried<'py> {
    /// Takes a value of a known type or of a subclass of one; it comes back as the known type.
    pub(crate) fn new(value: &Bound<'py, PyAny>) -> PyResult<Self> {
        // The exact type is one comparison, a subclass takes a call.
        let (kind, object) = if value.is_exact_instance_of::<PyString>() || value.is_instance_of::<PyString>() {
            (Kind::Text, value.clone())
        } else if value.is_none() {
            (Kind::Null, value.clone())
        } else if value.is_instance_of::<PyBool>() {
            (Kind::Bool, value.clone())
        } else if let Ok(int) = value.cast::<PyInt>() {
            (Kind::Int, int_bytes(int)?.into_any())
        } else if value.is_instance_of::<PyFloat>() {
            (Kind::Float, value.clone())
        } else if value.is_instance_of::<PyBytes>() {
            (Kind::Bytes, value.clone())
        } else if value.is_instance_of::<PyDateTime>() {
            (Kind::DateTime, value.py().get_type::<PyDateTime>().call_method1("isoformat", (value,))?)
        } else if value.is_instance_of::<PyDate>() {
            (Kind::Date, value.py().get_type::<PyDate>().call_method1("isoformat", (value,))?)
        } else if value.is_instance(decimal(value.py())?)? {
            (Kind::Decimal, decimal(value.py())?.call_method1("__str__", (value,))?)
        } else {
            return Err(invalid(value.py(), "unsupported_type"));
        };
        Ok(Self { kind, object })
    }

    /// The value, borrowed.
    pub(crate) fn value(&self) -> PyResult<Value<'_>> {
        Ok(match self.kind {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(self.object.is_truthy()?),
            Kind::Float => Value::Float(self.object.extract()?),
            Kind::Int => Value::Int(self.object.cast::<PyBytes>()?.as_bytes()),
            Kind::Bytes => Value::Bytes(self.object.cast::<PyBytes>()?.as_bytes()),
            Kind::Text => Value::Text(self.text()?),
            Kind::Date => Value::Date(self.text()?),
            Kind::DateTime => Value::DateTime(self.text()?),
            Kind::Decimal => Value::Decimal(self.text()?),
        })
    }

    fn text(&self) -> PyResult<&str> {
        let text = self.object.cast_exact::<PyString>().or_else(|_| self.object.cast())?;
        text.to_str().map_err(|_| invalid(self.object.py(), "surrogates"))
    }
}

/// Two's complement, big endian, as short as it can be.
fn int_bytes<'py>(int: &Bound<'py, PyInt>) -> PyResult<Bound<'py, PyBytes>> {
    let py = int.py();
    if let Ok(small) = int.extract::<i64>() {
        return Ok(PyBytes::new(py, shortest_int(&small.to_be_bytes())));
    }
    let class = py.get_type::<PyInt>();
    let bits: usize = class.call_method1("bit_length", (int,))?.extract()?;
    let size = (bits / 8).saturating_add(1);
    if size > MAX_INT_BYTES.saturating_add(1) {
        return Err(Error::TooLarge("the value is too large: 4096 bytes for an int").into());
    }
    let bytes = class.call_method("to_bytes", (int, size, "big"), Some(&signed(py)?))?;
    Ok(PyBytes::new(py, shortest_int(bytes.cast::<PyBytes>()?.as_bytes())))
}
