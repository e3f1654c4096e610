//! One cell of a CSV file that people open in a spreadsheet: RFC 4180 quoting, and formulas made harmless.
//!
//! A cell that starts like a formula gets a leading apostrophe, the spreadsheets' own mark for text (OWASP CSV
//! Injection; ASVS 5.0, 1.2.10). That changes the value: `+49 30 123456` and `-5` get the apostrophe too. Write numbers
//! as numbers, and use this for text alone. It is an encoder, and not idempotent.

use std::borrow::Cow;

use super::text::is_hidden;

/// Encodes one cell; the caller joins the cells with commas and ends each record with CR LF.
pub fn cell(text: &str) -> Cow<'_, str> {
    let formula = is_formula(text);
    if !formula && !needs_quotes(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_add(8));
    out.push('"');
    if formula {
        out.push('\'');
    }
    for character in text.chars() {
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    out.push('"');
    Cow::Owned(out)
}

/// Whether a spreadsheet may take the cell for a formula: by its first character, or by the first one behind white space
/// and what nobody sees. Some skip NUL, and a byte order mark in the first cell becomes that of the file. The full-width
/// forms are those that OWASP names.
fn is_formula(text: &str) -> bool {
    let skipped = |character: char| character.is_whitespace() || is_hidden(character);
    text.starts_with(['\t', '\r', '\n', '\0'])
        || text.trim_start_matches(skipped).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The separators of RFC 4180 and of the spreadsheets' local variants, and spaces that a reader might trim.
fn needs_quotes(text: &str) -> bool {
    text.contains([',', ';', '|', '\t', '"', '\r', '\n', '\0']) || text.trim().len() != text.len()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::cell;

    #[test]
    fn plain_cells_are_borrowed() {
        assert!(matches!(cell("Azure Interior"), Cow::Borrowed("Azure Interior")));
        assert!(matches!(cell("a=b"), Cow::Borrowed("a=b")));
    }

    #[test]
    fn formulas_become_text() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell(" @SUM(A1)"), "\"' @SUM(A1)\"");
        assert_eq!(cell("\0=1"), "\"'\0=1\"");
        assert_eq!(cell("\u{feff}=1"), "\"'\u{feff}=1\"");
        assert_eq!(cell("\u{1}\u{200b}=1"), "\"'\u{1}\u{200b}=1\"");
        assert_eq!(cell("＝1"), "\"'＝1\"");
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(cell("say \"hi\", twice"), "\"say \"\"hi\"\", twice\"");
    }
}
