//! Python values on their way into a line. Only the plain types get in; of any other the name of its type does.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::primitives::audit::{Line, names_secret};

const MAX_DEPTH: usize = 4;
const MAX_FIELDS: usize = 32;
pub(super) const MAX_ITEMS: usize = 100;

/// Writes the fields of a line that are not `None`.
pub(super) fn write(line: &mut Line, fields: &Bound<'_, PyDict>) {
    members(line, fields.iter().filter(|(_, value)| !value.is_none()), 0);
}

/// The members of a dict, without its brackets.
pub(super) fn members<'py>(
    line: &mut Line,
    fields: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    depth: usize,
) {
    // Collected first: the name of a type may come from Python code, which must not change a dict that is gone through.
    for (name, value) in fields.take(MAX_FIELDS).collect::<Vec<_>>() {
        if depth > 0 && line.is_full() {
            break;
        }
        let name = name.cast_exact::<PyString>().ok().and_then(|name| name.to_str().ok()).unwrap_or("?");
        line.separate();
        line.text(name);
        line.raw(":");
        if depth > 0 && names_secret(name) && may_hold_secret(&value) {
            line.raw("\"[hidden]\"");
        } else {
            self::value(line, &value, depth);
        }
    }
}

/// Whether a value of this type could be a secret. Of types that are not plain the name alone is written anyway.
fn may_hold_secret(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyFloat>()
        || (value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>())
        || value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PyDict>()
}

fn items<'py>(line: &mut Line, items: impl Iterator<Item = Bound<'py, PyAny>>, depth: usize) {
    line.raw("[");
    for item in items.take(MAX_ITEMS) {
        line.separate();
        value(line, &item, depth);
    }
    line.raw("]");
}

/// A value that stands so deep in its line.
pub(super) fn value(line: &mut Line, value: &Bound<'_, PyAny>, depth: usize) {
    let inner = depth.saturating_add(1);
    if line.is_full() || inner > MAX_DEPTH {
        line.raw("\"[cut]\"");
    } else if value.is_none() {
        line.raw("null");
    } else if let Ok(text) = value.cast_exact::<PyString>() {
        line.text(&text.to_string_lossy());
    } else if let Ok(flag) = value.cast_exact::<PyBool>() {
        line.raw(if flag.is_true() { "true" } else { "false" });
    } else if let Ok(number) = value.cast_exact::<PyInt>() {
        match number.extract() {
            Ok(number) => line.integer(number),
            Err(_) => line.raw("\"[large number]\""),
        }
    } else if let Ok(number) = value.cast_exact::<PyFloat>() {
        line.float(number.value());
    } else if let Ok(list) = value.cast_exact::<PyList>() {
        items(line, list.iter(), inner);
    } else if let Ok(tuple) = value.cast_exact::<PyTuple>() {
        items(line, tuple.iter(), inner);
    } else if let Ok(fields) = value.cast_exact::<PyDict>() {
        line.raw("{");
        members(line, fields.iter(), inner);
        line.raw("}");
    } else {
        let name = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        line.text(&format!("[hidden: {name}]"));
    }
}
