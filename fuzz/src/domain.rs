//! Search domains: what is accepted is one expression within the limits, and stays itself.

use std::collections::HashSet;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use zenoo_security::primitives::validate::codes;
use zenoo_security::primitives::validate::domain::{
    Domain, Kind, Limits, Operator, Rules, Scalar, Source, TEXT_MAX, Token, Value, View,
};
use zenoo_security::primitives::{Result, json};

const LIMITS: Limits = Limits { depth: 6, leaves: 20, values: 30, path: 3 };

static FIELDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| ["name", "child_ids", "child_ids.name", "partner_id.name"].map(str::to_owned).into());

/// What Python or JSON can hand over, rich in what domains are made of.
#[derive(Debug, Clone, PartialEq, Arbitrary)]
enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Word(Word),
    Items(Vec<Node>),
    Condition(Word, Word, Box<Node>),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
#[rustfmt::skip]
enum Word {
    And, Or, Not, Equal, NotEqual, Less, In, NotIn, Any, NotAny, Bypass, Like, Ilike, ChildOf, Name, Children, Path,
}

impl Word {
    fn text(self) -> &'static str {
        const TEXTS: [&str; 17] = [
            "&",
            "|",
            "!",
            "=",
            "<>",
            "<",
            "in",
            "not in",
            "any",
            "not any",
            "any!",
            "not like",
            "=ilike",
            "child_of",
            "name",
            "child_ids",
            "partner_id.name",
        ];
        TEXTS[self as usize]
    }
}

/// A node, or the part of a condition that is a word.
#[derive(Clone, Copy)]
enum At<'a> {
    Node(&'a Node),
    Word(Word),
}

impl Source for At<'_> {
    fn view(&self) -> Result<View<'_>> {
        let node = match self {
            At::Word(word) => return Ok(View::Text(word.text())),
            At::Node(node) => *node,
        };
        Ok(match node {
            Node::Null => View::Null,
            Node::Bool(value) => View::Bool(*value),
            Node::Int(value) => View::Int(*value),
            Node::Float(value) => View::Float(*value),
            Node::Text(text) => View::Text(text),
            Node::Word(word) => View::Text(word.text()),
            Node::Items(items) => View::Sequence(items.len()),
            Node::Condition(..) => View::Sequence(3),
            Node::Other => return Err(codes::DOMAIN_VALUE),
        })
    }

    fn item(&self, index: usize) -> Result<Self> {
        let At::Node(node) = *self else { return Err(codes::DOMAIN_ITEM) };
        match (node, index) {
            (Node::Items(items), _) => items.get(index).map(At::Node),
            (Node::Condition(field, ..), 0) => Some(At::Word(*field)),
            (Node::Condition(_, operator, _), 1) => Some(At::Word(*operator)),
            (Node::Condition(.., value), 2) => Some(At::Node(value)),
            _ => None,
        }
        .ok_or(codes::DOMAIN_ITEM)
    }
}

/// Reads the bytes as JSON where they are some, and else as a value of any shape.
pub fn fuzz(data: &[u8]) {
    let is_json = data.first() == Some(&b'[');
    let node = if is_json {
        serde_json::from_slice(data).ok().map(from_json)
    } else {
        Vec::arbitrary_take_rest(Unstructured::new(data)).ok().map(Node::Items)
    };
    let Some(node) = node else { return };
    if is_json {
        assert_same_as_json(data, &node);
    }
    assert_parsed(&node, None);
    assert_parsed(&node, Some(&FIELDS));
}

/// Read by our own parser of JSON, the domain is the same.
fn assert_same_as_json(data: &[u8], node: &Node) {
    let limits = json::Limits { bytes: data.len(), depth: json::DEPTH_MAX, items: data.len(), keys: data.len() };
    if let Ok(json) = json::parse(data, limits) {
        assert_eq!(Domain::parse(&&json, &rules(None)), Domain::parse(&At::Node(node), &rules(None)));
    }
}

fn from_json(value: serde_json::Value) -> Node {
    match value {
        serde_json::Value::Null => Node::Null,
        serde_json::Value::Bool(value) => Node::Bool(value),
        serde_json::Value::Number(number) => number.as_i64().map_or(Node::Float(number.as_f64().unwrap()), Node::Int),
        serde_json::Value::String(text) => Node::Text(text),
        serde_json::Value::Array(items) => Node::Items(items.into_iter().map(from_json).collect()),
        serde_json::Value::Object(_) => Node::Other,
    }
}

fn rules(fields: Option<&HashSet<String>>) -> Rules {
    let rules = Rules::new(LIMITS).unwrap();
    let Some(fields) = fields else { return rules };
    rules.with_fields(fields.iter().map(|path| (path.clone(), Kind::Any)).collect())
}

fn assert_parsed(node: &Node, fields: Option<&HashSet<String>>) {
    let rules = rules(fields);
    let domain = match Domain::parse(&At::Node(node), &rules) {
        Ok(domain) => domain,
        Err(error) => return super::assert_documented(error),
    };
    let mut count = Count::default();
    count.domain(&domain, "", fields);
    assert!(count.leaves <= LIMITS.leaves && count.values <= LIMITS.values);
    assert!(depth(&domain) <= LIMITS.depth);
    let written = to_node(&domain);
    assert_eq!(Domain::parse(&At::Node(&written), &rules), Ok(domain));
}

#[derive(Default)]
struct Count {
    leaves: usize,
    values: usize,
}

impl Count {
    fn domain(&mut self, domain: &Domain, prefix: &str, fields: Option<&HashSet<String>>) {
        for token in domain.tokens() {
            let Token::Condition(field, operator, value) = token else { continue };
            self.leaves += 1;
            let path = [prefix, field].join(".").trim_start_matches('.').to_owned();
            assert!(path.split('.').count() <= LIMITS.path && fields.is_none_or(|fields| fields.contains(&path)));
            assert_eq!(["any", "not any"].contains(operator), matches!(value, Value::Domain(_)));
            assert!(!operator.contains("any!"));
            match value {
                Value::One(scalar) => assert_scalar(scalar),
                Value::List(scalars) => {
                    self.values += scalars.len();
                    scalars.iter().for_each(assert_scalar);
                }
                Value::Domain(inner) => self.domain(inner, &path, fields),
            }
        }
    }
}

fn assert_scalar(scalar: &Scalar) {
    match scalar {
        Scalar::Float(value) => assert!(value.is_finite()),
        Scalar::Text(text) => assert!(text.len() <= TEXT_MAX && !text.contains('\0')),
        _ => {}
    }
}

/// The depth of a domain, which must be one expression.
fn depth(domain: &Domain) -> usize {
    let mut tokens = domain.tokens().iter();
    let depth = expression(&mut tokens, None);
    assert!(tokens.next().is_none(), "one expression");
    depth
}

fn expression<'a>(tokens: &mut impl Iterator<Item = &'a Token>, above: Option<Operator>) -> usize {
    match tokens.next().unwrap() {
        Token::Operator(Operator::Not) => 1 + expression(tokens, Some(Operator::Not)),
        Token::Operator(operator) => {
            let inner = expression(tokens, Some(*operator)).max(expression(tokens, Some(*operator)));
            inner + usize::from(above != Some(*operator))
        }
        Token::Condition(_, _, Value::Domain(domain)) => 1 + depth(domain),
        _ => 0,
    }
}

fn to_node(domain: &Domain) -> Node {
    let text = |text: &str| Node::Text(text.to_owned());
    let token = |token: &Token| match token {
        Token::Operator(operator) => text((*operator).into()),
        Token::Constant(truth) => Node::Items(vec![Node::Int((*truth).into()), text("="), Node::Int(1)]),
        Token::Condition(field, operator, value) => Node::Items(vec![text(field), text(operator), value_node(value)]),
    };
    Node::Items(domain.tokens().iter().map(token).collect())
}

fn value_node(value: &Value) -> Node {
    let scalar = |scalar: &Scalar| match scalar {
        Scalar::Null => Node::Null,
        Scalar::Bool(value) => Node::Bool(*value),
        Scalar::Int(value) => Node::Int(*value),
        Scalar::Float(value) => Node::Float(*value),
        Scalar::Text(text) => Node::Text(text.clone()),
    };
    match value {
        Value::One(one) => scalar(one),
        Value::List(many) => Node::Items(many.iter().map(scalar).collect()),
        Value::Domain(domain) => to_node(domain),
    }
}
