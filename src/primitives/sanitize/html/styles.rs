//! Styles that cleaning would write in another way each time: of parentheses inside each other ammonia keeps the opening one
//! alone, and it closes what a style leaves open at another place than before.

/// The markup, which was cleaned, without the declarations of a style from which on cleaning would change it again. Whether
/// markup is cleaned to itself, `is_fixed` says.
pub(super) fn settle(markup: String, is_fixed: impl Fn(&str) -> bool) -> String {
    if memchr::memmem::find(markup.as_bytes(), STYLE.as_bytes()).is_none() {
        return markup;
    }
    let mut settled = String::with_capacity(markup.len());
    let mut rest = &*markup;
    while let Some((text, (tag, after))) =
        rest.split_once('<').and_then(|(text, tag)| Some((text, tag.split_once('>')?)))
    {
        settled.extend([text, "<"]);
        push_tag(&mut settled, tag, &is_fixed);
        settled.push('>');
        rest = after;
    }
    settled.push_str(rest);
    settled
}

const STYLE: &str = " style=\"";

/// Names of attributes and their values take turns between quotes: those inside of values are written as `&quot;`.
fn push_tag(settled: &mut String, tag: &str, is_fixed: impl Fn(&str) -> bool) {
    let mut parts = tag.split_inclusive('"');
    while let Some(name) = parts.next() {
        let value = parts.next().unwrap_or_default();
        match name.strip_suffix(STYLE) {
            Some(before) if !is_plain(value) && !is_fixed(&format!("<i{STYLE}{value}></i>")) => {
                settled.push_str(before);
                if let Some(declarations) = plain_start(value) {
                    settled.extend([STYLE, declarations, "\""]);
                }
            }
            _ => settled.extend([name, value]),
        }
    }
}

/// Whether a style has no parentheses, quotes and escapes, without which it is always written as it is read.
fn is_plain(style: &str) -> bool {
    style.trim_end_matches('"').bytes().all(is_plain_byte)
}

/// The declarations before the first one that is not plain.
fn plain_start(style: &str) -> Option<&str> {
    let end = style.bytes().position(|byte| !is_plain_byte(byte))?;
    style.get(..end)?.rsplit_once(';').map(|(declarations, _)| declarations)
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" #%,-.:;".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn what_is_not_fixed_is_dropped() {
        for (markup, expected) in [
            ("<b style=\"width:f(\">x</b>", "<b>x</b>"),
            (
                "<b style=\"color:red;width:1px;height:f(\" title=\"y\">x</b>",
                "<b style=\"color:red;width:1px\" title=\"y\">x</b>",
            ),
            ("<b title=\" style=\" style=\"width:&quot;;color:red\"></b><br>", "<b title=\" style=\"></b><br>"),
            (
                "<b>x</b> style=\"width:f(\"<b style=\"width:1px;\">",
                "<b>x</b> style=\"width:f(\"<b style=\"width:1px;\">",
            ),
        ] {
            assert_eq!(settle(markup.to_owned(), |_| false), expected);
            assert_eq!(settle(markup.to_owned(), |_| true), markup);
        }
    }
}
