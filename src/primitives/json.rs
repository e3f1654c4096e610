//! JSON (RFC 8259) from outside, within limits that hold before anything is built of it.
//!
//! One pass over the bytes counts and measures; only what is within the limits is parsed, by `serde_json`. Refused are
//! names that an object has twice, integers beyond 64 bits, numbers that are not finite, and lone surrogates.

mod scan;
mod tree;

use std::borrow::Cow;

use super::validate::codes;
use super::validate::domain::{Source, View};
use super::{Error, Result};

/// How large a document may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// UTF-8 bytes.
    pub bytes: usize,
    /// Arrays and objects inside one another; at most [`DEPTH_MAX`].
    pub depth: usize,
    /// Values and names together.
    pub items: usize,
    /// Names in all objects together.
    pub keys: usize,
}

/// No document may be nested deeper: `serde_json` itself ends at 128.
pub const DEPTH_MAX: usize = 100;

/// A value, its texts borrowed from the document where they hold no escapes.
#[derive(Debug, Clone, PartialEq)]
pub enum Node<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number without fraction and exponent.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object, in its order; no name is there twice.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// Parses one document.
///
/// # Errors
/// `too_long`, `encoding`, `json`, `json_duplicate`, `json_number`, `json_too_deep` or `json_too_many`; `Parameter` for
/// a depth beyond [`DEPTH_MAX`].
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Node<'_>> {
    if limits.depth > DEPTH_MAX {
        return Err(Error::Parameter("max_depth is at most 100"));
    }
    if bytes.len() > limits.bytes {
        return Err(codes::TOO_LONG);
    }
    scan::within(bytes, limits)?;
    tree::parse(core::str::from_utf8(bytes).map_err(|_| codes::ENCODING)?)
}

impl Source for &Node<'_> {
    fn view(&self) -> Result<View<'_>> {
        Ok(match self {
            Node::Null => View::Null,
            Node::Bool(value) => View::Bool(*value),
            Node::Int(value) => View::Int(*value),
            Node::Float(value) => View::Float(*value),
            Node::Text(text) => View::Text(text),
            Node::Array(items) => View::Sequence(items.len()),
            Node::Object(_) => return Err(codes::DOMAIN_VALUE),
        })
    }

    fn item(&self, index: usize) -> Result<Self> {
        let Node::Array(items) = self else { return Err(codes::DOMAIN_ITEM) };
        items.get(index).ok_or(codes::DOMAIN_ITEM)
    }
}
