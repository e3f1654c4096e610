//! Whether cleaned markup is read again as the tree that it was written from.
//!
//! Not every tree has markup of its own. Of `<p><object><p>` the paragraphs are left inside each other, and `<p><p>` is
//! read as two beside each other: whoever compares or cleans it anew finds something else, and mutation XSS begins like
//! that. What holds here is enough for a tree to stay as it is, and most markup holds it; the rest is cleaned once more.
//! The rules are those of the HTML standard, section 13.2.6.4, for the elements that cleaning leaves.

/// What an element is for the rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing but its end tag ends it, and it ends no other.
    Inline,
    Void,
    /// Void, and its start ends an open paragraph.
    Rule,
    Link,
    /// Its start ends an open paragraph. Every element that is not known here is taken for one.
    Block,
    Paragraph,
    Heading,
    List,
    ListItem,
    Terms,
    Term,
    Table,
    Section,
    Columns,
    Column,
    Row,
    Cell,
    Caption,
    Ruby,
    RubyPart,
}

impl Kind {
    fn of(name: &[u8]) -> Self {
        match name {
            b"abbr" | b"acronym" | b"b" | b"bdi" | b"bdo" | b"big" | b"cite" | b"code" | b"data" | b"del" | b"dfn"
            | b"em" | b"font" | b"i" | b"ins" | b"kbd" | b"map" | b"mark" | b"q" | b"s" | b"samp" | b"small"
            | b"span" | b"strike" | b"strong" | b"sub" | b"sup" | b"time" | b"tt" | b"u" | b"var" => Self::Inline,
            b"area" | b"br" | b"img" | b"wbr" => Self::Void,
            b"hr" => Self::Rule,
            b"a" => Self::Link,
            b"p" => Self::Paragraph,
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Self::Heading,
            b"ol" | b"ul" => Self::List,
            b"li" => Self::ListItem,
            b"dl" => Self::Terms,
            b"dd" | b"dt" => Self::Term,
            b"table" => Self::Table,
            b"tbody" | b"tfoot" | b"thead" => Self::Section,
            b"colgroup" => Self::Columns,
            b"col" => Self::Column,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            b"caption" => Self::Caption,
            b"ruby" => Self::Ruby,
            b"rp" | b"rt" | b"rtc" => Self::RubyPart,
            _ => Self::Block,
        }
    }

    /// Whether an element may stand in this one, or text that is more than white space.
    fn may_hold(self, child: Self) -> bool {
        match child {
            Self::ListItem => self == Self::List,
            Self::Term => self == Self::Terms,
            Self::Section | Self::Columns | Self::Caption => self == Self::Table,
            Self::Row => self == Self::Section,
            Self::Cell => self == Self::Row,
            Self::Column => self == Self::Columns,
            Self::RubyPart => self == Self::Ruby,
            Self::Heading => self != Self::Heading && self.may_hold_text(),
            _ => self.may_hold_text(),
        }
    }

    fn may_hold_text(self) -> bool {
        !matches!(self, Self::Table | Self::Section | Self::Columns | Self::Row)
    }

    fn ends_paragraph(self) -> bool {
        !matches!(self, Self::Inline | Self::Void | Self::Link | Self::Ruby | Self::RubyPart)
    }

    fn is_void(self) -> bool {
        matches!(self, Self::Void | Self::Rule | Self::Column)
    }
}

/// An open element, and whether a paragraph and a link are open up to the cell around it.
#[derive(Clone, Copy)]
struct Open {
    kind: Kind,
    in_paragraph: bool,
    in_link: bool,
}

impl Open {
    fn child(self, kind: Kind) -> Option<Self> {
        let is_new = matches!(kind, Kind::Cell | Kind::Caption);
        let (in_paragraph, in_link) = (self.in_paragraph && !is_new, self.in_link && !is_new);
        let fits =
            self.kind.may_hold(kind) && !(in_paragraph && kind.ends_paragraph()) && !(in_link && kind == Kind::Link);
        fits.then_some(Self {
            kind,
            in_paragraph: in_paragraph || kind == Kind::Paragraph,
            in_link: in_link || kind == Kind::Link,
        })
    }
}

/// Whether cleaning `markup`, which was cleaned, is sure to change nothing. In what was cleaned, `<` and `>` stand for tags
/// alone, and each element but the void ones has its end tag.
pub(super) fn is_stable(markup: &str) -> bool {
    let markup = markup.as_bytes();
    let mut open = vec![Open { kind: Kind::Block, in_paragraph: false, in_link: false }];
    let mut rest = markup;
    while let Some(start) = memchr::memchr(b'<', rest) {
        let (text, tag) = rest.split_at(start);
        let Some(end) = memchr::memchr(b'>', tag) else { return false };
        let (tag, after) = tag.split_at(end);
        rest = after.strip_prefix(b">").unwrap_or(after);
        if !is_fitting(&mut open, text, tag) {
            return false;
        }
    }
    true
}

/// Whether the text and the tag after it fit in what is open.
fn is_fitting(open: &mut Vec<Open>, text: &[u8], tag: &[u8]) -> bool {
    let Some(parent) = open.last().copied() else { return false };
    if !parent.kind.may_hold_text() && !text.iter().all(u8::is_ascii_whitespace) {
        return false;
    }
    let Some(tag) = tag.strip_prefix(b"<").filter(|tag| !tag.starts_with(b"/")) else {
        open.pop();
        return true;
    };
    let kind = Kind::of(tag.split(|byte| *byte == b' ').next().unwrap_or(tag));
    let Some(child) = parent.child(kind) else { return false };
    if !kind.is_void() {
        open.push(child);
    }
    // Where attributes were dropped, `rel` may stand among the others; it is always written last.
    kind != Kind::Link || tag.ends_with(b" rel=\"noopener noreferrer\"")
}

#[cfg(test)]
mod tests {
    use super::is_stable;

    #[test]
    fn ordinary_markup_is_stable() {
        for markup in [
            "",
            "a &lt; b",
            "<p style=\"color:#fff;width:1.5em\">x <b>y <i>z</i></b><br></p><h1>t</h1><hr><pre>x\n</pre>",
            "<ul><li><p>x</p><ul><li>y</li></ul></li></ul><dl><dt>x</dt><dd>y</dd></dl>",
            "<table><caption>x</caption><colgroup><col></colgroup>\n<tbody><tr> <td><p>x</p></td></tr></tbody></table>",
            "<a href=\"/\" rel=\"noopener noreferrer\">x</a><ruby>x<rt>y</rt></ruby>",
        ] {
            assert!(is_stable(markup), "{markup}");
        }
    }

    #[test]
    fn what_is_read_as_another_tree_is_not() {
        for markup in [
            "<p><p>x</p></p>",
            "<p><b><div>x</div></b></p>",
            "<li><li>x</li></li>",
            "<h1><h2>x</h2></h1>",
            "<h1><hr><h2>x</h2></h1>",
            "<p><hr></p>",
            "<a rel=\"noopener noreferrer\">x<b><a rel=\"noopener noreferrer\">x</a></b></a>",
            "<a rel=\"noopener noreferrer\" href=\"/\">x</a>",
            "<table><tr><td>x</td></tr></table>",
            "<table>x</table>",
            "<table><tbody><tr><b>x</b></tr></tbody></table>",
            "<ruby><rt><rt>x</rt></rt></ruby>",
            "<dl><dd><dt>x</dt></dd></dl>",
            "<a rel=\"noopener noreferrer\"><a rel=\"noopener noreferrer\">x</a></a>",
        ] {
            assert!(!is_stable(markup), "{markup}");
        }
    }
}
