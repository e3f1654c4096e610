//! The line of an event: what the log, the context and the caller know of it, in one call.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyInt, PyList, PyString, PyTuple};

use super::fields::{MAX_ITEMS, members, value};
use crate::primitives::audit::Line;

/// The line of an event.
///
/// `head` and `about` are members of a line: those of all events of a log, and those of all events of this name. `asker`
/// is the principal, `request` the id and the network of the request. Of `details`, `outcome`, `reason`, `account`,
/// `database`, `model` and `ids` have fields of their own; `principal` and `client_ip` the caller has seen to.
#[pyfunction]
#[pyo3(signature = (head, about, outcome, number, now, request, asker, details, /))]
#[expect(clippy::too_many_arguments, reason = "a dict of them would cost more than the line")]
pub(in crate::bindings) fn audit_event<'py>(
    py: Python<'py>,
    head: &str,
    about: &str,
    outcome: &str,
    number: &Bound<'py, PyInt>,
    now: f64,
    request: &Bound<'py, PyTuple>,
    asker: &Bound<'py, PyAny>,
    details: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyBytes>> {
    let mut line = Line::new();
    line.raw("{\"@timestamp\":");
    line.moment(now);
    for part in [head, about] {
        line.raw(",");
        line.raw(part);
    }
    match details.get_item(intern!(py, "outcome"))? {
        Some(outcome) => field(&mut line, "event.outcome", &outcome),
        None => own_text(&mut line, "event.outcome", outcome),
    }
    detail(&mut line, "event.reason", details, intern!(py, "reason"))?;
    field(&mut line, "http.request.id", &request.get_item(0)?);
    field(&mut line, "source.address", &request.get_item(1)?);
    who(&mut line, asker, details)?;
    detail(&mut line, "odoo.model", details, intern!(py, "model"))?;
    if let Some(ids) = details.get_item(intern!(py, "ids"))?.filter(|ids| !ids.is_none()) {
        self::ids(&mut line, &ids)?;
    }
    field(&mut line, "event.sequence", number);
    known(&mut line, details);
    line.raw("}");
    Ok(PyBytes::new(py, line.as_bytes()))
}

/// A principal who is known, the digest of the account, and the database: that of the event, else that of the principal.
fn who<'py>(line: &mut Line, asker: &Bound<'py, PyAny>, details: &Bound<'py, PyDict>) -> PyResult<()> {
    let py = asker.py();
    if !asker.is_none() {
        field(line, "user.id", &asker.getattr(intern!(py, "uid"))?);
        field(line, "user.name", &asker.getattr(intern!(py, "login"))?);
    }
    detail(line, "user.hash", details, intern!(py, "account"))?;
    match details.get_item(intern!(py, "database"))? {
        Some(database) => field(line, "odoo.database", &database),
        None if asker.is_none() => {}
        None => field(line, "odoo.database", &asker.getattr(intern!(py, "database"))?),
    }
    Ok(())
}

fn detail<'py>(
    line: &mut Line,
    field_name: &str,
    details: &Bound<'py, PyDict>,
    name: &Bound<'py, PyString>,
) -> PyResult<()> {
    if let Some(found) = details.get_item(name)? {
        field(line, field_name, &found);
    }
    Ok(())
}

/// A list of ids as far as it is written, and how many there were if that is not all.
fn ids(line: &mut Line, ids: &Bound<'_, PyAny>) -> PyResult<()> {
    let is_list = ids.is_exact_instance_of::<PyList>() || ids.is_exact_instance_of::<PyTuple>();
    if !is_list {
        own_name(line, "odoo.ids");
        line.raw("[");
        value(line, ids, 1);
        line.raw("]");
        return Ok(());
    }
    field(line, "odoo.ids", ids);
    let count = ids.len()?;
    if count > MAX_ITEMS {
        own_name(line, "odoo.ids_count");
        line.integer(i64::try_from(count).unwrap_or(i64::MAX));
    }
    Ok(())
}

/// What is particular to the event comes last: it is what a line that is full leaves out.
fn known(line: &mut Line, details: &Bound<'_, PyDict>) {
    let mut rest = details.iter().filter(|(name, _)| !has_field(name)).peekable();
    if rest.peek().is_some() {
        own_name(line, "details");
        line.raw("{");
        members(line, rest, 1);
        line.raw("}");
    }
}

fn has_field(name: &Bound<'_, PyAny>) -> bool {
    let name = name.cast_exact::<PyString>().ok().and_then(|name| name.to_str().ok()).unwrap_or_default();
    matches!(name, "principal" | "client_ip" | "outcome" | "reason" | "account" | "database" | "model" | "ids")
}

fn field(line: &mut Line, name: &str, value: &Bound<'_, PyAny>) {
    if !value.is_none() {
        own_name(line, name);
        self::value(line, value, 0);
    }
}

fn own_text(line: &mut Line, name: &str, text: &str) {
    own_name(line, name);
    line.text(text);
}

/// A name that we have given: nothing of it has to be escaped.
fn own_name(line: &mut Line, name: &str) {
    line.raw(",\"");
    line.raw(name);
    line.raw("\":");
}
