//! TOTP for Python. The defaults stand in `zenoo_security/otp.py`.

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::input::{number, text};
use crate::primitives::{
    Result,
    otp::{self, Algorithm, Digits, Secret, Window, unix_seconds},
    validate::codes,
};

/// A TOTP secret with its parameters (RFC 6238). The secret is wiped when the object goes; it cannot be pickled.
/// Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(super) struct Totp {
    totp: otp::Totp,
    window: Window,
}

#[pymethods]
impl Totp {
    /// Reads a base32 secret of 16 to 128 bytes.
    #[new]
    fn new(
        secret: &Bound<'_, PyAny>,
        algorithm: &str,
        digits: &Bound<'_, PyAny>,
        period_s: &Bound<'_, PyAny>,
        steps_back: &Bound<'_, PyAny>,
        steps_ahead: &Bound<'_, PyAny>,
    ) -> Result<Self> {
        const STEPS: &str = "steps_back and steps_ahead must be 0 to 10";
        let window = Window::new(number(steps_back, STEPS)?, number(steps_ahead, STEPS)?)?;
        let algorithm = Algorithm::parse(algorithm)?;
        let digits = Digits::new(number(digits, "digits must be 6, 7 or 8")?)?;
        let period_s = number(period_s, "period_s must be 1 to 4294967295")?;
        let totp = otp::Totp::new(Secret::parse(text(secret)?)?, algorithm, digits, period_s)?;
        Ok(Self { totp, window })
    }

    /// The time step at a moment in Unix seconds. Raises `ParameterError`.
    fn step_at(&self, at: &Bound<'_, PyAny>) -> Result<u64> {
        Ok(self.totp.step_at(unix_seconds(number(at, MOMENT)?)?))
    }

    /// The code of a step. Raises `ParameterError`.
    fn code(&self, step: &Bound<'_, PyAny>) -> Result<String> {
        Ok(self.totp.code(number(step, "step must be 0 to 2**64 - 1")?))
    }

    /// The step that a code belongs to, or `None`: constant time over all steps of the window.
    /// Raises `InvalidInput` and `ParameterError`.
    fn verify(
        &self,
        code: &Bound<'_, PyAny>,
        at: &Bound<'_, PyAny>,
        after_step: Option<&Bound<'_, PyAny>>,
    ) -> Result<Option<u64>> {
        let after_step = after_step.map(|step| number(step, "after_step must be 0 to 2**64 - 1")).transpose()?;
        // A code with a lone surrogate is one more wrong code.
        let code = text(code).or_else(|error| if error == codes::ENCODING { Ok("") } else { Err(error) })?;
        Ok(self.totp.verify(code, unix_seconds(number(at, MOMENT)?)?, self.window, after_step))
    }

    /// The provisioning URI, which holds the secret. Raises `InvalidInput` and `InputTooLarge`.
    fn uri<'py>(&self, account: &Bound<'py, PyAny>, issuer: &Bound<'py, PyAny>) -> Result<Bound<'py, PyString>> {
        Ok(PyString::new(account.py(), &self.totp.uri(text(account)?, text(issuer)?)?))
    }

    /// The secret as base32 without padding.
    fn reveal_secret<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.totp.secret().to_base32())
    }
}

/// A fresh secret of 160 bits (RFC 4226, R6) from the operating system, in base32. Raises `RandomnessError`.
#[pyfunction]
pub(super) fn otp_secret(py: Python<'_>) -> Result<Bound<'_, PyString>> {
    Ok(PyString::new(py, &Secret::generate()?.to_base32()))
}

const MOMENT: &str = "the time must be a number of Unix seconds";
