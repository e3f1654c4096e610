//! JSON: what is accepted is within the limits, and the value that `serde_json` reads by itself.

use serde_json::Value;
use zenoo_security::primitives::json::{Limits, Node, parse};
use zenoo_security::primitives::validate::codes;

const LIMITS: Limits = Limits { bytes: 600, depth: 6, items: 40, keys: 12 };

/// Reads the bytes as a document.
pub fn fuzz(data: &[u8]) {
    let peer = serde_json::from_slice::<Value>(data).ok();
    match parse(data, LIMITS) {
        Ok(node) => assert_accepted(&node, data.len(), peer),
        Err(error) => {
            super::assert_documented(error);
            assert!(error != codes::JSON || peer.is_none(), "what serde_json reads is JSON");
        }
    }
}

fn assert_accepted(node: &Node<'_>, bytes: usize, peer: Option<Value>) {
    let mut count = Count::default();
    count.add(node, 0);
    assert!(bytes <= LIMITS.bytes && count.depth <= LIMITS.depth && count.keys <= LIMITS.keys);
    // The first value in an array or object comes with its bracket.
    assert!(count.values <= 2 * LIMITS.items + 1);
    assert_eq!(Some(to_value(node)), peer);
    let printed = to_value(node).to_string();
    if printed.len() <= LIMITS.bytes && !count.has_floats {
        assert_eq!(parse(printed.as_bytes(), LIMITS).as_ref().map(to_value), Ok(to_value(node)));
    }
}

#[derive(Default)]
struct Count {
    depth: usize,
    keys: usize,
    values: usize,
    has_floats: bool,
}

impl Count {
    fn add(&mut self, node: &Node<'_>, above: usize) {
        self.values += 1;
        match node {
            Node::Array(items) => {
                self.depth = self.depth.max(above + 1);
                for item in items {
                    self.add(item, above + 1);
                }
            }
            Node::Object(entries) => {
                self.depth = self.depth.max(above + 1);
                self.keys += entries.len();
                for (index, (name, value)) in entries.iter().enumerate() {
                    assert!(entries[..index].iter().all(|(other, _)| other != name), "a name twice");
                    self.add(value, above + 1);
                }
            }
            Node::Float(value) => {
                assert!(value.is_finite());
                self.has_floats = true;
            }
            _ => {}
        }
    }
}

fn to_value(node: &Node<'_>) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::from(*value),
        Node::Int(value) => Value::from(*value),
        Node::Float(value) => Value::from(*value),
        Node::Text(text) => Value::from(&**text),
        Node::Array(items) => Value::Array(items.iter().map(to_value).collect()),
        Node::Object(entries) => {
            Value::Object(entries.iter().map(|(name, value)| (name.clone().into_owned(), to_value(value))).collect())
        }
    }
}
