//! One line of JSON in printable ASCII: whatever goes in, no byte of it ends the line or changes how a terminal shows it.

use core::time::Duration;
use std::io::Write as _;

use super::secrets::without_tokens;
use super::time::rfc3339;

/// So many characters of a text are kept.
const MAX_CHARS: usize = 256;

/// No more bytes than these of a text are looked at: more than `MAX_CHARS` characters can have.
const MAX_BYTES: usize = 4 * MAX_CHARS + 64;

/// A line that is longer takes no further values.
const MAX_LINE: usize = 8 * 1024;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A line that is being written.
#[derive(Debug, Default)]
pub struct Line(Vec<u8>);

impl Line {
    /// An empty line.
    #[must_use]
    pub fn new() -> Self {
        Self(Vec::with_capacity(1024))
    }

    /// Whether no further value fits; what is written all the same is short.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.len() > MAX_LINE
    }

    /// What was written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Writes a comma, unless what comes next is the first of its object or list.
    pub fn separate(&mut self) {
        if !matches!(self.0.last(), Some(b'{' | b'[')) {
            self.0.push(b',');
        }
    }

    /// Writes punctuation, a number or a word of JSON.
    pub fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Writes a moment: seconds since 1970, which may not be negative.
    pub fn moment(&mut self, seconds: f64) {
        let microseconds = Duration::try_from_secs_f64(seconds).unwrap_or_default().as_micros();
        self.raw("\"");
        self.0.extend(rfc3339(u64::try_from(microseconds).unwrap_or(u64::MAX)));
        self.raw("\"");
    }

    /// Writes a whole number.
    pub fn integer(&mut self, number: i64) {
        let _: std::io::Result<()> = write!(self.0, "{number}"); // A Vec takes everything.
    }

    /// Writes a number; what JSON has no number for becomes a text.
    pub fn float(&mut self, number: f64) {
        match serde_json::Number::from_f64(number) {
            Some(number) => self.raw(&number.to_string()),
            None => self.text(&number.to_string()),
        }
    }

    /// Writes a text in quotes: at most 256 characters, without tokens, all but printable ASCII escaped.
    pub fn text(&mut self, text: &str) {
        if is_plain(text) {
            self.0.push(b'"');
            self.raw(text);
            self.0.push(b'"');
        } else {
            self.difficult(text);
        }
    }

    fn difficult(&mut self, text: &str) {
        let end = boundary(text, MAX_BYTES);
        let clean = without_tokens(text.get(..end).unwrap_or_default());
        let cut = clean.char_indices().nth(MAX_CHARS).map(|(at, _)| at);
        self.raw("\"");
        self.escaped(cut.and_then(|at| clean.get(..at)).unwrap_or(&clean));
        if cut.is_some() || end < text.len() {
            self.raw("\\u2026");
        }
        self.raw("\"");
    }

    fn escaped(&mut self, text: &str) {
        for char in text.chars() {
            match char {
                '"' | '\\' => self.0.extend([b'\\', char as u8]),
                ' '..='~' => self.0.push(char as u8),
                _ => char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| self.unit(*unit)),
            }
        }
    }

    fn unit(&mut self, unit: u16) {
        self.raw("\\u");
        for shift in [12, 8, 4, 0] {
            let digit = HEX.get(usize::from((unit >> shift) & 15)).copied().unwrap_or(b'0');
            self.0.push(digit);
        }
    }
}

/// Whether a text goes into the line as it is: short, nothing to escape, and no letter that a token begins with.
#[expect(clippy::needless_bitwise_bool, reason = "measured: the compiler looks at many bytes in one step")]
fn is_plain(text: &str) -> bool {
    text.len() <= MAX_CHARS
        && text.bytes().fold(true, |plain, byte| {
            plain & (byte.wrapping_sub(b' ') < 95) & (byte != b'"') & (byte != b'\\') & (byte != b'z')
        })
}

/// The end of the last character that begins before so many bytes.
fn boundary(text: &str, most: usize) -> usize {
    if text.len() <= most { text.len() } else { (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use proptest::proptest;

    use super::Line;

    fn written(text: &str) -> String {
        let mut line = Line::new();
        line.text(text);
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_could_end_a_line_or_turn_it_around_is_escaped() {
        assert_eq!(written("a\r\n\u{0}\u{7f}\u{9b}"), r#""a\u000d\u000a\u0000\u007f\u009b""#);
        assert_eq!(written("\u{202e}\u{2028}\u{feff}"), r#""\u202e\u2028\ufeff""#);
        assert_eq!(written("\"\\é😀"), r#""\"\\\u00e9\ud83d\ude00""#);
    }

    #[test]
    fn a_single_character_beyond_ascii_or_in_quotes_is_escaped() {
        assert_eq!(["\u{7f}", "\u{1f}", "\"", "\\"].map(written), [r#""\u007f""#, r#""\u001f""#, r#""\"""#, r#""\\""#]);
    }

    #[test]
    fn what_follows_another_is_separated() {
        let mut line = Line::new();
        line.raw("{");
        for _ in 0..2 {
            line.separate();
            line.raw("\"a\":[");
            line.separate();
            line.moment(1_764_526_200.25);
            line.raw("]");
        }
        let one = "\"a\":[\"2025-11-30T18:10:00.250000+00:00\"]";
        assert_eq!(line.as_bytes(), format!("{{{one},{one}").as_bytes());
    }

    #[test]
    fn a_line_is_full_beyond_its_length() {
        let mut line = Line::new();
        line.raw(&"1".repeat(super::MAX_LINE));
        assert!(!line.is_full());
        line.raw("1");
        assert!(line.is_full());
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(written(&"x".repeat(257)), format!("\"{}\\u2026\"", "x".repeat(256)));
        assert_eq!(written(&"x".repeat(256)), format!("\"{}\"", "x".repeat(256)));
        let long = written(&"😀".repeat(100_000));
        assert_eq!(serde_json::from_str::<String>(&long).unwrap().chars().count(), 257);
    }

    #[test]
    fn numbers_that_json_has_not_are_texts() {
        let mut line = Line::new();
        line.float(f64::NAN);
        line.raw(",");
        line.float(1e300);
        line.raw(",");
        line.integer(i64::MIN);
        let list: (String, f64, i64) = serde_json::from_slice(&[b"[", line.as_bytes(), b"]"].concat()).unwrap();
        assert_eq!(list, ("NaN".into(), 1e300, i64::MIN));
    }

    proptest! {
        #[test]
        fn every_text_is_printable_ascii_and_comes_back(text in "\\PC{0,40}[\u{0}-\u{1f}\u{7f}-\u{9f}]{0,8}") {
            let line = written(&text);
            assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            let back: String = serde_json::from_str(&line).unwrap();
            assert!(back == text || back.contains("[hidden]"));
        }
    }
}
