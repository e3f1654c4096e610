//! Python's objects as a source of search domains.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::primitives::Result;
use crate::primitives::validate::codes;
use crate::primitives::validate::domain::{Source, TEXT_MAX, View};

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
