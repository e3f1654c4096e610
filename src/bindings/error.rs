//! The only place where an error of the core becomes a Python exception.

use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};

use crate::primitives::Error;
use crate::primitives::validate::codes;

/// The exceptions live in Python, where people read them: `zenoo_security/errors.py`.
mod exceptions {
    pyo3::import_exception!(zenoo_security.errors, DecryptionError);
    pyo3::import_exception!(zenoo_security.errors, HashCostExceeded);
    pyo3::import_exception!(zenoo_security.errors, HashingBusy);
    pyo3::import_exception!(zenoo_security.errors, InputTooLarge);
    pyo3::import_exception!(zenoo_security.errors, InvalidFields);
    pyo3::import_exception!(zenoo_security.errors, InvalidInput);
    pyo3::import_exception!(zenoo_security.errors, KeyRingError);
    pyo3::import_exception!(zenoo_security.errors, MalformedHash);
    pyo3::import_exception!(zenoo_security.errors, ParameterError);
    pyo3::import_exception!(zenoo_security.errors, PasswordTooLong);
    pyo3::import_exception!(zenoo_security.errors, RandomnessError);
    pyo3::import_exception!(zenoo_security.errors, StoreIncompatible);
    pyo3::import_exception!(zenoo_security.errors, StoreUnavailable);
    pyo3::import_exception!(zenoo_security.errors, UnsupportedHash);
}

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Parameter(_) => exceptions::ParameterError::new_err(text),
            Error::Randomness => exceptions::RandomnessError::new_err(text),
            Error::PasswordTooLong => exceptions::PasswordTooLong::new_err(text),
            Error::HashMalformed => exceptions::MalformedHash::new_err(text),
            Error::HashUnsupported => exceptions::UnsupportedHash::new_err(text),
            Error::HashCost => exceptions::HashCostExceeded::new_err(text),
            Error::HashingBusy => exceptions::HashingBusy::new_err(text),
            Error::Decryption => exceptions::DecryptionError::new_err(text),
            Error::KeyRing(_) => exceptions::KeyRingError::new_err(text),
            Error::TooLarge(_) | Error::TooDeep => exceptions::InputTooLarge::new_err(text),
            Error::StoreUnavailable(_) => exceptions::StoreUnavailable::new_err(text),
            Error::StoreIncompatible(_) => exceptions::StoreIncompatible::new_err(text),
            Error::Invalid(_) => Python::attach(|py| invalid(py, error, None)),
        }
    }
}

/// The exception of an [`Error::Invalid`] with the message of its code and the name of the field; any other error as it is.
pub(super) fn invalid(py: Python<'_>, error: Error, field: Option<&str>) -> PyErr {
    let Error::Invalid(code) = error else { return error.into() };
    let message = codes::message(code).unwrap_or(code);
    let raised = || {
        let keywords = PyDict::new(py);
        keywords.set_item("field", field)?;
        keywords.set_item("code", code)?;
        let kind = if codes::is_size(code) {
            py.get_type::<exceptions::InputTooLarge>()
        } else {
            py.get_type::<exceptions::InvalidInput>()
        };
        kind.call((message,), Some(&keywords))
    };
    raised().map_or_else(|broken| broken, PyErr::from_value)
}

/// The exception that tells all that is wrong with the fields of one record.
pub(super) fn invalid_fields(py: Python<'_>, problems: &[(String, Error)]) -> PyErr {
    let raised = || {
        let field_error = py.import("zenoo_security.errors")?.getattr("FieldError")?;
        let errors = problems.iter().map(|(field, error)| {
            let code = if let Error::Invalid(code) = error { code } else { "invalid" };
            field_error.call1((field, code, codes::message(code).unwrap_or(code)))
        });
        py.get_type::<exceptions::InvalidFields>().call1((errors.collect::<PyResult<Vec<_>>>()?,))
    };
    raised().map_or_else(|broken| broken, PyErr::from_value)
}

/// Every code of an invalid value with its English sentence.
#[pyfunction]
pub(super) fn validation_codes(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    codes::ALL.iter().copied().into_py_dict(py)
}
