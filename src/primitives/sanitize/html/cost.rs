//! What it would cost to clean markup, found out before it is done.
//!
//! The parsing rules of HTML let a few kilobytes grow: each paragraph opens anew all the formatting elements that were left
//! open (33 KB can become 4 million elements), and each tag may look through all the elements that are open (500 KB of
//! `<div>` take a minute). Most markup cannot do that, which a count of its tags shows. The rest is parsed once by
//! html5ever with nothing built, and given up at the first limit.
//!
//! Not limited: attributes of one tag, whose number the parser squares (100,000 of them take two seconds).

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::{Attribute, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ExpandedName, ParseOpts, QualName, local_name, ns, parse_fragment};

use crate::primitives::{Error, Result};

/// Start and end tags.
pub(super) const MAX_TAGS: usize = 100_000;

/// Each ampersand that begins no reference makes the parser step back over what it has read.
pub(super) const MAX_AMPERSANDS: usize = 50_000;

/// Elements inside each other. Browsers stop at 512.
pub(super) const MAX_DEPTH: usize = 4_096;

/// Elements after parsing, about 240 bytes of memory each.
pub(super) const MAX_ELEMENTS: usize = 500_000;

/// How much is parsed between two looks at the limits, in bytes.
const CHUNK: usize = 1024;

/// The formatting elements of the HTML standard but for `a`, of which one is open at most.
const FORMATTING: [&[u8]; 13] =
    [b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u"];

/// Without attributes, three of each kind are kept open ("Noah's Ark clause"), and one `a`.
const PLAIN_FORMATTING: usize = 40;

/// Refuses markup that would exceed a limit.
pub(super) fn check(markup: &str) -> Result<()> {
    let count = Count::of(markup.as_bytes());
    if count.tags > MAX_TAGS {
        return Err(Error::TooLarge("HTML has at most 100,000 tags"));
    }
    if memchr::memchr_iter(b'&', markup.as_bytes()).count() > MAX_AMPERSANDS {
        return Err(Error::TooLarge("HTML has at most 50,000 ampersands"));
    }
    let open = count.formatting.saturating_add(PLAIN_FORMATTING);
    if count.starts <= MAX_DEPTH && open.saturating_mul(count.tags) <= MAX_ELEMENTS {
        return Ok(());
    }
    measure(markup)
}

/// What a search for `<` finds; more than there is, where `<` stands in a comment or an attribute.
#[derive(Default)]
struct Count {
    tags: usize,
    starts: usize,
    /// Formatting elements with attributes.
    formatting: usize,
}

impl Count {
    fn of(markup: &[u8]) -> Self {
        let mut count = Self::default();
        for index in memchr::memchr_iter(b'<', markup) {
            let tag = markup.get(index.saturating_add(1)..).unwrap_or_default();
            match tag.first() {
                Some(b'/') => count.tags = count.tags.saturating_add(1),
                Some(first) if first.is_ascii_alphabetic() => {
                    count.tags = count.tags.saturating_add(1);
                    count.starts = count.starts.saturating_add(1);
                    count.formatting = count.formatting.saturating_add(usize::from(is_attributed_formatting(tag)));
                }
                _ => {}
            }
        }
        count
    }
}

fn is_attributed_formatting(tag: &[u8]) -> bool {
    let length = tag.iter().take(8).position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or_default();
    let (name, rest) = tag.split_at_checked(length).unwrap_or_default();
    rest.first() != Some(&b'>') && FORMATTING.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Parses `markup` as ammonia does, and gives up at the first limit.
fn measure(markup: &str) -> Result<()> {
    let size = Rc::new(Size::default());
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let sink = Sink { size: Rc::clone(&size), document: Sink::element(context.clone(), 0) };
    let mut parser = parse_fragment(sink, ParseOpts::default(), context, vec![], false);
    let mut rest = markup;
    while !rest.is_empty() {
        let chunk;
        (chunk, rest) =
            (CHUNK..CHUNK.saturating_add(4)).find_map(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
        parser.process(StrTendril::from(chunk));
        if size.depth.get() > MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        if size.elements.get() > MAX_ELEMENTS {
            return Err(Error::TooLarge("HTML becomes at most 500,000 elements"));
        }
    }
    Ok(())
}

#[derive(Default)]
struct Size {
    elements: Cell<usize>,
    depth: Cell<usize>,
}

/// A tree that remembers of each element how deep it is, and nothing else.
struct Sink {
    size: Rc<Size>,
    document: Rc<Element>,
}

struct Element {
    name: QualName,
    depth: Cell<usize>,
}

impl Sink {
    fn element(name: QualName, depth: usize) -> Rc<Element> {
        Rc::new(Element { name, depth: Cell::new(depth) })
    }

    fn nameless() -> Rc<Element> {
        Self::element(QualName::new(None, ns!(), local_name!("")), 0)
    }

    fn place(&self, parent: &Element, child: &NodeOrText<Rc<Element>>) {
        if let NodeOrText::AppendNode(node) = child {
            node.depth.set(parent.depth.get().saturating_add(1));
            self.size.depth.set(self.size.depth.get().max(node.depth.get()));
        }
    }
}

impl TreeSink for Sink {
    type Handle = Rc<Element>;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn get_document(&self) -> Rc<Element> {
        Rc::clone(&self.document)
    }

    fn get_template_contents(&self, target: &Rc<Element>) -> Rc<Element> {
        Rc::clone(target)
    }

    fn same_node(&self, one: &Rc<Element>, other: &Rc<Element>) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Element>) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> Rc<Element> {
        self.size.elements.set(self.size.elements.get().saturating_add(1));
        Self::element(name, 0)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Element> {
        Self::nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Element> {
        Self::nameless()
    }

    fn append(&self, parent: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.place(parent, &child);
    }

    fn append_based_on_parent_node(&self, one: &Rc<Element>, _: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.place(one, &child);
    }

    fn append_before_sibling(&self, sibling: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.place(sibling, &child);
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn add_attrs_if_missing(&self, _: &Rc<Element>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<Element>) {}
    fn reparent_children(&self, _: &Rc<Element>, _: &Rc<Element>) {}
}

#[cfg(test)]
mod tests {
    use super::{MAX_AMPERSANDS, MAX_DEPTH, MAX_TAGS, check, measure};
    use crate::primitives::Error;

    fn formatting(kinds: usize) -> String {
        (0..kinds).map(|kind| format!("<b x{kind}>")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn ordinary_markup_is_admitted() {
        assert_eq!(check(&"<p>a <b>b</b> <font color=red>c</font><br></p>".repeat(10_000)), Ok(()));
        assert_eq!(check(&format!("{}{}", "<div>".repeat(MAX_DEPTH), "</div>".repeat(MAX_DEPTH))), Ok(()));
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
        assert_eq!(check(&harmless), measure(&harmless));
        assert_eq!(check(&harmless), Ok(()));
    }

    #[test]
    fn tags_and_ampersands_are_limited() {
        assert_eq!(check(&"<br>".repeat(MAX_TAGS)), Ok(()));
        assert!(matches!(check(&"</p>".repeat(MAX_TAGS + 1)), Err(Error::TooLarge(_))));
        assert_eq!(check(&"&".repeat(MAX_AMPERSANDS)), Ok(()));
        assert!(matches!(check(&"&".repeat(MAX_AMPERSANDS + 1)), Err(Error::TooLarge(_))));
    }
}
