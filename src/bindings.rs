//! The Python module: a list of what it exports, and nothing else.

mod error;
mod input;
mod otp;
mod qr;

#[pyo3::pymodule]
mod _native {
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::otp::{Totp, otp_secret};
    #[pymodule_export]
    use super::qr::{qr_png, qr_svg, qr_text};
}
