//! Markup that is meant as markup, reduced to an allow-list (ASVS 5.0, 1.3.1). Parsing, serializing and the defenses
//! against mutation XSS are ammonia's; this file holds what is allowed.
//!
//! Idempotent. Safe as the content of an element like `div`; not inside an attribute, a script or a style element.
//! Links to other hosts stay, and so do images but in the strict profile: those hosts see who opens the markup.

mod census;
mod cost;
mod nesting;
mod styles;
mod written;

pub use census::removed;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, Url};

use crate::primitives::validate::codes;
use crate::primitives::{Error, Result};

/// The longest markup that is parsed, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// [`Profile::Default`] without images: a browser that shows it asks nobody for anything.
    Strict,
    /// Text and block markup, lists, tables, links and images; no classes, no styles.
    Default,
    /// What Odoo's HTML fields need beside that: classes, a subset of styles, fonts, embedded and attached images, quoted
    /// mail and mentions of records. Directives of `QWeb` go, and so do the attributes by which Odoo's editor writes to
    /// other records (`data-oe-field` and its kind), which Odoo's own `html_sanitize` keeps.
    Odoo,
}

/// Cleanings until nothing changes any more: two in nearly all cases.
const MAX_CLEANINGS: usize = 8;

/// Cleans `markup`, once more where the tree that is left would be read as another one.
///
/// # Errors
/// [`Error::TooLarge`] beyond [`MAX_BYTES`], 100,000 tags, 512 attributes in a tag, or what would become 500,000 elements
/// and attributes or take longer than a second or two; [`Error::TooDeep`] beyond 4,096 elements inside each other, less
/// where there are many tags; [`Error::Invalid`] when cleaning finds no end.
pub fn clean(markup: &str, profile: Profile) -> Result<String> {
    let mut cleaned = clean_once(markup, profile)?;
    for _ in 1..MAX_CLEANINGS {
        if nesting::is_stable(&cleaned) {
            return Ok(cleaned);
        }
        let again = clean_once(&cleaned, profile)?;
        if again == cleaned {
            return Ok(cleaned);
        }
        cleaned = again;
    }
    Err(codes::MARKUP)
}

fn clean_once(markup: &str, profile: Profile) -> Result<String> {
    if markup.len() > MAX_BYTES {
        return Err(Error::TooLarge("HTML has at most 2 MiB"));
    }
    cost::check(markup)?;
    match profile {
        Profile::Strict => write(&STRICT, markup),
        Profile::Default => write(&DEFAULT, markup),
        Profile::Odoo => {
            Ok(styles::settle(write(&ODOO, markup)?, |alone| write(&ODOO, alone).is_ok_and(|cleaned| cleaned == alone)))
        }
    }
}

fn write(builder: &Builder<'_>, markup: &str) -> Result<String> {
    // `to_string` would serialize into a growing buffer and then copy it.
    let mut out = Vec::with_capacity(markup.len());
    builder.clean(markup).write_to(&mut out).map_err(|_| codes::MARKUP)?;
    String::from_utf8(out).map(written::as_read).map_err(|_| codes::MARKUP)
}

/// ammonia's own lists, with fewer URL schemes: the others start programs of the reader.
static DEFAULT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.url_schemes(HashSet::from(SCHEMES)).attribute_filter(default_attribute);
    builder
});

static STRICT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.rm_tags(["img"]).url_schemes(HashSet::from(SCHEMES)).attribute_filter(default_attribute);
    builder
});

static ODOO: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["big", "font", "main", "section", "tfoot"])
        .add_clean_content_tags(["embed", "frame", "head", "iframe", "noscript", "object", "title"])
        .url_schemes(SCHEMES.into_iter().chain(IMAGE_SCHEMES).collect())
        .add_generic_attributes(["align", "class", "dir", "role", "style", "valign"])
        .add_generic_attributes(["data-o-mail-quote", "data-o-mail-quote-container", "data-o-mail-quote-node"])
        .add_tag_attributes("a", ["data-oe-id", "data-oe-model", "target"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes("img", ["border", "data-file-name", "data-mimetype", "loading"])
        .add_tag_attributes("table", ["bgcolor", "border", "cellpadding", "cellspacing", "height", "width"])
        .add_tag_attributes("td", ["bgcolor", "height", "nowrap", "width"])
        .add_tag_attributes("th", ["bgcolor", "height", "nowrap", "width"])
        .add_tag_attributes("tr", ["bgcolor", "height"])
        .filter_style_properties(HashSet::from(STYLES))
        .attribute_filter(odoo_attribute);
    builder
});

const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// For the source of an image alone: [`odoo_attribute`] takes them out everywhere else.
const IMAGE_SCHEMES: [&str; 2] = ["cid", "data"];

/// Raster images; SVG is a document that can hold scripts.
const IMAGE_TYPES: [&str; 4] = ["image/gif;", "image/jpeg;", "image/png;", "image/webp;"];

/// Odoo's own list of 19.0 (`_style_whitelist` in `odoo/tools/mail.py`) without background images.
const STYLES: [&str; 62] = [
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "caption-side",
    "color",
    "display",
    "empty-cells",
    "float",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-height",
    "min-width",
    "object-fit",
    "opacity",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
];

/// The value to keep for an attribute that ammonia's lists allow, or nothing.
fn default_attribute<'v>(_: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    (attribute != "cite" || is_citation(value)).then_some(Cow::Borrowed(value))
}

/// ammonia does not take the source of a quotation for an address, since browsers do not open it. Extensions do.
fn is_citation(value: &str) -> bool {
    Url::parse(value).map_or(true, |url| SCHEMES.contains(&url.scheme()))
}

/// The same for what the profile `odoo` has beside them.
fn odoo_attribute<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let keep = match (element, attribute) {
        ("img", "src") => Url::parse(value).map_or(true, |url| url.scheme() != "data" || is_raster(&url)),
        (_, "href" | "src") => Url::parse(value).map_or(true, |url| !IMAGE_SCHEMES.contains(&url.scheme())),
        (_, "cite") => is_citation(value),
        (_, "class") => return Some(harmless_classes(value)),
        (_, "data-oe-id") => value.bytes().all(|byte| byte.is_ascii_digit()),
        (_, "data-oe-model") => {
            value.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_' | b'0'..=b'9'))
        }
        (_, "target") => value == "_blank",
        _ => true,
    };
    keep.then_some(Cow::Borrowed(value))
}

fn is_raster(url: &Url) -> bool {
    let path = url.path();
    IMAGE_TYPES.iter().any(|kind| path.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
}

/// Without the classes that lay an element over the whole page (so that any click hits it) or that Odoo's editor obeys.
fn harmless_classes(value: &str) -> Cow<'_, str> {
    if !value.split_ascii_whitespace().any(is_harmful) {
        return Cow::Borrowed(value);
    }
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(|class| !is_harmful(class)).collect();
    Cow::Owned(kept.join(" "))
}

fn is_harmful(class: &str) -> bool {
    let prefixes = ["fixed-", "modal", "oe_structure", "offcanvas", "position-", "s_custom_snippet", "sticky-"];
    class == "stretched-link" || class == "o_editable" || prefixes.iter().any(|prefix| class.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, Profile, clean};
    use crate::primitives::Error;

    #[test]
    fn the_length_of_markup_is_limited() {
        let longest = "x".repeat(MAX_BYTES);
        assert_eq!(clean(&longest, Profile::Default).as_ref(), Ok(&longest));
        assert!(matches!(clean(&(longest + "x"), Profile::Default), Err(Error::TooLarge(_))));
    }

    #[test]
    fn the_source_of_a_quotation_is_an_address_too() {
        for profile in [Profile::Strict, Profile::Default, Profile::Odoo] {
            for kept in ["<q cite=\"https://a.bc/\">x</q>", "<q cite=\"/a\">x</q>", "<q title=\"foo:bar\">x</q>"] {
                assert_eq!(clean(kept, profile).as_deref(), Ok(kept), "{profile:?}");
            }
            assert_eq!(clean("<q cite=\"javascript:x\">y</q>", profile).as_deref(), Ok("<q>y</q>"), "{profile:?}");
        }
    }

    #[test]
    fn attributes_of_odoo_are_kept_where_they_are_harmless() {
        let kept = |element: &str, attribute: &str| {
            let cleaned = clean(&format!("<{element} {attribute}>"), Profile::Odoo).unwrap();
            cleaned.contains(&format!(" {attribute}"))
        };
        for (element, attribute) in [
            ("img", "src=\"https://a.bc/d.png\""),
            ("img", "src=\"/d.png\""),
            ("img", "src=\"cid:x\""),
            ("img", "src=\"data:image/PNG;base64,AA==\""),
            ("a", "href=\"/x\""),
            ("a", "href=\"https://a.bc/\""),
            ("a", "data-oe-id=\"7\""),
            ("a", "data-oe-model=\"a_b.c2\""),
            ("a", "target=\"_blank\""),
            ("p", "class=\"lead  small\""),
        ] {
            assert!(kept(element, attribute), "{element} {attribute}");
        }
        for (element, attribute) in [
            ("img", "src=\"data:image/svg+xml;base64,AA==\""),
            ("img", "src=\"data:text/html,x\""),
            ("a", "href=\"cid:x\""),
            ("a", "href=\"data:image/png;base64,AA==\""),
            ("a", "data-oe-id=\"7x\""),
            ("a", "data-oe-model=\"res.Partner\""),
            ("a", "data-oe-model=\"a-b\""),
            ("a", "target=\"_top\""),
            ("p", "class=\"lead modal\""),
        ] {
            assert!(!kept(element, attribute), "{element} {attribute}");
        }
        let cleaned = clean("<p class=\"lead  modal-open\tsmall\">x</p>", Profile::Odoo);
        assert_eq!(cleaned.as_deref(), Ok("<p class=\"lead small\">x</p>"));
    }

    /// Elements that were left where their own markup would not put them, and attributes in another order than before.
    #[test]
    fn what_is_left_is_cleaned_to_itself() {
        for (markup, expected) in [
            ("<p><object><p>x", "<p></p><p>x</p><p></p>"),
            ("<li><form><li>x", "<li></li><li>x</li>"),
            ("<b><p><marquee></b>x</p>y", "<b><p>x</p><p></p>y<p></p></b>"),
            ("<pre>\n\n\n\n\n\n\n\n\n\n\nx", "<pre>\n\n\n\n\n\n\n\n\n\n\nx</pre>"),
            ("<pre>&#13;x", "<pre>\n\nx</pre>"),
            ("\u{feff}\u{feff}\u{feff}\u{feff}\u{feff}\u{feff}\u{feff}\u{feff}\u{feff}x", "x"),
            ("<a title=x href='foo:bar'>x</a>", "<a title=\"x\" rel=\"noopener noreferrer\">x</a>"),
        ] {
            assert_eq!(clean(markup, Profile::Default).as_deref(), Ok(expected), "{markup}");
            assert_eq!(clean(expected, Profile::Default).as_deref(), Ok(expected), "{markup}");
        }
        let reordered = clean("<a data-oe-id=x title=y href='#'>x</a>", Profile::Odoo).unwrap();
        assert_eq!(reordered, "<a title=\"y\" href=\"#\" rel=\"noopener noreferrer\">x</a>");
    }

    /// Styles that changed with each of eight cleanings, so that all of the markup was refused.
    #[test]
    fn a_style_that_does_not_settle_is_dropped() {
        for (markup, expected) in [
            (
                "<DIV STYLE=\"width:�expre�n(3�ert('XSS'))\0))\0\0�exprexn(3�ert'(XSS'))\0))\0\0th: e\x7f\0p\0\0\0SS�))\0\x04th:TYLE=\"width:�exprexn(8�ert(>x</\x01IV>",
                "<div>x</div>",
            ),
            ("<b style='color:red;width:calc((1px + 2px) * 3);height:1px'>x</b>", "<b style=\"color:red\">x</b>"),
            ("<b style='width:calc((1px + 2px) * 3)' title=y>x</b>", "<b title=\"y\">x</b>"),
        ] {
            assert_eq!(clean(markup, Profile::Odoo).as_deref(), Ok(expected), "{markup}");
        }
    }
}
