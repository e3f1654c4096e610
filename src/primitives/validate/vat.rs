//! VAT numbers: the format of each country of the EU as VIES lists it, of Northern Ireland, Great Britain, Switzerland and
//! Norway.
//!
//! The format alone: check digits are the business of python-stdnum, and whether a number is registered that of VIES.

use std::borrow::Cow;

use super::{Result, codes, reason, trimmed};

/// The longest number has 16 characters; the rest is room for separators.
const INPUT_MAX: usize = 48;

/// What people write between the digits.
const SEPARATORS: &str = " .-/,:";

/// Countries whose older numbers lack zeros in front: how many digits there are with them, and how many may be missing. In
/// the Netherlands the digits are those before the `B`.
const FILLED: [(&str, usize, usize); 3] = [("BE", 10, 1), ("EL", 9, 1), ("NL", 9, 2)];

/// Prefix and formats. `9` is a digit, `d` one that may be missing at the end, `a` a letter, `x` either, `k` either but not
/// I or O; any other character is itself. Source: VIES, "VAT identification number structure"; for GB, HMRC's notice 700;
/// for CH, the UID register; for NO, Skatteetaten.
const FORMATS: [(&str, &[&str]); 31] = [
    ("AT", &["U99999999"]),
    ("BE", &["0999999999", "1999999999"]),
    ("BG", &["999999999d"]),
    ("CH", &["E999999999", "E999999999MWST", "E999999999TVA", "E999999999IVA", "E999999999TPV"]),
    ("CY", &["99999999a"]),
    ("CZ", &["99999999dd"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["a9999999x", "99999999a"]),
    ("FI", &["99999999"]),
    ("FR", &["kk999999999"]),
    ("GB", &["999999999", "999999999999", "GD999", "HA999", "GD888899999", "HA888899999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9999999a", "9999999aa", "9a99999a", "9+99999a", "9*99999a", "9a99999aa", "9+99999aa", "9*99999aa"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999B99"]),
    ("NO", &["999999999", "999999999MVA"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    ("RO", &["99dddddddd", "9999999999999"]),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
    ("XI", &["999999999", "999999999999", "GD999", "HA999", "GD888899999", "HA888899999"]),
];

/// The number with its prefix, in capitals, without separators, and with the zeros that older numbers of Belgium, Greece and
/// the Netherlands lack in front. The prefix may be missing where `country` (ISO 3166, two
/// letters) names it; Greece is `EL`, and `GR` is read as `EL`.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `control`, or one that begins with `vat_`.
pub fn parse<'a>(text: &'a str, country: Option<&str>) -> Result<Cow<'a, str>> {
    let text = trimmed(text, INPUT_MAX)?;
    if country.is_none() && text.split_at_checked(2).is_some_and(|(prefix, rest)| fits(prefix, rest)) {
        return Ok(Cow::Borrowed(text));
    }
    let number = number(text, country).map_err(|found| reason(text, found))?;
    Ok(if number == text { Cow::Borrowed(text) } else { Cow::Owned(number) })
}

fn number(text: &str, country: Option<&str>) -> Result<String> {
    let compact: String = text.chars().filter(|character| !SEPARATORS.contains(*character)).collect();
    let compact = compact.to_ascii_uppercase();
    let expected = country.map(|code| vat_prefix(&code.to_ascii_uppercase()).ok_or(codes::VAT_COUNTRY)).transpose()?;
    let written = compact.split_at_checked(2).and_then(|(head, rest)| Some((vat_prefix(head)?, rest)));
    match (written, expected) {
        (Some((prefix, rest)), expected) if belongs(prefix, expected) => complete(prefix, rest),
        (Some(_), _) | (None, None) => Err(codes::VAT_COUNTRY),
        (None, Some(prefix)) => complete(prefix, &compact),
    }
}

fn complete(prefix: &str, rest: &str) -> Result<String> {
    let rest = filled(prefix, rest);
    if fits(prefix, &rest) { Ok(format!("{prefix}{rest}")) } else { Err(codes::VAT_FORMAT) }
}

/// The number with the zeros in front that it may lack. Belgium also writes the zero that came later in parentheses.
fn filled<'a>(prefix: &str, rest: &'a str) -> Cow<'a, str> {
    let Some((_, wanted, most)) = FILLED.iter().find(|(known, ..)| *known == prefix) else {
        return Cow::Borrowed(rest);
    };
    let rest = if prefix == "BE" { rest.strip_prefix("(0)").unwrap_or(rest) } else { rest };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    match wanted.checked_sub(digits) {
        Some(missing) if (1..=*most).contains(&missing) => Cow::Owned(format!("{}{rest}", "0".repeat(missing))),
        _ => Cow::Borrowed(rest),
    }
}

/// The prefix of a country's VAT numbers, where its format is known.
fn vat_prefix(code: &str) -> Option<&'static str> {
    let code = if code == "GR" { "EL" } else { code };
    FORMATS.iter().find(|(prefix, _)| *prefix == code).map(|(prefix, _)| *prefix)
}

/// Numbers of Northern Ireland belong to the same country as those of Great Britain.
fn belongs(prefix: &str, expected: Option<&str>) -> bool {
    expected.is_none_or(|expected| prefix == expected || (prefix == "XI" && expected == "GB"))
}

fn fits(prefix: &str, rest: &str) -> bool {
    let formats = FORMATS.iter().find(|(known, _)| *known == prefix).map_or(&[] as &[&str], |(_, formats)| formats);
    formats.iter().any(|format| matches(format, rest))
}

fn matches(format: &str, text: &str) -> bool {
    let mut rest = text.bytes();
    for place in format.bytes() {
        let byte = rest.next();
        let fits = match (place, byte) {
            (b'd', None) => true,
            (b'9' | b'd', Some(byte)) => byte.is_ascii_digit(),
            (b'a', Some(byte)) => byte.is_ascii_uppercase(),
            (b'x', Some(byte)) => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            (b'k', Some(byte)) => byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O')),
            (literal, byte) => byte == Some(literal),
        };
        if !fits {
            return false;
        }
    }
    rest.next().is_none()
}
