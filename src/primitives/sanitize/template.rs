//! Template directives in text that should have none (ASVS 5.0, 1.3.7): for text that a program will put where Odoo renders
//! a template, such as the subject or the body of a mail, an SMS, or an arch.
//!
//! Refused, never repaired. What is looked at is the text as cleaning leaves it, since `{` and `{` with something invisible
//! between them become `{{`. Markup that is meant as markup is for [`super::html`], which lets no directive through.

use super::text::{self, Lines};
use crate::primitives::Result;
use crate::primitives::validate::codes;

/// What begins an expression: `{{` in Odoo's inline templates, Jinja and `QWeb`'s strings; `#{` in `QWeb`'s strings; `${` in
/// Odoo before 15 and Mako; `{%` and `{#` in Jinja; `<%` in Mako.
const OPENERS: [&[u8]; 6] = [b"{{", b"#{", b"${", b"{%", b"{#", b"<%"];

/// Refuses text that holds an expression, an element `t`, or an attribute of `QWeb` (`t-out`, `t-att-...`) behind a tag.
///
/// # Errors
/// [`codes::TEMPLATE`].
pub fn refuse(text: &str) -> Result<()> {
    let clean = text::clean(text, Lines::Multi);
    let bytes = clean.as_bytes();
    let opens = bytes.windows(2).any(|pair| OPENERS.contains(&pair));
    if opens || has_directive(bytes) { Err(codes::TEMPLATE) } else { Ok(()) }
}

/// Whether an element `t`, or an attribute whose name begins with `t-`, stands behind what begins a tag. In XML, which an
/// arch is, names also begin with `_`, `:` and letters of all scripts.
fn has_directive(bytes: &[u8]) -> bool {
    let begins_name = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii();
    let begins_tag = |pair: &[u8]| matches!(pair, [b'<', first] if begins_name(*first));
    let Some(start) = bytes.windows(2).position(begins_tag) else { return false };
    let markup = bytes.get(start..).unwrap_or_default();
    memchr::memchr2_iter(b't', b'T', markup).any(|at| {
        let (before, from) = markup.split_at_checked(at).unwrap_or_default();
        let after = from.get(1..).unwrap_or_default();
        match before.last() {
            Some(b'<') => !after.first().is_some_and(|&byte| is_name(byte)),
            Some(b' ' | b'\n' | b'\t' | b'/' | b'"' | b'\'') => is_attribute(after),
            _ => false,
        }
    })
}

/// Whether `-` and the rest of a name follow, and then what can follow the name of an attribute.
fn is_attribute(after: &[u8]) -> bool {
    let Some(name) = after.strip_prefix(b"-") else { return false };
    let length = name.iter().take_while(|&&byte| is_name(byte)).count();
    let rest = name.get(length..).unwrap_or_default().trim_ascii_start();
    length > 0 && (rest.starts_with(b"=") || rest.starts_with(b">") || rest.starts_with(b"/>"))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::refuse;
    use crate::primitives::validate::codes;

    #[test]
    fn directives_are_refused() {
        for text in [
            "Dear {{ object.name }}",
            "{\u{200b}{ object }}",
            "${object.name}",
            "#{object.name}",
            "{% for x in y %}",
            "{#",
            "<% import os %>",
            "<t t-out='object'/>",
            "<T>",
            "<t/>",
            "<p t-out=\"object.password\">",
            "<p\nT-ESC = x>",
            "<p a='b't-att-href='x'>",
            "<p/t-raw=x>",
            "<p title='>' t-call='x'>",
            "<p t-else>",
            "<p t-att=x",
            "<_ t-out='x'/>",
            "<:a t-out='x'/>",
            "<é t-out='x'/>",
        ] {
            assert_eq!(refuse(text), Err(codes::TEMPLATE), "{text}");
        }
    }

    #[test]
    fn what_people_write_is_accepted() {
        for text in [
            "",
            "O'Brien & Söhne <GmbH>",
            "T-Shirt = 5 €",
            "<b>T-Shirt</b> { a } 100 % {",
            "a < t-1 > b",
            "<table><tr><td>x</td></tr></table>",
            "<p data-t-out='x'>",
            "<b>my t-shirt is red</b>",
            "<b>a</b> t-> b",
            "tel: 030 # 5 $ 4",
        ] {
            assert_eq!(refuse(text), Ok(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_directive_is_refused_whatever_stands_around_it(before: String, after: String) {
            for directive in ["{{", "<t ", "<p t-out="] {
                let text = format!("{before}{directive}x{after}");
                prop_assert!(refuse(&text).is_err(), "{}", text);
            }
        }
    }
}
