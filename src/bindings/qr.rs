//! QR codes for Python. The defaults stand in `zenoo_security/qr.py`.

use pyo3::prelude::*;

use super::input::{number, text};
use crate::primitives::{
    Result,
    qr::{Level, Matrix},
};

/// A QR code (ISO/IEC 18004) as a PNG picture: 1-bit greyscale, `scale` pixels a module, `border` light modules around it.
/// Raises `InputTooLarge`, `InvalidInput` and `ParameterError`.
#[pyfunction]
pub(super) fn qr_png(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    level: &str,
    scale: &Bound<'_, PyAny>,
    border: &Bound<'_, PyAny>,
) -> Result<Vec<u8>> {
    let (data, level) = (text(data)?, Level::parse(level)?);
    let (scale, border) = (number(scale, SCALE)?, number(border, BORDER)?);
    py.detach(|| Matrix::encode(data.as_bytes(), level, border)?.png(scale))
}

/// A QR code (ISO/IEC 18004) as an SVG picture of one path.
#[pyfunction]
pub(super) fn qr_svg(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    level: &str,
    scale: &Bound<'_, PyAny>,
    border: &Bound<'_, PyAny>,
) -> Result<String> {
    let (data, level) = (text(data)?, Level::parse(level)?);
    let (scale, border) = (number(scale, SCALE)?, number(border, BORDER)?);
    py.detach(|| Matrix::encode(data.as_bytes(), level, border)?.svg(scale))
}

/// A QR code (ISO/IEC 18004) as lines of half blocks for a terminal.
#[pyfunction]
pub(super) fn qr_text(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    level: &str,
    border: &Bound<'_, PyAny>,
    dark_text: bool,
) -> Result<String> {
    let (data, level, border) = (text(data)?, Level::parse(level)?, number(border, BORDER)?);
    py.detach(|| Ok(Matrix::encode(data.as_bytes(), level, border)?.text(dark_text)))
}

const SCALE: &str = "scale must be 1 to 32 pixels a module";
const BORDER: &str = "border must be 0 to 32 modules";
