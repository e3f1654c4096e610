//! The Python module: a list of what it exports, and nothing else.

mod accounts;
mod attempts;
mod audit;
mod blind_index;
mod contexts;
mod domain;
mod empty;
mod encode;
mod error;
mod fields;
mod hashing;
mod input;
mod json;
mod keyring;
mod limits;
mod otp;
mod partner;
mod passwords;
mod places;
mod plain;
mod qr;
mod removed;
mod sanitize;
mod strings;
mod surrogates;
mod validate;
mod values;
mod walk;
mod web;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use super::accounts::AccountKeys;
    #[pymodule_export]
    use super::attempts::{AttemptTable, Counters, Slowing};
    #[pymodule_export]
    use super::audit::{AuditKey, audit_event, audit_line};
    #[pymodule_export]
    use super::blind_index::BlindIndex;
    #[pymodule_export]
    use super::domain::{DomainParser, validate_domain};
    #[pymodule_export]
    use super::empty::_empty;
    #[pymodule_export]
    use super::encode::{
        encode_csv_cell, encode_url_part, escape_attribute, escape_html, escape_js, escape_like, header_value,
        refuse_templates, safe_file_name,
    };
    #[pymodule_export]
    use super::error::validation_codes;
    #[pymodule_export]
    use super::fields::{FieldCipher, Undecryptable};
    #[pymodule_export]
    use super::hashing::HashingBudget;
    #[pymodule_export]
    use super::json::parse_json;
    #[pymodule_export]
    use super::keyring::KeyRing;
    #[pymodule_export]
    use super::limits::{Decision, Limiter, SharedTable, hit_all, peek_all};
    #[pymodule_export]
    use super::otp::{Totp, otp_secret};
    #[pymodule_export]
    use super::partner::validate_partner;
    #[pymodule_export]
    use super::passwords::{
        hash_password, password_needs_rehash, password_scheme, unmatchable_password_hash, verify_password,
    };
    #[pymodule_export]
    use super::plain::PlainCopier;
    #[pymodule_export]
    use super::qr::{qr_png, qr_svg, qr_text};
    #[pymodule_export]
    use super::removed::{html_removed, text_removed};
    #[pymodule_export]
    use super::sanitize::{clean, clean_html, clean_text};
    #[pymodule_export]
    use super::validate::{
        host_looks_alike, validate_email, validate_field_name, validate_host, validate_language, validate_line,
        validate_login, validate_method_name, validate_model_name, validate_name, validate_phone, validate_url,
        validate_vat,
    };
    #[pymodule_export]
    use super::web::{Minded, RequestHead, lowered, method_facts, splits, wsgi_lowered, wsgi_request, wsgi_titled};

    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
