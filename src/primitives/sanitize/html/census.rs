//! How much cleaning takes out of markup, by kind, for whoever wants to be told.

use std::collections::BTreeMap;

use html5ever::Attribute;

use super::cost::census;
use crate::primitives::Result;

/// Kinds and how many of each are in `before` and no more in `after`, which is what [`super::clean`] made of it. Kinds of
/// which there are none are left out.
///
/// # Errors
/// Those of [`super::clean`].
pub fn removed(before: &str, after: &str) -> Result<Vec<(&'static str, usize)>> {
    let (had, has) = (census(before)?, census(after)?);
    let lost = |kind, count: usize| count.saturating_sub(has.0.get(kind).copied().unwrap_or_default());
    let all = had.0.iter().map(|(kind, count)| (*kind, lost(kind, *count)));
    Ok(all.filter(|(_, count)| *count > 0).collect())
}

/// Kinds and how many there are of each.
#[derive(Debug, Default)]
pub(super) struct Census(BTreeMap<&'static str, usize>);

impl Census {
    pub(super) fn element(&mut self, name: &str, attributes: &[Attribute]) {
        self.add(element_kind(name), 1);
        self.attributes(name, attributes);
    }

    pub(super) fn attributes(&mut self, element: &str, attributes: &[Attribute]) {
        for attribute in attributes {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            match name {
                // ammonia sets it anew.
                "rel" if element == "a" => {}
                "class" => self.add("classes", value.split_ascii_whitespace().count()),
                "style" => self.add("styles", value.split(';').filter(|part| !part.trim().is_empty()).count()),
                _ => self.add(attribute_kind(name), 1),
            }
        }
    }

    pub(super) fn comment(&mut self) {
        self.add("comments", 1);
    }

    fn add(&mut self, kind: &'static str, count: usize) {
        let sum = self.0.entry(kind).or_default();
        *sum = sum.saturating_add(count);
    }
}

fn element_kind(name: &str) -> &'static str {
    match name {
        "script" => "scripts",
        "style" | "link" => "style_sheets",
        "applet" | "embed" | "fencedframe" | "frame" | "frameset" | "iframe" | "object" | "portal" => "frames",
        "button" | "form" | "input" | "option" | "select" | "textarea" => "forms",
        "audio" | "image" | "img" | "picture" | "source" | "track" | "video" => "media",
        _ => "elements",
    }
}

fn attribute_kind(name: &str) -> &'static str {
    match name {
        "action" | "background" | "cite" | "data" | "formaction" | "href" | "ping" | "poster" | "src" | "srcset" => {
            "addresses"
        }
        _ if name.starts_with("on") => "event_handlers",
        _ if name.starts_with("t-") => "directives",
        _ => "attributes",
    }
}

#[cfg(test)]
mod tests {
    use super::removed;
    use crate::primitives::sanitize::html::{Profile, clean};

    fn lost(markup: &str) -> Vec<(&'static str, usize)> {
        removed(markup, &clean(markup, Profile::Odoo).unwrap()).unwrap()
    }

    #[test]
    fn each_kind_is_counted() {
        for (markup, kind) in [
            ("<script>x</script>", "scripts"),
            ("<style>x</style>", "style_sheets"),
            ("<iframe></iframe>", "frames"),
            ("<form>x</form>", "forms"),
            ("<video></video>", "media"),
            ("<blink>x</blink>", "elements"),
            ("<p onclick=x>y</p>", "event_handlers"),
            ("<p t-out=x>y</p>", "directives"),
            ("<p id=x>y</p>", "attributes"),
            ("<a href=javascript:x>y</a>", "addresses"),
            ("<p style='color:red;position:fixed'>y</p>", "styles"),
            ("<p class='lead stretched-link'>y</p>", "classes"),
            ("<!--x-->", "comments"),
        ] {
            assert_eq!(lost(markup), [(kind, 1)], "{markup}");
        }
    }

    #[test]
    fn the_relation_of_a_link_is_nothing_that_is_lost() {
        assert_eq!(lost("<p rel=x>y</p>"), [("attributes", 1)]);
        assert_eq!(lost("<object><a rel=x>y</a></object>"), [("elements", 1), ("frames", 1)]);
    }

    #[test]
    fn nothing_is_counted_where_nothing_is_lost() {
        let kept = "<p class=lead style='color: red'>x <a href=/x rel=me>y</a></p><table><td>z</table>";
        assert_eq!(lost(kept), []);
    }
}
