//! Names of headers as WSGI has them (PEP 3333).

/// The name of a header in lower case, by its name in the environment of a request; `None` for what is no header.
pub fn header_name(variable: &[u8]) -> Option<Vec<u8>> {
    let name = match variable {
        b"CONTENT_TYPE" | b"CONTENT_LENGTH" => variable,
        _ => variable.strip_prefix(b"HTTP_")?,
    };
    Some(name.iter().map(|&byte| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }).collect())
}

/// A name of ASCII with a capital letter after whatever is no letter, and small ones after letters.
pub fn title(name: &str) -> String {
    let mut within = false;
    let written = name.chars().map(|char| {
        let char = if within { char.to_ascii_lowercase() } else { char.to_ascii_uppercase() };
        within = char.is_ascii_alphabetic();
        char
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::{header_name, title};

    #[test]
    fn variables_are_named_as_headers() {
        for (variable, name) in [
            ("HTTP_X_FORWARDED_FOR", Some("x-forwarded-for")),
            ("HTTP_", Some("")),
            ("HTTP_x-Y", Some("x-y")),
            ("CONTENT_TYPE", Some("content-type")),
            ("CONTENT_LENGTH", Some("content-length")),
            ("CONTENT_TYPES", None),
            ("REQUEST_METHOD", None),
            ("wsgi.input", None),
        ] {
            assert_eq!(header_name(variable.as_bytes()), name.map(|name| name.as_bytes().to_vec()), "{variable}");
        }
    }

    #[test]
    fn words_begin_with_capital_letters() {
        for (name, written) in [("", ""), ("x-request-ID", "X-Request-Id"), ("te", "Te"), ("a1b_c", "A1B_C")] {
            assert_eq!(title(name), written);
        }
    }
}
