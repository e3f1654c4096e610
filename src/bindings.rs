//! The Python module: a list of what it exports, and nothing else.

mod domain;
mod encode;
mod error;
mod sanitize;
mod strings;
mod validate;
mod walk;

#[pyo3::pymodule]
mod _native {
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::encode::{
        encode_csv_cell, encode_url_part, escape_attribute, escape_html, escape_js, escape_like, header_value,
        safe_file_name,
    };
    #[pymodule_export]
    use super::sanitize::{clean, clean_html, clean_text};

    #[pymodule_export]
    use super::domain::validate_domain;
    #[pymodule_export]
    use super::error::validation_codes;
    #[pymodule_export]
    use super::validate::{
        validate_email, validate_field_name, validate_language, validate_line, validate_login, validate_method_name,
        validate_model_name, validate_name, validate_phone, validate_url, validate_vat,
    };
}
