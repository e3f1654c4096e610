//! A parser of search domains whose rules are looked at once.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::super::error::invalid;
use super::super::input::{limit, number, optional_text};
use super::super::json::bytes_of;
use super::to_python;
use crate::primitives::Error;
use crate::primitives::json;
use crate::primitives::validate::domain::{Domain, Kind, Limits, Rules};

/// Parses search domains by the same rules. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(in super::super) struct DomainParser {
    rules: Rules,
    json: json::Limits,
}

#[pymethods]
impl DomainParser {
    #[new]
    #[pyo3(signature = (*, fields = None, operators = None, max_depth = 16, max_leaves = 100, max_values = 10_000, max_path = 5, max_bytes = 65_536))]
    fn new(
        fields: Option<&Bound<'_, PyAny>>,
        operators: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = limit)] max_depth: usize,
        #[pyo3(from_py_with = limit)] max_leaves: usize,
        #[pyo3(from_py_with = limit)] max_values: usize,
        #[pyo3(from_py_with = limit)] max_path: usize,
        #[pyo3(from_py_with = limit)] max_bytes: usize,
    ) -> PyResult<Self> {
        let limits = Limits { depth: max_depth, leaves: max_leaves, values: max_values, path: max_path };
        let mut rules = with_fields(Rules::new(limits)?, fields)?;
        if let Some(names) = operators {
            rules = rules.with_operators(&texts(names, "operators are a list of texts")?)?;
        }
        // A level of a domain is at most two of JSON; a condition is at most 4 values and an operator or two.
        let items = max_leaves.saturating_mul(8).saturating_add(max_values).saturating_add(2);
        let depth = max_depth.saturating_mul(2).saturating_add(3).min(json::DEPTH_MAX);
        Ok(Self { rules, json: json::Limits { bytes: max_bytes, depth, items, keys: 0 } })
    }

    /// The domain in prefix notation. Raises `InvalidInput` and `InputTooLarge`.
    #[pyo3(signature = (source, /, *, field = None))]
    fn parse<'py>(
        &self,
        source: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = optional_text)] field: Option<&str>,
    ) -> PyResult<Bound<'py, PyList>> {
        let parsed = match bytes_of(source, self.json.bytes) {
            Some(bytes) => bytes
                .and_then(|bytes| json::parse(bytes, self.json))
                .and_then(|node| Domain::parse(&&node, &self.rules)),
            None => Domain::parse(source, &self.rules),
        };
        to_python::list(source.py(), &parsed.map_err(|error| invalid(source.py(), error, field))?)
    }
}

/// Rules with an allow-list: paths, or paths with the types of their fields.
pub(super) fn with_fields(rules: Rules, fields: Option<&Bound<'_, PyAny>>) -> PyResult<Rules> {
    const WANTED: &str = "fields must be a set of texts, or a dict of texts and types of Odoo that can be searched";
    let Some(fields) = fields else { return Ok(rules) };
    let typed = match fields.cast::<PyDict>() {
        Ok(dict) => dict
            .iter()
            .map(|(path, kind)| Ok((number(&path, WANTED)?, kind_of(&kind).ok_or(Error::Parameter(WANTED))?)))
            .collect::<PyResult<HashMap<String, Kind>>>()?,
        Err(_) => texts(fields, WANTED)?.into_iter().map(|path| (path, Kind::Any)).collect(),
    };
    Ok(rules.with_fields(typed))
}

fn kind_of(kind: &Bound<'_, PyAny>) -> Option<Kind> {
    Kind::named(kind.extract().ok()?)
}

fn texts(value: &Bound<'_, PyAny>, wanted: &'static str) -> PyResult<Vec<String>> {
    if value.is_instance_of::<pyo3::types::PyString>() {
        return Err(Error::Parameter(wanted).into());
    }
    let items = value.try_iter().map_err(|_| Error::Parameter(wanted))?;
    items.map(|item| Ok(number(&item?, wanted)?)).collect()
}
