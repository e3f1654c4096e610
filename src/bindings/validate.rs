//! Python's door to the validators: text in, its normal form out, the same object where nothing changed.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::error::invalid;
use super::input::{limit, number, optional_text};
use super::strings::as_text;
use crate::primitives::validate::{codes, email, host, name, odoo, phone, scripts, url, vat};
use crate::primitives::{Error, Result};

/// No validator takes more characters; longer text is not even converted.
const TEXT_MAX: usize = 8192;

/// What one validator makes of a value; nothing when that is its normal form already.
pub(super) fn renewed<'py>(
    value: &Bound<'py, PyAny>,
    parse: impl for<'a> FnOnce(&'a str) -> Result<Cow<'a, str>>,
) -> Result<Option<Bound<'py, PyAny>>> {
    let string = as_text(value)?;
    if string.len().map_or(true, |characters| characters > TEXT_MAX) {
        return Err(codes::TOO_LONG);
    }
    let text = string.to_str().map_err(|_| codes::ENCODING)?;
    match parse(text)? {
        Cow::Borrowed(same) if same.len() == text.len() && string.is_exact_instance_of::<PyString>() => Ok(None),
        new => Ok(Some(PyString::new(value.py(), &new).into_any())),
    }
}

/// Runs one validator; `field` goes into the error.
fn checked<'py>(
    value: &Bound<'py, PyAny>,
    field: Option<&str>,
    parse: impl for<'a> FnOnce(&'a str) -> Result<Cow<'a, str>>,
) -> PyResult<Bound<'py, PyAny>> {
    let new = renewed(value, parse).map_err(|error| invalid(value.py(), error, field))?;
    Ok(new.unwrap_or_else(|| value.clone()))
}

/// Defines functions that take a value, keyword arguments of their own, and `field`.
macro_rules! validators {
    ($($(#[$doc:meta])* $name:ident($($(#[$how:meta])* $option:ident: $type:ty = $default:tt),*) => $parse:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (value, *, $($option = $default,)* field = None))]
        pub(super) fn $name<'py>(
            value: &Bound<'py, PyAny>, $($(#[$how])* $option: $type,)* #[pyo3(from_py_with = optional_text)] field: Option<&str>,
        ) -> PyResult<Bound<'py, PyAny>> {
            checked(value, field, $parse)
        }
    )*};
}

validators! {
    /// An e-mail address (RFC 5321, 5322, 6531), its domain in lower case and in ASCII.
    /// Raises `InvalidInput` and `InputTooLarge`.
    validate_email() => email::parse;
    /// A phone number as + and digits (ITU-T E.164). Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
    validate_phone(#[pyo3(from_py_with = optional_text)] country_code: Option<&str> = None) => |text| phone::parse(text, country_code);
    /// A web address (RFC 3986) with one of the schemes and a public host. Raises `InvalidInput` and `InputTooLarge`.
    validate_url(
        #[pyo3(from_py_with = optional_schemes)] schemes: Option<Vec<String>> = None,
        #[pyo3(from_py_with = switch)] refuse_lookalikes: bool = false
    ) => |text| {
        let url = match &schemes {
            Some(names) => url::parse(text, &names.iter().map(String::as_str).collect::<Vec<_>>()),
            None => url::parse(text, &url::WEB),
        }?;
        unmistakable(url::host_of(&url), refuse_lookalikes)?;
        Ok(url)
    };
    /// A public host name, in lower case and in ASCII. Raises `InvalidInput` and `InputTooLarge`.
    validate_host(#[pyo3(from_py_with = switch)] refuse_lookalikes: bool = false) => |text| {
        let host = host::parse(text)?;
        unmistakable(&host, refuse_lookalikes)?;
        Ok(host)
    };
    /// A VAT number in the format of its country. Raises `InvalidInput` and `InputTooLarge`.
    validate_vat(#[pyo3(from_py_with = optional_text)] country: Option<&str> = None) => |text| vat::parse(text, country);
    /// The name of a person or a company, in NFC, of at most `max_length` characters.
    /// Raises `InvalidInput` and `InputTooLarge`.
    validate_name(#[pyo3(from_py_with = limit)] max_length: usize = 128) => |text| bounded(max_length).and_then(|max| name::name(text, max));
    /// One line of text without hidden characters, in NFC, of at most `max_length` characters.
    /// Raises `InvalidInput` and `InputTooLarge`.
    validate_line(#[pyo3(from_py_with = limit)] max_length: usize = 256) => |text| bounded(max_length).and_then(|max| name::line(text, max));
    /// A login: no spaces, case kept. Raises `InvalidInput` and `InputTooLarge`.
    validate_login() => odoo::login;
    /// A language of Odoo such as `en_US`. Raises `InvalidInput` and `InputTooLarge`.
    validate_language() => odoo::language;
    /// A model of Odoo such as `res.partner`. Raises `InvalidInput` and `InputTooLarge`.
    validate_model_name() => odoo::model_name;
    /// A field of Odoo, or with `max_path` above 1 a path of at most so many fields.
    /// Raises `InvalidInput` and `InputTooLarge`.
    validate_field_name(#[pyo3(from_py_with = limit)] max_path: usize = 1) => |text| odoo::field_path(text, max_path);
    /// A public method of Odoo. Raises `InvalidInput` and `InputTooLarge`.
    validate_method_name() => odoo::method_name;
}

/// Whether a host can be mistaken for another one. Raises `InvalidInput` and `InputTooLarge` when it is no public host name.
#[pyfunction]
pub(super) fn host_looks_alike(host: &Bound<'_, PyAny>) -> PyResult<bool> {
    let text = super::input::text(host)?;
    Ok(host::parse(text).and_then(|normal| scripts::looks_alike(&normal))?)
}

fn unmistakable(host: &str, asked: bool) -> Result<()> {
    if asked && scripts::looks_alike(host)? { Err(codes::HOST_LOOKALIKE) } else { Ok(()) }
}

fn switch(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(number(value, "refuse_lookalikes is True or False")?)
}

fn bounded(max_length: usize) -> Result<usize> {
    let known = (1..=TEXT_MAX).contains(&max_length);
    if known { Ok(max_length) } else { Err(Error::Parameter("max_length must be from 1 to 8192 characters")) }
}

fn optional_schemes(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<String>>> {
    Ok(number(value, "schemes must be a list of texts")?)
}
