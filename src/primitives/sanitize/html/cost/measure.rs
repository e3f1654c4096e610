//! The shape of the tree that markup becomes, without the tree.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use html5ever::interface::{Attribute, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ExpandedName, LocalName, ParseOpts, QualName, local_name, ns, parse_fragment};

use super::{MAX_DEPTH, MAX_ELEMENTS};
use crate::primitives::sanitize::html::census::Census;
use crate::primitives::{Error, Result};

/// Nodes that a table throws out, to stand before it: each looks for the table among its siblings.
const MAX_FOSTERED: usize = 10_000;

/// Attributes of all `<html>` tags, which go to one element: each such tag looks through all of them.
const MAX_ROOT_ATTRIBUTES: usize = 256;

/// How much is parsed between two looks at the limits, in bytes.
const CHUNK: usize = 1024;

/// Parses `markup` as ammonia does, and gives up at the first limit.
pub(super) fn measure(markup: &str, max_depth: usize) -> Result<()> {
    parse(markup, max_depth, &Rc::new(Size::default()))
}

/// What `markup` becomes, by kind.
pub(in crate::primitives::sanitize::html) fn census(markup: &str) -> Result<Census> {
    let size = Rc::new(Size { census: Some(RefCell::default()), ..Size::default() });
    parse(markup, MAX_DEPTH, &size)?;
    Ok(size.census.as_ref().map(RefCell::take).unwrap_or_default())
}

fn parse(markup: &str, max_depth: usize, size: &Rc<Size>) -> Result<()> {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let sink = Sink { size: Rc::clone(size), document: Sink::element(context.clone(), 0) };
    let mut parser = parse_fragment(sink, ParseOpts::default(), context, vec![], false);
    let mut rest = markup;
    while !rest.is_empty() {
        let chunk;
        (chunk, rest) =
            (CHUNK..CHUNK.saturating_add(4)).find_map(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
        parser.process(StrTendril::from(chunk));
        size.check(max_depth)?;
    }
    Ok(())
}

#[derive(Default)]
struct Size {
    /// Elements and their attributes.
    elements: Cell<usize>,
    depth: Cell<usize>,
    fostered: Cell<usize>,
    root_attributes: RefCell<HashSet<LocalName>>,
    /// Kept by [`census`] alone.
    census: Option<RefCell<Census>>,
}

impl Size {
    fn check(&self, max_depth: usize) -> Result<()> {
        if self.depth.get() > max_depth {
            return Err(Error::TooDeep);
        }
        if self.elements.get() > MAX_ELEMENTS {
            return Err(Error::TooLarge("HTML becomes at most 500,000 elements and attributes"));
        }
        if self.fostered.get() > MAX_FOSTERED {
            return Err(Error::TooLarge("HTML has at most 10,000 nodes that stand in a table and not in a cell"));
        }
        if self.root_attributes.borrow().len() > MAX_ROOT_ATTRIBUTES {
            return Err(Error::TooLarge("HTML has at most 256 attributes of the element html"));
        }
        Ok(())
    }
}

fn add(cell: &Cell<usize>, count: usize) {
    cell.set(cell.get().saturating_add(count));
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

    fn count(&self, add: impl FnOnce(&mut Census)) {
        if let Some(census) = &self.size.census {
            add(&mut census.borrow_mut());
        }
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

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Rc<Element> {
        add(&self.size.elements, attributes.len().saturating_add(1));
        self.count(|census| census.element(&name.local, &attributes));
        Self::element(name, 0)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Element> {
        self.count(Census::comment);
        Self::nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Element> {
        Self::nameless()
    }

    fn append(&self, parent: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.place(parent, &child);
    }

    fn append_based_on_parent_node(&self, one: &Rc<Element>, _: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        add(&self.size.fostered, 1);
        self.place(one, &child);
    }

    fn append_before_sibling(&self, sibling: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.place(sibling, &child);
    }

    fn add_attrs_if_missing(&self, _: &Rc<Element>, attributes: Vec<Attribute>) {
        self.count(|census| census.attributes("html", &attributes));
        self.size.root_attributes.borrow_mut().extend(attributes.into_iter().map(|attribute| attribute.name.local));
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn remove_from_parent(&self, _: &Rc<Element>) {}
    fn reparent_children(&self, _: &Rc<Element>, _: &Rc<Element>) {}
}

#[cfg(test)]
mod tests {
    use super::{MAX_ELEMENTS, MAX_ROOT_ATTRIBUTES, measure};
    use crate::primitives::Error;

    /// The element around the markup, and `html`.
    const OWN: usize = 2;

    #[test]
    fn each_limit_is_exact() {
        let deep = "<div>".repeat(9);
        assert_eq!(measure(&deep, 10), Ok(()));
        assert_eq!(measure(&deep, 9), Err(Error::TooDeep));
        let many = "<br>".repeat(MAX_ELEMENTS - OWN);
        assert_eq!(measure(&many, 10), Ok(()));
        assert!(matches!(measure(&(many + "<br>"), 10), Err(Error::TooLarge(_))));
        let wide = (0..MAX_ROOT_ATTRIBUTES).map(|number| format!("<html x{number}>")).collect::<Vec<_>>().concat();
        assert_eq!(measure(&wide, 10), Ok(()));
        assert!(matches!(measure(&(wide + "<html x>"), 10), Err(Error::TooLarge(_))));
    }
}
