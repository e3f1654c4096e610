//! Phone numbers: ITU-T E.164, written as `+` and digits.
//!
//! This is about the form. Whether a number range is in use in its country changes every month and is not known here.

use std::borrow::Cow;

use super::{Error, Result, codes, reason, trimmed};

/// More than 15 digits with any separators between them.
const INPUT_MAX: usize = 48;
/// E.164, 6.1: at most 15 digits. The shortest numbers in use have 8 with their country code.
const DIGITS: core::ops::RangeInclusive<usize> = 8..=15;

/// What may stand between two digits.
const SEPARATORS: [&str; 14] = ["", " ", "-", ".", "/", " - ", " / ", "(", " (", "-(", ")", ") ", ")-", ")/"];

/// What national numbers begin with at home but not from abroad (ITU-T E.164, national prefixes), and the calling codes
/// of the countries where it is so. Italy's zero is part of the number. A country where it would be a guess is not here.
const TRUNKS: [(&str, &[&str]); 4] = [
    (
        "0",
        &[
            "20", "27", "31", "32", "33", "40", "41", "43", "44", "46", "49", "60", "61", "62", "63", "64", "66", "81",
            "82", "84", "86", "90", "91", "92", "94", "212", "213", "234", "254", "353", "355", "358", "359", "380",
            "381", "385", "386", "387", "389", "421", "971", "972",
        ],
    ),
    ("", &["30", "34", "39", "45", "47", "48", "65", "351", "352", "354", "356", "357", "371", "372", "420", "852"]),
    ("1", &["1"]),
    ("06", &["36"]),
];

/// Where a zero in front is part of the number: Italy, San Marino, Ivory Coast, Benin, Gabon and Congo.
const OWN_ZERO: [&str; 6] = ["39", "225", "229", "241", "242", "378"];

/// The number as `+` and digits. Without a leading `+` it is read as a national number of `country_code`.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `control`, or one that begins with `phone_`. [`Error::Parameter`] when the
/// national numbers of `country_code` are not known.
pub fn parse<'a>(text: &'a str, country_code: Option<&str>) -> Result<Cow<'a, str>> {
    let trunk = country_code.map(trunk_of).transpose()?;
    let text = trimmed(text, INPUT_MAX)?;
    if is_normal(text) {
        return Ok(Cow::Borrowed(text));
    }
    let number = number(text, trunk).map_err(|found| reason(text, found))?;
    Ok(if number == text { Cow::Borrowed(text) } else { Cow::Owned(number) })
}

fn is_normal(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        DIGITS.contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The calling code without its `+`, and its trunk prefix.
fn trunk_of(country_code: &str) -> Result<(&str, &'static str)> {
    let code = country_code.strip_prefix('+').unwrap_or(country_code);
    let known = TRUNKS.iter().find(|(_, codes)| codes.contains(&code));
    let (trunk, _) = known.ok_or(Error::Parameter(
        "country_code must be a calling code such as 49 whose national prefix is known; other numbers need the + form",
    ))?;
    Ok((code, trunk))
}

fn number(text: &str, trunk: Option<(&str, &str)>) -> Result<String> {
    let number = match (text.strip_prefix('+'), trunk) {
        (Some(rest), _) => format!("+{}", digits(&without_optional_zero(rest))?),
        (None, Some((code, trunk))) => {
            let digits = digits(text)?;
            if digits.starts_with("00") {
                return Err(codes::PHONE_COUNTRY_CODE);
            }
            format!("+{code}{}", digits.strip_prefix(trunk).unwrap_or(&digits))
        }
        (None, None) => {
            digits(text)?;
            return Err(codes::PHONE_COUNTRY_CODE);
        }
    };
    if number.starts_with("+0") {
        return Err(codes::PHONE_COUNTRY_CODE);
    }
    if DIGITS.contains(&number.len().saturating_sub(1)) { Ok(number) } else { Err(codes::PHONE_LENGTH) }
}

/// `+49 (0)30 901820` means `+49 30 901820`: a zero in parentheses right after the country code is for calls at home.
fn without_optional_zero(text: &str) -> Cow<'_, str> {
    let Some((code, rest)) = text.split_once("(0)") else { return Cow::Borrowed(text) };
    let code = code.trim_end_matches(' ');
    let is_code = matches!(code.len(), 1..=3) && code.bytes().all(|byte| byte.is_ascii_digit());
    if !is_code || OWN_ZERO.contains(&code) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{code} {}", rest.trim_start_matches(' ')))
}

fn digits(text: &str) -> Result<String> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b" -./()".contains(&byte)) {
        return Err(codes::PHONE_CHARACTERS);
    }
    let body = text.strip_prefix('(').unwrap_or(text);
    let mut between = body.split(|character: char| character.is_ascii_digit());
    let starts_with_digit = between.next() == Some("");
    let ends_with_digit = between.next_back().is_some_and(|end| end.is_empty() || end == ")");
    if !starts_with_digit || !ends_with_digit || !between.all(|run| SEPARATORS.contains(&run)) || !is_balanced(text) {
        return Err(codes::PHONE_SEPARATORS);
    }
    Ok(text.chars().filter(char::is_ascii_digit).collect())
}

/// No parentheses, or one pair.
fn is_balanced(text: &str) -> bool {
    let parentheses: String = text.chars().filter(|character| matches!(character, '(' | ')')).collect();
    parentheses.is_empty() || parentheses == "()"
}
