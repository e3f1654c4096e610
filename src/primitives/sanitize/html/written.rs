//! Characters that the serializer writes as they are and the parser reads as others, or drops: HTML standard, sections 13.2.3.5
//! (carriage returns), 13.2.6.4.7 (the first line feed of a `pre`), and the byte order mark at the start.

/// The markup with these characters in the form in which they are read as they were meant.
pub(super) fn as_read(mut markup: String) -> String {
    if memchr::memchr(b'\r', markup.as_bytes()).is_some() {
        markup = markup.replace("\r\n", "\n").replace('\r', "\n");
    }
    markup.drain(..markup.find(|character| character != '\u{feff}').unwrap_or(markup.len()));
    if memchr::memmem::find(markup.as_bytes(), b"<pre").is_some() { with_line_feeds(&markup) } else { markup }
}

/// Each `pre` that begins with a line feed gets one more, for the parser to drop.
fn with_line_feeds(markup: &str) -> String {
    let mut written = String::with_capacity(markup.len());
    for (index, part) in markup.split("<pre").enumerate() {
        if index > 0 {
            written.push_str("<pre");
        }
        match part.split_once('>') {
            Some((rest, after)) if index > 0 && after.starts_with('\n') => written.extend([rest, ">\n", after]),
            _ => written.push_str(part),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::as_read;

    #[test]
    fn what_is_read_differently_is_written_differently() {
        for (markup, expected) in [
            ("a\r\nb\rc", "a\nb\nc"),
            ("\u{feff}\u{feff}a\u{feff}", "a\u{feff}"),
            ("\u{feff}\u{feff}", ""),
            (
                "<pre>\n\na</pre><pre dir=\"ltr\">\nb</pre><pre>c\n</pre>",
                "<pre>\n\n\na</pre><pre dir=\"ltr\">\n\nb</pre><pre>c\n</pre>",
            ),
            ("<p>\n<b>\n</b></p>", "<p>\n<b>\n</b></p>"),
            ("<p>\n</p><pre>c</pre>", "<p>\n</p><pre>c</pre>"),
            ("", ""),
        ] {
            assert_eq!(as_read(markup.to_owned()), expected);
        }
    }
}
