//! Odoo's own names: models, fields, methods, languages and logins.

use std::borrow::Cow;

use super::{Result, codes, email, is_word, nfc, trimmed};

/// PostgreSQL cuts identifiers at 63 bytes, and a model is a table, a field a column.
const IDENTIFIER_MAX: usize = 63;
/// `res_users.login` has no limit of its own; an e-mail address is the longest that is in use.
const LOGIN_MAX: usize = 254;

/// A model name such as `res.partner`: lower-case words joined by dots.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long` or `model_name`.
pub fn model_name(text: &str) -> Result<Cow<'_, str>> {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let name = sized(text, IDENTIFIER_MAX)?;
    let well_formed = name.split('.').all(word) && name.starts_with(|first: char| first.is_ascii_lowercase());
    if well_formed { Ok(Cow::Borrowed(name)) } else { Err(codes::MODEL_NAME) }
}

/// A field name, or a path of at most `max_fields` fields joined by dots. Odoo's web client names properties by random
/// hexadecimal digits, so what follows a dot may begin with a digit.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `field_name` or `path_too_deep`.
pub fn field_path(text: &str, max_fields: usize) -> Result<Cow<'_, str>> {
    let path = sized(text, IDENTIFIER_MAX.saturating_add(1).saturating_mul(max_fields.max(1)))?;
    let first = path.split('.').next().unwrap_or_default();
    if !is_identifier(first) || !path.split('.').all(is_name) {
        return Err(codes::FIELD_NAME);
    }
    match path.split('.').count() {
        count if count <= max_fields => Ok(Cow::Borrowed(path)),
        _ if max_fields == 1 => Err(codes::FIELD_NAME),
        _ => Err(codes::PATH_TOO_DEEP),
    }
}

/// The name of a public method. Odoo refuses calls from outside to names that begin with an underscore, and so do we.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `method_name` or `method_private`.
pub fn method_name(text: &str) -> Result<Cow<'_, str>> {
    let name = sized(text, IDENTIFIER_MAX)?;
    if !is_identifier(name) {
        return Err(codes::METHOD_NAME);
    }
    if name.starts_with('_') { Err(codes::METHOD_PRIVATE) } else { Ok(Cow::Borrowed(name)) }
}

/// A language as Odoo names it: `en_US`, `es_419`, `sr@latin`, `ca_ES@valencia`, `fr`.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long` or `language`.
pub fn language(text: &str) -> Result<Cow<'_, str>> {
    let code = sized(text, IDENTIFIER_MAX)?;
    let (place, variant) = code.split_once('@').unwrap_or((code, "latin"));
    let (language, country) = place.split_once('_').unwrap_or((place, "US"));
    let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let well_formed = matches!(language.len(), 2..=3)
        && lower(language)
        && (country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
            || country.len() == 3 && country.bytes().all(|byte| byte.is_ascii_digit()))
        && matches!(variant.len(), 2..=16)
        && lower(variant);
    if well_formed { Ok(Cow::Borrowed(code)) } else { Err(codes::LANGUAGE) }
}

/// A login in NFC, its case kept: letters of all scripts, digits, and what a dot-atom e-mail address has.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `control` or `login`.
pub fn login(text: &str) -> Result<Cow<'_, str>> {
    let login = nfc(trimmed(text, LOGIN_MAX)?);
    let allowed = |character: char| match u8::try_from(character) {
        Ok(byte) if byte.is_ascii() => email::is_atom(byte) || matches!(byte, b'.' | b'@'),
        _ => is_word(character),
    };
    let has_word = login.chars().any(char::is_alphanumeric);
    if login.len() > LOGIN_MAX {
        return Err(codes::TOO_LONG);
    }
    if has_word && login.chars().all(allowed) { Ok(login) } else { Err(super::reason(text, codes::LOGIN)) }
}

/// Names of Odoo are never trimmed: they are written by programs.
fn sized(text: &str, max_bytes: usize) -> Result<&str> {
    match text.len() {
        0 => Err(codes::EMPTY),
        length if length > max_bytes => Err(codes::TOO_LONG),
        _ => Ok(text),
    }
}

fn is_identifier(word: &str) -> bool {
    is_name(word) && !word.starts_with(|first: char| first.is_ascii_digit())
}

fn is_name(word: &str) -> bool {
    (1..=IDENTIFIER_MAX).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
