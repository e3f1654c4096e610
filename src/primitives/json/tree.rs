//! The tree of a document whose size is known to be within the limits.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::super::Result;
use super::super::validate::codes;
use super::Node;

/// The words by which an error of ours is known again.
const DUPLICATE: &str = "duplicate name";
const NUMBER: &str = "number out of range";

pub(super) fn parse(text: &str) -> Result<Node<'_>> {
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        if said.starts_with(DUPLICATE) {
            codes::JSON_DUPLICATE
        } else if said.starts_with(NUMBER) {
            codes::JSON_NUMBER
        } else {
            codes::JSON
        }
    })
}

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Builder)
    }
}

struct Builder;

impl<'de> Visitor<'de> for Builder {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Node::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        i64::try_from(value).map(Node::Int).map_err(|_| E::custom(NUMBER))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.is_finite() { Ok(Node::Float(value)) } else { Err(E::custom(NUMBER)) }
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        let mut names = HashSet::new();
        while let Some(Name(name)) = access.next_key()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(DUPLICATE));
            }
            entries.push((name, access.next_value()?));
        }
        Ok(Node::Object(entries))
    }
}

/// The name of a value in an object.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Builder)? {
            Node::Text(name) => Ok(Self(name)),
            _ => Err(D::Error::custom("a name is text")),
        }
    }
}
