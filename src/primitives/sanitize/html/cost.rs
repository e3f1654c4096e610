//! What it would cost to clean markup, found out before it is done.
//!
//! The rules of HTML and the ways of html5ever let a few kilobytes grow. Each paragraph opens anew all the formatting
//! elements that were left open (33 KB can become 4 million elements). Each tag may look through all the elements that are
//! open, each attribute through those before it in its tag, each ampersand through the text behind it. Most markup can do
//! none of it, which a count of its tags shows. The rest is parsed once with nothing built ([`measure`]), and given up at
//! the first limit. What passes takes a second or two at worst.

mod measure;
mod tag;

pub(super) use measure::census;
use measure::measure;
use tag::Tag;

use super::MAX_BYTES;
use crate::primitives::{Error, Result};

/// Start and end tags.
pub(super) const MAX_TAGS: usize = 100_000;

/// Attributes of one tag: the parser compares each with all before it.
pub(super) const MAX_TAG_ATTRIBUTES: usize = 512;

/// Elements inside each other. Browsers stop at 512.
pub(super) const MAX_DEPTH: usize = 4_096;

/// Elements and attributes after parsing, up to 240 bytes of memory each.
pub(super) const MAX_ELEMENTS: usize = 500_000;

/// Looks at open elements: tags, pieces of text, and attributes of formatting elements, times the depth.
const MAX_LOOKS: usize = 20_000_000;

/// Bytes that the serializer searches: from each `&` and each character U+0080 to U+00BF it may look to the end.
const MAX_SEARCHED: usize = 100_000_000_000;

/// Bytes of tags, where what looks like a tag inside another one counts for both.
const MAX_TAG_BYTES: usize = 10 * MAX_BYTES;

/// Without attributes, three of each kind of formatting element are kept open ("Noah's Ark clause"), and one `a`.
const PLAIN_FORMATTING: usize = 40;

/// Refuses markup that would exceed a limit.
pub(super) fn check(markup: &str) -> Result<()> {
    let bytes = markup.as_bytes();
    let searches = memchr::memchr2_iter(b'&', 0xC2, bytes).count();
    if searches.saturating_mul(bytes.len()) > MAX_SEARCHED {
        return Err(Error::TooLarge("HTML of that length has fewer ampersands and characters U+0080 to U+00BF"));
    }
    let count = Count::of(bytes)?;
    let open = count.formatting.saturating_add(count.widest).saturating_add(PLAIN_FORMATTING);
    let looks = count.looks.saturating_add(count.attributes);
    if count.starts.saturating_mul(looks) <= MAX_LOOKS && open.saturating_mul(count.tags) <= MAX_ELEMENTS {
        return Ok(());
    }
    measure(markup, MAX_DEPTH.min(MAX_LOOKS.checked_div(count.looks).unwrap_or(MAX_DEPTH)))
}

/// What a search for `<` finds; more than there is, where `<` stands in a comment or an attribute.
#[derive(Default)]
struct Count {
    tags: usize,
    starts: usize,
    attributes: usize,
    /// The most attributes of one tag.
    widest: usize,
    /// Formatting elements with attributes, and those attributes.
    formatting: usize,
    /// What may look through the open elements: tags, pieces of text, and what is in `formatting`.
    looks: usize,
}

impl Count {
    fn of(markup: &[u8]) -> Result<Self> {
        let mut count = Self { looks: pieces_of_text(markup), ..Self::default() };
        let mut tag_bytes = 0_usize;
        for index in memchr::memchr_iter(b'<', markup) {
            let Some(tag) = Tag::read(markup.get(index.saturating_add(1)..).unwrap_or_default(), MAX_TAG_ATTRIBUTES)
            else {
                continue;
            };
            count.add(&tag)?;
            tag_bytes = tag_bytes.saturating_add(tag.length);
            if tag_bytes > MAX_TAG_BYTES {
                return Err(Error::TooLarge("HTML has tags that do not end"));
            }
        }
        count.looks = count.looks.saturating_add(count.tags).saturating_add(count.formatting);
        Ok(count)
    }

    fn add(&mut self, tag: &Tag) -> Result<()> {
        self.tags = self.tags.saturating_add(1);
        self.starts = self.starts.saturating_add(usize::from(!tag.is_end));
        self.attributes = self.attributes.saturating_add(tag.attributes);
        self.widest = self.widest.max(tag.attributes);
        if tag.is_formatting && tag.attributes > 0 {
            self.formatting = self.formatting.saturating_add(tag.attributes).saturating_add(1);
        }
        if self.tags > MAX_TAGS {
            return Err(Error::TooLarge("HTML has at most 100,000 tags"));
        }
        if tag.attributes > MAX_TAG_ATTRIBUTES {
            return Err(Error::TooLarge("HTML has at most 512 attributes in a tag"));
        }
        Ok(())
    }
}

/// Where the parser cuts text into pieces, beside tags.
fn pieces_of_text(markup: &[u8]) -> usize {
    let lines = memchr::memchr2_iter(b'\n', b'\r', markup).count();
    lines.saturating_add(memchr::memchr2_iter(b'&', b'\0', markup).count())
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, MAX_TAG_ATTRIBUTES, MAX_TAGS, check, measure};
    use crate::primitives::Error;

    fn numbered(before: &str, count: usize, after: &str) -> String {
        (0..count).map(|number| format!("{before}{number}{after}")).collect::<Vec<_>>().concat()
    }

    fn formatting(kinds: usize) -> String {
        numbered("<b x", kinds, ">")
    }

    #[test]
    fn ordinary_markup_is_admitted() {
        assert_eq!(check(&"<p>a <b>b</b> <font color=red>c</font><br></p>".repeat(10_000)), Ok(()));
        assert_eq!(check(&format!("{}{}", "<div>".repeat(2_000), "</div>".repeat(2_000))), Ok(()));
        assert_eq!(check(""), Ok(()));
        assert_eq!(check(&"ü<p>".repeat(5_000)), Ok(()));
    }

    #[test]
    fn depth_is_limited() {
        for element in
            ["<div>", "<span>", "<ul><li>", "<table><tr><td>", "<svg>", "<div title='</div>'>", "<i><!--</i>-->"]
        {
            assert_eq!(check(&element.repeat(10_000)), Err(Error::TooDeep), "{element}");
        }
    }

    #[test]
    fn growth_is_limited() {
        let grows = format!("<p>{}</p>{}", formatting(1_000), "<p>x".repeat(1_000));
        assert!(matches!(check(&grows), Err(Error::TooLarge(_))));
        let harmless = format!("<p>{}</p>{}", formatting(1_000), "<hr>".repeat(1_000));
        assert_eq!(check(&harmless), measure(&harmless, MAX_DEPTH));
        assert_eq!(check(&harmless), Ok(()));
    }

    #[test]
    fn tags_and_the_attributes_of_each_are_limited() {
        assert_eq!(check(&"<br>".repeat(MAX_TAGS)), Ok(()));
        assert!(matches!(check(&"</p>".repeat(MAX_TAGS + 1)), Err(Error::TooLarge(_))));
        assert_eq!(check(&format!("<p{}>", " x".repeat(MAX_TAG_ATTRIBUTES))), Ok(()));
        for (before, attribute) in
            [("", " x"), ("</p>", "/x"), ("", " x='>'"), ("<!-- <a x=' -->", " x"), ("</p ", "x ")]
        {
            let wide = format!("{before}<p{}>", attribute.repeat(MAX_TAG_ATTRIBUTES + 1));
            assert!(matches!(check(&wide), Err(Error::TooLarge(_))), "{before}{attribute}");
        }
        assert!(matches!(check(&"<a".repeat(MAX_TAGS)), Err(Error::TooLarge(_))));
    }

    #[test]
    fn attributes_that_are_cloned_or_gathered_are_limited() {
        let wide = numbered(" x", MAX_TAG_ATTRIBUTES, "");
        let gathered = numbered("<html x", 1_000, ">");
        for markup in [format!("<p><a{wide}>{}", "<p>x".repeat(10_000)), gathered + &"<i></i>".repeat(10_000)] {
            assert!(matches!(check(&markup), Err(Error::TooLarge(_))));
        }
        assert_eq!(check(&"<html lang=en dir=ltr><p>".repeat(10_000)), Ok(()));
    }

    #[test]
    fn what_a_table_throws_out_is_limited() {
        assert_eq!(check(&format!("<table>{}", "<br>".repeat(10_000))), Ok(()));
        assert!(matches!(check(&format!("<table>{}", "<br>".repeat(10_001))), Err(Error::TooLarge(_))));
    }

    #[test]
    fn the_more_looks_at_open_elements_the_less_deep() {
        let deep = |more: &str| check(&format!("{}{}", "<div>".repeat(1_000), more.repeat(40_000)));
        for more in ["", "x"] {
            assert_eq!(deep(more), Ok(()));
        }
        for more in ["</x>", "x\n", "&lt;", "x\0", "<b x></b>"] {
            assert_eq!(deep(more), Err(Error::TooDeep), "{more:?}");
        }
    }

    #[test]
    fn what_the_serializer_searches_is_limited() {
        for special in ["&", "\u{a0}"] {
            assert_eq!(check(&special.repeat(200_000)), Ok(()));
            let long = special.repeat(60_000) + &"x".repeat(1_800_000);
            assert!(matches!(check(&long), Err(Error::TooLarge(_))));
        }
        let most = "&".repeat(100_000) + &"x".repeat(900_000);
        assert_eq!(check(&most), Ok(()));
        assert!(matches!(check(&(most + "x")), Err(Error::TooLarge(_))));
    }

    #[test]
    fn tags_that_do_not_end_are_limited() {
        // Each of n reaches to the end: n * n bytes, and one more for each byte behind them.
        let most = "<a".repeat(4096) + &"a".repeat(1024);
        assert_eq!(check(&most), Ok(()));
        assert!(matches!(check(&(most + "a")), Err(Error::TooLarge(_))));
    }

    #[test]
    fn formatting_elements_without_attributes_are_looked_at_as_any_others() {
        for more in ["<b></b>", "<br x><br x>", "</b x>"] {
            assert_eq!(check(&format!("{}{}", "<div>".repeat(900), more.repeat(10_000))), Ok(()), "{more}");
        }
    }
}
