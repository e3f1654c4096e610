//! JSON within limits: what it refuses, and that it agrees with `serde_json` on the rest.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use serde_json::Value;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::json::{DEPTH_MAX, Limits, Node, parse};
use zenoo_security::primitives::validate::codes;

const LIMITS: Limits = Limits { bytes: 10_000, depth: 8, items: 100, keys: 20 };

fn refused(text: &str) -> Error {
    parse(text.as_bytes(), LIMITS).unwrap_err()
}

#[test]
fn what_json_does_not_have_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{1:1}",
        "'a'",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "01",
        "+1",
        "1.",
        ".5",
        "0x10",
        "1e",
        "--1",
        "-",
        "[]]",
        "[] []",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\t\"",
        "\u{feff}[]",
        "/**/1",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
    ] {
        assert_eq!(refused(text), codes::JSON, "{text}");
    }
    assert_eq!(parse(b"\"\xed\xa0\x80\"", LIMITS), Err(codes::ENCODING));
    assert_eq!(parse(b"\"\xff\"", LIMITS), Err(codes::ENCODING));
}

#[test]
fn a_name_is_there_once_however_it_is_written() {
    for text in ["{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[{\"b\":{\"\":0,\"\":0}}]"] {
        assert_eq!(refused(text), codes::JSON_DUPLICATE, "{text}");
    }
    assert!(parse(b"[{\"a\":1},{\"a\":1}]", LIMITS).is_ok());
}

#[test]
fn numbers_are_of_64_bits() {
    assert_eq!(parse(b"9223372036854775807", LIMITS), Ok(Node::Int(i64::MAX)));
    assert_eq!(parse(b"-9223372036854775808", LIMITS), Ok(Node::Int(i64::MIN)));
    assert_eq!(parse(b"0.1", LIMITS), Ok(Node::Float(0.1)));
    assert_eq!(parse(b"1e2", LIMITS), Ok(Node::Float(100.0)));
    let long = format!("0.{}", "1".repeat(39));
    for text in
        ["9223372036854775808", "-9223372036854775809", "18446744073709551615", "1e400", "-1e999", long.as_str()]
    {
        assert_eq!(refused(text), codes::JSON_NUMBER, "{text}");
    }
    assert_eq!(refused(&"1".repeat(5000)), codes::JSON_NUMBER);
}

#[test]
fn every_limit_is_exact() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(8).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(&nested(9)), codes::JSON_TOO_DEEP);
    assert_eq!(refused(&nested(5000)), codes::JSON_TOO_DEEP);
    let beside = vec!["[{}]"; 30].join(",");
    assert!(parse(format!("[{beside}]").as_bytes(), LIMITS).is_ok(), "what has ended is not around the next");
    let list = |items: usize| format!("[{}]", vec!["1"; items].join(","));
    assert!(parse(list(100).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(&list(101)), codes::JSON_TOO_MANY);
    let object = |keys: usize| format!("{{{}}}", (0..keys).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(","));
    assert!(parse(object(20).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(&object(21)), codes::JSON_TOO_MANY);
    assert_eq!(refused(&format!("\"{}\"", "a".repeat(10_000))), codes::TOO_LONG);
    assert!(parse(b"\"[[[[[[[[[[[[\\\"[[[[:::::\"", LIMITS).is_ok(), "what is in a text does not count");
    assert!(parse(b"1", Limits { depth: DEPTH_MAX, ..LIMITS }).is_ok());
    let beyond = Limits { depth: DEPTH_MAX + 1, ..LIMITS };
    assert!(matches!(parse(b"1", beyond), Err(Error::Parameter(_))));
}

fn same(node: &Node<'_>) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => (*value).into(),
        Node::Int(value) => (*value).into(),
        Node::Float(value) => (*value).into(),
        Node::Text(text) => text.as_ref().into(),
        Node::Array(items) => items.iter().map(same).collect(),
        Node::Object(entries) => entries.iter().map(|(name, value)| (name.to_string(), same(value))).collect(),
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_within_the_limits_is_read_as_it_was_written(value in documents(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let wide = Limits { bytes: 1_000_000, depth: 8, items: 1000, keys: 1000 };
        prop_assert_eq!(same(&parse(text.as_bytes(), wide).unwrap()), value);
    }

    #[test]
    fn whatever_comes_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, LIMITS);
    }

    #[test]
    fn what_serde_json_refuses_is_refused(text in "[\\[\\]{}\",:0-9a-z\\\\ .eE+-]{0,24}") {
        let own = parse(text.as_bytes(), LIMITS);
        match serde_json::from_str::<Value>(&text) {
            Err(_) => prop_assert!(own.is_err()),
            Ok(value) => if let Ok(node) = own { prop_assert_eq!(same(&node), value) },
        }
    }
}
