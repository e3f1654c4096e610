//! One tag as the tokenizer of the HTML standard reads it (sections 13.2.5.6 to 13.2.5.40), for its attributes' number.

/// The formatting elements of the HTML standard but for `a`, of which one is open at most.
const FORMATTING: [&[u8]; 13] =
    [b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u"];

/// What follows a `<`.
pub(super) struct Tag {
    pub(super) is_end: bool,
    pub(super) is_formatting: bool,
    /// At most one more than the caller wants to know of.
    pub(super) attributes: usize,
    /// In bytes, or as far as it was read.
    pub(super) length: usize,
}

/// Where a byte stands in a tag.
#[derive(Clone, Copy)]
enum Place {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Unquoted,
    Quoted(u8),
}

impl Tag {
    /// Reads the tag that `text` begins with, if it does, up to its end or its first attribute over `max_attributes`.
    pub(super) fn read(text: &[u8], max_attributes: usize) -> Option<Self> {
        let name = text.strip_prefix(b"/").unwrap_or(text);
        name.first().filter(|first| first.is_ascii_alphabetic())?;
        let is_end = name.len() < text.len();
        let mut tag = Self { is_end, is_formatting: !is_end && is_formatting(name), attributes: 0, length: 0 };
        let mut place = Place::TagName;
        for byte in name {
            let Some(next) = place.next(*byte) else { break };
            if let (Place::BeforeName | Place::AfterName, Place::Name) = (place, next) {
                tag.attributes = tag.attributes.saturating_add(1);
                if tag.attributes > max_attributes {
                    break;
                }
            }
            place = next;
            tag.length = tag.length.saturating_add(1);
        }
        Some(tag)
    }
}

impl Place {
    /// The place of the byte after `byte`; nothing when `byte` ends the tag.
    #[expect(clippy::match_same_arms, reason = "the order decides")]
    const fn next(self, byte: u8) -> Option<Self> {
        let space = matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | b' ');
        Some(match (self, byte) {
            (Self::Quoted(quote), _) if byte == quote => Self::BeforeName,
            (Self::Quoted(_), _) => self,
            (_, b'>') => return None,
            (Self::BeforeValue, b'"' | b'\'') => Self::Quoted(byte),
            (Self::BeforeValue, _) if space => self,
            (Self::BeforeValue, _) => Self::Unquoted,
            (Self::TagName | Self::Unquoted, _) if space => Self::BeforeName,
            (Self::TagName, b'/') => Self::BeforeName,
            (Self::TagName | Self::Unquoted, _) => self,
            (Self::Name | Self::AfterName, b'=') => Self::BeforeValue,
            (Self::BeforeName | Self::Name | Self::AfterName, b'/') => Self::BeforeName,
            (Self::Name, _) if space => Self::AfterName,
            (Self::BeforeName | Self::AfterName, _) if space => self,
            (Self::BeforeName | Self::Name | Self::AfterName, _) => Self::Name,
        })
    }
}

fn is_formatting(name: &[u8]) -> bool {
    let length = name.iter().take(8).position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or_default();
    name.get(..length).is_some_and(|name| FORMATTING.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::Tag;

    #[test]
    fn attributes_are_counted_as_the_html_standard_reads_them() {
        for (text, attributes) in [
            ("b>", 0),
            ("b/>x y", 0),
            ("/b x y>", 2),
            ("b x=1 y='>' z=\">\">a", 3),
            ("b x='1'y=\"2\"z>", 3),
            ("b/x/y = 1/2 z>", 3),
            ("b =x = y>", 1),
            ("b x =>y", 1),
            ("b x=\"' y>\" z='", 2),
            ("b x= '>' y>", 2),
            ("b xyz>", 1),
            ("b  >", 0),
        ] {
            assert_eq!(Tag::read(text.as_bytes(), 9).map(|tag| tag.attributes), Some(attributes), "{text}");
        }
        assert!(Tag::read(b" b>", 9).is_none());
        assert!(Tag::read(b"", 9).is_none());
    }

    #[test]
    fn reading_stops_at_the_end_and_at_the_limit() {
        assert_eq!(Tag::read(b"b x>y z", 9).map(|tag| tag.length), Some(3));
        assert_eq!(Tag::read(b"b x y z", 1).map(|tag| (tag.attributes, tag.length)), Some((2, 4)));
    }
}
